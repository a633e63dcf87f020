"""Addresses: `module:qualified.name/path`, read and followed."""

import re
from dataclasses import dataclass

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


def follow(address: Address, root: cst.CSTNode, steps: tuple[Step, ...]) -> list[tuple[cst.CSTNode, str, int | None]]:
    """The way from `root` to the place `steps` lead to: (node, field, index) triples, block and line wrappers included.

    The last triple's index may be one past the end of its list, where an insertion goes.
    """
    way: list[tuple[cst.CSTNode, str, int | None]] = []
    node: object = root
    for step in steps:
        for wrapper, inner in _wrappers(node, step):
            way.append((wrapper, *inner))
            node = _child(wrapper, *inner)
        if not isinstance(node, cst.CSTNode) or not hasattr(node, step.field):
            raise PatchError(f"{address}: no {step.field} in {type(node).__name__}")
        value = getattr(node, step.field)
        if step.index is not None and isinstance(value, cst.BaseSuite):
            way.append((node, step.field, None))
            node, value = value, value.body
            way.append((value_owner(node), "body", step.index))
        else:
            way.append((node, step.field, step.index))
        if step.index is None:
            node = value
        elif not isinstance(value, (list, tuple)) or step.index > len(value):
            size = len(value) if isinstance(value, (list, tuple)) else "no"
            raise PatchError(f"{address}: {step} is not there, {step.field} has {size} items")
        else:
            node = value[step.index] if step.index < len(value) else None
    return way


def value_owner(node: object) -> cst.CSTNode:
    """The node, which must be one."""
    assert isinstance(node, cst.CSTNode)
    return node


def _wrappers(node: object, step: Step) -> list[tuple[cst.CSTNode, tuple[str, int | None]]]:
    """A line that holds a single small statement is passed through when the step speaks of that statement."""
    if isinstance(node, cst.SimpleStatementLine) and not hasattr(node, step.field) and len(node.body) == 1:
        return [(node, ("body", 0))]
    return []


def _child(node: cst.CSTNode, field: str, index: int | None) -> object:
    value = getattr(node, field)
    return value if index is None else value[index]


def definition(address: Address, body: list[cst.CSTNode] | tuple[cst.CSTNode, ...], name: str) -> int:
    """The index in `body` of the one statement that defines `name`."""
    found = [index for index, statement in enumerate(body) if name in names_of(statement)]
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
