"""One edit the other way round, where it and its genome say enough of what was there.

What is turned here is tried before it is used: where places shift under other edits of a patch, it does not do.
"""

import hashlib

from meta.address import Step, parse_address
from meta.chunk import node_at
from meta.descent import SHORT
from meta.edit import (
    AddImport,
    Delete,
    DeleteFile,
    Edit,
    Insert,
    Move,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
)
from meta.genome import Genome
from meta.index import ABOVE, Index, indexed, place

Spot = tuple[str, Index, int, tuple[Step, ...]]
"""A place: its module, the index of that, the number of its top-level statement, and the steps from there."""


def turned(genome: Genome, edit: Edit) -> list[Edit] | None:
    """What takes back an edit of a genome; None for one that cannot be turned on its own."""
    match edit:
        case Replace(at=at, expect=expect, new=new):
            return [Replace(at, new, expect)]
        case SetConstant(at=at, expect=expect, new=new):
            return [SetConstant(at, new, expect)]
        case Rename(at=at, expect=expect, new=new):
            return [Rename(new_name(at, expect, new), new, expect)]
        case AddImport(at=at, new=new):
            return [RemoveImport(at, new)]
        case RemoveImport(at=at, expect=expect):
            return [AddImport(at, expect)]
        case Insert(at=at, new=new):
            return [Delete(address_of(spot(genome, at)), new.strip("\r\n"))]
        case Delete(at=at):
            return put_back(spot(genome, at))
        case Move():
            return moved_back(genome, edit)
        case RenameFile(name=name, expect=expect, to=to):
            return [RenameFile(to, expect, name)]
        case WriteFile() | DeleteFile():
            return [file_back(genome, edit)]


def new_name(at: str, old: str, new: str) -> str:
    """The address of a definition after it was renamed; one by position stays."""
    return at.removesuffix(old) + new if at.endswith((f":{old}", f".{old}")) and "/" not in at else at


def file_back(genome: Genome, edit: WriteFile | DeleteFile) -> Edit:
    """A file as it was before it was written or deleted."""
    now = hashlib.sha256(edit.content).hexdigest() if isinstance(edit, WriteFile) else ""
    if edit.name not in genome:
        return DeleteFile(edit.name, now)
    return WriteFile(edit.name, now, genome.raw(edit.name))


def spot(genome: Genome, at: str) -> Spot:
    """Where a code edit is."""
    address = parse_address(at)
    index = indexed(address.file, genome.raw(address.file))
    return address.module, index, *place(address, index)


def address_of(found: Spot) -> str:
    """The address of a place by position, which no other name can change."""
    module, steps = way(found)
    return f"{module}:/{'.'.join(map(str, steps))}"


def put_back(found: Spot) -> list[Edit] | None:
    """The insertion of a statement where it stands, and the lines above as they are."""
    module, index, number, steps = found
    if steps:
        tree, node = node_at(parse_address(address_of(found)), index.chunk(number), steps)
        return [Insert(address_of(found), "", tree.code_for_node(node))]
    above, below = index.gap(number), index.gap(number + 1)
    last = number + 1 == len(index.parts)
    lines = Replace(address_of((module, index, number, (ABOVE,))), above + below, below if last else above)
    following = index.chunk(number + 1).strip("\r\n")
    text = above + index.chunk(number) if last else index.chunk(number) + below
    new = Insert(address_of(found), following if len(following) <= SHORT else "", text)
    return [new] if lines.expect == lines.new else [lines, new]


def moved_back(genome: Genome, edit: Move) -> list[Edit] | None:
    """A statement moved back within the block that it was moved in, None where it came into another."""
    module, start = way(spot(genome, edit.at))
    other, end = way(spot(genome, edit.to))
    if module != other or start[:-1] != end[:-1] or not (start[-1].field == end[-1].field == "body"):
        return None
    i, j = start[-1].index or 0, end[-1].index or 0
    now, back = (j - 1, i) if j > i else (j, i + 1)
    return [Move(at(module, start, now), edit.expect, at(module, start, back), "")]


def way(found: Spot) -> tuple[str, tuple[Step, ...]]:
    """The module of a place, and the steps to it from the top of that."""
    module, _, number, steps = found
    return module, (Step("body", number), *steps)


def at(module: str, steps: tuple[Step, ...], index: int) -> str:
    """The address of another statement of the block of a place."""
    return f"{module}:/{'.'.join(map(str, (*steps[:-1], Step('body', index))))}"
