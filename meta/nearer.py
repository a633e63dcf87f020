"""The difference of two statements found by their lines first, so that only the innermost that differ are parsed.

What cannot be told so is left to the trees of the whole: the lines of a statement's own that differ, statements that
come, go or move.
"""

import libcst as cst

from meta.block import Block, block_of
from meta.chunk import printable
from meta.descent import BlockEdit, cost, pair_edits, step
from meta.narrow import Frame, Style, frame_of, style_of

Side = tuple[str, Block]
"""The text of a statement, and the block in it."""


def near_edits(at: str, old: str, new: str, style: Style | None = None) -> list[BlockEdit] | None:
    """Edits in the blocks of a statement that make it another one, None where this takes both as a whole."""
    one, other = block_of(old), block_of(new)
    if one is None or other is None or (style is None and style_of(old, one) != style_of(new, other)):
        return None
    before, after, style = (old, one), (new, other), style or style_of(old, one)
    edits: list[BlockEdit] = []
    for number in differing(before, after):
        found = numbered_edits(step(at, f"body[{number}]"), before, after, number, style)
        if found is None:
            return None
        edits += found
    return edits if edits and cost(edits) < len(old) + len(new) else None


def differing(old: Side, new: Side) -> list[int]:
    """Which statements of two blocks differ: one, or definitions that kept their names; none where more does."""
    (text, block), (other, after) = old, new
    size = len(block.spans)
    if size != len(after.spans) or text[: block.header] != other[: after.header] or block.indent != after.indent:
        return []
    if text[block.spans[-1][1] :] != other[after.spans[-1][1] :]:
        return []
    found = [k for k in range(size) if unit(*old, k) != unit(*new, k)]
    named = all(block.names[k] and block.names[k] == after.names[k] for k in found)
    return found if len(found) == 1 or named else []


def unit(text: str, block: Block, number: int) -> str:
    """A statement of a block with the lines above it."""
    return text[block.above(number) : block.spans[number][1]]


def numbered_edits(at: str, old: Side, new: Side, number: int, style: Style) -> list[BlockEdit] | None:
    """Edits that make a statement of a block that of the same number in another, None where they cannot be framed."""
    (above, inner), (over, other) = around(*old, number), around(*new, number)
    found = near_edits(at, inner, other, style) if above == over else None
    if found is not None:
        return found
    frame, another = frame_of(*old, number, style), frame_of(*new, number, style)
    if frame is None or another is None:
        return None
    return pair_edits(at, framed(at, old[0], frame), framed(at, new[0], another))


def around(text: str, block: Block, number: int) -> tuple[str, str]:
    """The lines above a statement of a block, and the statement with those below it."""
    start = block.spans[number][0]
    return text[block.above(number) : start], text[start : block.below(text, number)]


def framed(at: str, text: str, frame: Frame) -> cst.CSTNode:
    """The node of the statement that a frame is for."""
    node: cst.CSTNode = printable(at, frame.around(text)).body[0]
    for number in (*(found.index or 0 for found in frame.steps), frame.first):
        assert isinstance(node, cst.If)
        node = node.body.body[number]
    return node
