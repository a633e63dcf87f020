"""The difference of two statements as edits of what differs in them: the smallest parts that an edit can replace."""

from dataclasses import dataclass, fields
from functools import cache

import libcst as cst

from meta.above import head_and_rest, text_above
from meta.address import names_of
from meta.align import Alignment, aligned
from meta.edit import CodeEdit, Delete, Insert, Move, Replace
from meta.printing import printed
from meta.tree import code_of

REPLACEABLE = (
    cst.BaseExpression,
    cst.BaseStatement,
    cst.BaseSmallStatement,
    cst.ComparisonTarget,
    cst.BaseSlice,
    cst.Parameters,
)
SHORT = 160
"""The longest statement that an insertion in front of it expects: a longer one would be most of the patch."""

BlockEdit = CodeEdit | Move


@dataclass(frozen=True)
class TooDeep(Exception):
    """The nodes differ in something that no edit below them can change."""


def statement_edits(at: str, old: cst.CSTNode, new: cst.CSTNode) -> list[BlockEdit]:
    """Edits of what differs in a statement, or the replacement of the whole where that is shorter."""
    whole: list[BlockEdit] = [Replace(at, code_of(old), code_of(new))]
    try:
        edits = below(at, old, new)
    except TooDeep:
        return whole
    return edits if cost(edits) < cost(whole) else whole


def cost(edits: list[BlockEdit]) -> int:
    """How much there is to read in some edits, but for their addresses."""
    texts = (getattr(edit, field.name) for edit in edits for field in fields(edit) if field.name not in ("at", "to"))
    return sum(map(len, texts)) + 10 * len(edits)


def below(at: str, old: cst.CSTNode, new: cst.CSTNode) -> list[BlockEdit]:
    """Edits of the parts of a node that differ."""
    if type(old) is not type(new):
        raise TooDeep
    edits: list[BlockEdit] = []
    for field in parts(type(old)):
        pair = getattr(old, field), getattr(new, field)
        if field == "body" and isinstance(old, cst.SimpleStatementLine) and [*map(len, pair)] == [1, 1]:
            edits += [] if same(*pair) else node_edits(at, pair[0][0], pair[1][0])
        else:
            edits += part_edits(at, field, *pair)
    return edits


def part_edits(at: str, field: str, old: object, new: object) -> list[BlockEdit]:
    """Edits of one field of a node."""
    if isinstance(old, cst.IndentedBlock) and isinstance(new, cst.IndentedBlock):
        return block_edits(at, old, new)
    if same(old, new):
        return []
    if field == "leading_lines":
        return [Replace(step(at, field), text_above(old), text_above(new))]
    if isinstance(old, cst.BaseSuite) or isinstance(new, cst.BaseSuite):
        raise TooDeep
    if isinstance(old, cst.CSTNode) and isinstance(new, cst.CSTNode):
        return node_edits(step(at, field), old, new)
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)) and len(old) == len(new):
        return [edit for k, pair in enumerate(zip(old, new, strict=True)) for edit in item_edits(at, field, k, *pair)]
    raise TooDeep


def item_edits(at: str, field: str, index: int, old: object, new: object) -> list[BlockEdit]:
    """Edits of one item of a list."""
    if same(old, new):
        return []
    if not isinstance(old, cst.CSTNode) or not isinstance(new, cst.CSTNode):
        raise TooDeep
    return node_edits(step(at, f"{field}[{index}]"), old, new)


def node_edits(at: str, old: cst.CSTNode, new: cst.CSTNode) -> list[BlockEdit]:
    """Edits below a node, or its replacement."""
    if not isinstance(old, REPLACEABLE) or isinstance(old, cst.BaseStatement):
        return below(at, old, new)
    whole: list[BlockEdit] = [Replace(at, code_of(old), code_of(new))]
    try:
        edits = below(at, old, new)
    except TooDeep:
        return whole
    return edits if cost(edits) < cost(whole) else whole


def block_edits(at: str, old: cst.IndentedBlock, new: cst.IndentedBlock) -> list[BlockEdit]:
    """Edits of the statements of a block."""
    frame = [(block.header, block.indent, block.footer) for block in (old, new)]
    if not all(same(a, b) for a, b in zip(*frame, strict=True)):
        raise TooDeep
    olds, news = [*map(printed, old.body)], [*map(printed, new.body)]
    alignment = aligned(olds, news, [*map(key, old.body)], [*map(key, new.body)])
    edits: list[BlockEdit] = []
    for i, j in alignment.pairs:
        if olds[i] != news[j]:
            edits += pair_edits(step(at, f"body[{i}]"), old.body[i], new.body[j])
    return edits + lone_edits(at, old, new, alignment)


def lone_edits(at: str, old: cst.IndentedBlock, new: cst.IndentedBlock, alignment: Alignment) -> list[BlockEdit]:
    """Edits of the statements of a block that have no partner."""
    moved = dict(alignment.moved)
    edits: list[BlockEdit] = [deletion(step(at, f"body[{i}]"), old.body[i]) for i in alignment.gone if i not in moved]
    sources = {j: i for i, j in moved.items()}
    for j in alignment.come:
        place = alignment.before(j, len(old.body))
        to = step(at, f"body[{place}]")
        before = code_of(old.body[place]) if place < len(old.body) else ""
        before = before if len(before) <= SHORT else ""
        if j in sources:
            gone = deletion(step(at, f"body[{sources[j]}]"), old.body[sources[j]])
            edits.append(Move(gone.at, gone.expect, to, before))
        else:
            edits.append(Insert(to, before, printed(new.body[j])))
    return edits


def pair_edits(at: str, old: cst.CSTNode, new: cst.CSTNode) -> list[BlockEdit]:
    """Edits that make one statement of a block into another."""
    above = same(getattr(old, "leading_lines", ()), getattr(new, "leading_lines", ()))
    swapped: list[BlockEdit] = [Insert(at, "", printed(new)), deletion(at, old)]
    whole: list[BlockEdit] = [Replace(at, code_of(old), code_of(new))] if above else swapped
    try:
        edits = below(at, old, new)
    except TooDeep:
        return whole
    return edits if cost(edits) < cost(whole) else whole


def deletion(at: str, node: cst.CSTNode) -> Delete:
    """The deletion of a statement with the lines above it."""
    return Delete(at, head_and_rest(printed(node))[0] + code_of(node))


def key(node: cst.CSTNode) -> str:
    """What a statement is: its kind, and the name that it defines."""
    if isinstance(node, cst.SimpleStatementLine):
        return " ".join([*(type(small).__name__ for small in node.body), *names_of(node)])
    return " ".join([type(node).__name__, *names_of(node)])


def step(at: str, part: str) -> str:
    """The address of a part of what stands at an address."""
    return f"{at}.{part}" if "/" in at else f"{at}/{part}"


def same(old: object, new: object) -> bool:
    """Whether two fields of nodes hold the same text and structure."""
    if isinstance(old, cst.CSTNode) and isinstance(new, cst.CSTNode):
        return old is new or (
            type(old) is type(new) and all(same(getattr(old, field), getattr(new, field)) for field in parts(type(old)))
        )
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return len(old) == len(new) and all(map(same, old, new))
    return type(old) is type(new) and old == new


@cache
def parts(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node, in order."""
    return tuple(field.name for field in fields(kind))
