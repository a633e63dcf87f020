"""Addresses: `module:qualified.name/path`, read and followed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

import libcst as cst

from meta.edit import PatchError

ADDRESS = re.compile(r"(?P<module>[A-Za-z_][\w.]*):(?P<name>[\w.]*)(?:/(?P<path>[\w.\[\]]*))?")
STEP = re.compile(r"(?P<field>[a-z_]+)(?:\[(?P<index>\d{1,6})\])?")


@dataclass(frozen=True)
class Step:
    """One step from a node to a child: a field, and an index if the field holds several."""

    field: str
    index: int | None = None

    def __str__(self) -> str:
        return self.field if self.index is None else f"{self.field}[{self.index}]"


@dataclass(frozen=True)
class Address:
    """A place in a genome: dotted module, dotted name of a definition in it (or ""), steps from there."""

    module: str
    name: str
    steps: tuple[Step, ...]

    @property
    def file(self) -> str:
        return self.module.replace(".", "/") + ".py"

    def __str__(self) -> str:
        path = ".".join(map(str, self.steps))
        return f"{self.module}:{self.name}" + (f"/{path}" if path else "")


def parse_address(text: str) -> Address:
    """The address that `text` spells, or `PatchError`."""
    match = ADDRESS.fullmatch(text)
    if match is None:
        raise PatchError(f"address {text!r:.120}: expected module:name/path, as in meta_agent:propose/body[2].test")
    path = match["path"] or ""
    return Address(match["module"], match["name"], tuple(_step(text, part) for part in path.split(".") if path))


def _step(address: str, part: str) -> Step:
    match = STEP.fullmatch(part)
    if match is None:
        raise PatchError(f"address {address!r:.120}: step {part!r:.40}, expected field or field[index]")
    return Step(match["field"], None if match["index"] is None else int(match["index"]))


Trail = tuple[tuple[str, int | None], ...]
"""The way from a node to a place below it as (field, index) pairs, block and line wrappers included: one a place."""


def follow(address: Address, root: cst.CSTNode, steps: tuple[Step, ...]) -> Trail:
    """The trail from `root` to the place `steps` lead to.

    The last index may be one past the end of its list, where an insertion goes.
    """
    trail: Trail = ()
    node: object = root
    for step in steps:
        node, passed = unwrapped(node, step)
        if not isinstance(node, cst.CSTNode) or step.field not in fields_of(type(node)):
            raise PatchError(f"{address}: no {step.field} in {type(node).__name__}")
        value = getattr(node, step.field)
        trail = (*trail, *passed, (step.field, None if isinstance(value, cst.BaseSuite) else step.index))
        if step.index is None:
            node = value
            continue
        if isinstance(value, cst.BaseSuite):
            trail, value = (*trail, ("body", step.index)), value.body
        node = item(address, step, value)
    return trail


def unwrapped(node: object, step: Step) -> tuple[object, Trail]:
    """A line that holds a single small statement is passed through when the step speaks of that statement."""
    if isinstance(node, cst.SimpleStatementLine) and step.field not in fields_of(type(node)) and len(node.body) == 1:
        return node.body[0], (("body", 0),)
    return node, ()


def item(address: Address, step: Step, value: object) -> object:
    """The item of a list that a step speaks of; None for the one past its end."""
    assert step.index is not None
    if not isinstance(value, (list, tuple)) or step.index > len(value):
        size = len(value) if isinstance(value, (list, tuple)) else "no"
        raise PatchError(f"{address}: {step} is not there, {step.field} has {size} items")
    return value[step.index] if step.index < len(value) else None


@cache
def fields_of(kind: type[cst.CSTNode]) -> frozenset[str]:
    """The fields of a kind of node, without what it merely computes."""
    return frozenset(field.name for field in fields(kind) if field.init)


def the_one(address: Address, names: Sequence[tuple[str, ...]], name: str) -> int:
    """The index of the one statement, given by what each defines, that defines `name`."""
    found = [index for index, defined in enumerate(names) if name in defined]
    if len(found) != 1:
        raise PatchError(f"{address}: {len(found)} definitions of {name}, not 1")
    return found[0]


def names_of(statement: cst.CSTNode) -> tuple[str, ...]:
    """The names by which a patch may address this statement."""
    match statement:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            return (name.value,)
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))])]):
            return (str(name),)
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name))]):
            return (str(name),)
        case _:
            return ()
