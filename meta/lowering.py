"""What an edit means, carried out: moves, renames, constants and imports as core edits of one genome."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from meta.above import head_and_rest
from meta.address import Address, Trail, follow, names_of, parse_address
from meta.chunk import Placed, node_at, printable, replacing
from meta.edit import (
    AddImport,
    CodeEdit,
    Delete,
    Edit,
    FileEdit,
    Insert,
    Move,
    PatchError,
    RemoveImport,
    Rename,
    Replace,
    SetConstant,
)
from meta.genome import Genome
from meta.imports import added, removed
from meta.index import Index, indexed, place
from meta.printing import printed
from meta.rename import Renaming, renaming
from meta.tree import at_end, check_depth, code_of, way_along


class InsertAbove(Insert):
    """An insertion above the lines above its place: so a statement moves with its own lines and parts no others."""


Where = tuple[str, int, Trail]
"""A place as file, top-level statement, and the trail from there."""


def lowered(genome: Genome, edits: Iterable[Edit]) -> list[CodeEdit | FileEdit]:
    """The core edits that do to this genome what the edits mean, or `PatchError`.

    A rename reaches into what is moved and leaves alone what another edit replaces: that edit says what stands there.
    """
    edits = [*edits]
    renamings = [renaming(genome, edit) for edit in edits if isinstance(edit, Rename)]
    check_renamings(genome, renamings, edits)
    names = [name for each in renamings for name in each.names]
    found: list[CodeEdit | FileEdit] = []
    for edit in edits:
        match edit:
            case Rename():
                pass
            case Move():
                found += moved(genome, edit, names)
            case SetConstant():
                found.append(constant(genome, edit))
            case AddImport():
                found.append(added(module_index(genome, edit.at), edit))
            case RemoveImport():
                found += removed(module_index(genome, edit.at), edit)
            case _:
                found.append(edit)
    return found + uncovered(genome, names, found) if names else found


def check_renamings(genome: Genome, renamings: list[Renaming], edits: list[Edit]) -> None:
    """Refuse two definitions of one new name in a scope, and the renaming of what another edit replaces or deletes."""
    taken = [where(genome, e.at) for e in edits if isinstance(e, (Replace, Delete))] if renamings else []
    seen: set[object] = set()
    for each in renamings:
        key = (each.file, each.scope, each.edit.new)
        if key in seen:
            raise PatchError(f"{each.edit.at}: two definitions renamed to {each.edit.new}")
        seen.add(key)
        if any(lies_in(where(genome, each.edit.at), outer) for outer in taken):
            raise PatchError(f"{each.edit.at}: renamed, and replaced or deleted by another edit")


def module_index(genome: Genome, at: str) -> Index:
    """The index of the module that an address lies in."""
    address = parse_address(at)
    if address.file not in genome:
        raise PatchError(f"{address}: no file {address.file} in the genome")
    return indexed(address.file, genome.raw(address.file))


@dataclass(frozen=True)
class Found:
    """The node at an address, with the tree of its top-level statement and the trail to it from there."""

    address: Address
    number: int
    tree: cst.Module
    trail: Trail

    @property
    def node(self) -> object:
        """What stands there."""
        return at_end(way_along(self.tree, self.trail))


def located(genome: Genome, at: str) -> Found:
    """What stands at an address, or `PatchError`."""
    index, address = module_index(genome, at), parse_address(at)
    number, steps = place(address, index)
    if number >= len(index.parts):
        raise PatchError(f"{address}: nothing there")
    tree = printable(str(address), index.chunk(number))
    return Found(address, number, tree, follow(address, tree.body[0], steps))


def constant(genome: Genome, edit: SetConstant) -> Replace:
    """A constant set, as the replacement of its value."""
    _, node = standing(genome, edit.at)
    if not isinstance(node, cst.CSTNode) or not names_of(node) or isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        raise PatchError(f"{edit.at}: found {type(node).__name__}, expected the assignment of a constant to a name")
    try:
        ast.literal_eval(check_depth(f"{edit.at}: {edit.new!r:.120}", edit.new.strip() or "0 0").body[0].value)  # type: ignore[attr-defined]  # what has no value is no literal
    except (ValueError, AttributeError, TypeError, IndexError):
        raise PatchError(f"{edit.at}: found {edit.new!r:.120}, expected a literal as the new value") from None
    return Replace(f"{edit.at}{'.' if parse_address(edit.at).steps else '/'}value", edit.expect, edit.new)


def moved(genome: Genome, edit: Move, names: list[Replace]) -> list[CodeEdit]:
    """A move as a deletion and an insertion of what was there, with the names in it that change."""
    head, _ = head_and_rest(edit.expect)
    top, node = renamed(genome, edit, names) if names else standing(genome, edit.at)
    if not isinstance(node, (cst.SimpleStatementLine, cst.BaseCompoundStatement)):
        raise PatchError(f"{edit.at}: found {type(node).__name__}, expected a statement of a block, which can be moved")
    text = head + code_of(node) if top else printed(node)
    unit = InsertAbove if head and top else Insert
    return [Delete(edit.at, edit.expect), unit(edit.to, edit.before, text)]


def standing(genome: Genome, at: str) -> tuple[bool, object]:
    """Whether a place is a top-level statement, and the node that stands there."""
    address, index = parse_address(at), module_index(genome, at)
    number, steps = place(address, index)
    if number >= len(index.parts):
        raise PatchError(f"{address}: nothing there")
    return not steps, node_at(address, index.chunk(number), steps)[1]


def renamed(genome: Genome, edit: Move, names: list[Replace]) -> tuple[bool, object]:
    """The same with names in what stands there changed."""
    found = located(genome, edit.at)
    tree = found.tree
    for name in names:
        inner = located_in(genome, name, found)
        if inner is not None:
            tree = replacing(tree, inner, name.new)
    return not found.trail, at_end(way_along(tree, found.trail))


def located_in(genome: Genome, name: Replace, outer: Found) -> Placed | None:
    """The place of a name below another place, None where it lies elsewhere."""
    if parse_address(name.at).file != outer.address.file:
        return None
    inner = located(genome, name.at)
    if inner.number != outer.number or inner.trail[: len(outer.trail)] != outer.trail:
        return None
    return Placed(name, inner.address, inner.trail)


def uncovered(genome: Genome, names: list[Replace], others: list[CodeEdit | FileEdit]) -> list[CodeEdit | FileEdit]:
    """The changes of names that lie in nothing that another edit replaces or deletes."""
    taken = [where(genome, e.at) for e in others if isinstance(e, (Replace, Delete))]
    return [name for name in names if not any(lies_in(where(genome, name.at), outer) for outer in taken)]


def where(genome: Genome, at: str) -> Where:
    """The place of an address in a form that can be compared."""
    found = located(genome, at)
    return found.address.file, found.number, found.trail


def lies_in(inner: Where, outer: Where) -> bool:
    """Whether one place is another or lies below it."""
    return inner[:2] == outer[:2] and inner[2][: len(outer[2])] == outer[2]
