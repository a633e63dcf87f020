"""Edits inside a statement made on the innermost statements of its blocks that hold them, and not on the whole.

A statement of a block is put between two that do nothing, so that what libcst takes for its own, comments above and
below included, is what it would take for it where it stands.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from meta.address import Address, Step
from meta.block import Block, block_of, is_quiet, keep, prefix, read_block
from meta.edit import CodeEdit, Delete, Insert
from meta.source import lines

Inside = tuple[CodeEdit, Address, tuple[Step, ...]]
"""A code edit, its address, and the steps to its place from the top of its statement."""

NEWLINE = re.compile(r"\r\n|\r|\n")
Made = Callable[[str, list[Inside]], str]
"""What makes edits in a whole statement."""


@dataclass(frozen=True)
class Style:
    """What libcst takes for granted in a text and leaves out of its trees: a level of indentation, and the line end.

    It finds both where they first come, so a frame has them in front of all else.
    """

    indent: str
    newline: str


@dataclass(frozen=True)
class Frame:
    """A statement of a block with the lines around it, to be read on its own: `text[start:end]` in a stub."""

    start: int
    end: int
    before: str
    after: str
    steps: tuple[Step, ...]
    first: int

    def around(self, text: str) -> str:
        """A whole statement with these lines in it."""
        return f"{self.before}{text[self.start : self.end]}{self.after}"

    def steps_to(self, steps: tuple[Step, ...], index: int) -> tuple[Step, ...]:
        """The steps in the frame to a place at or below the statement that is the `index`-th of its block."""
        return (*self.steps, Step("body", (steps[0].index or 0) - index + self.first), *steps[1:])


@dataclass(frozen=True)
class Work:
    """The edits of one statement, what makes them, and the style of the text around."""

    found: list[Inside]
    made: Made
    style: Style


def narrowed(text: str, found: list[Inside], made: Made, style: Style | None = None) -> str | None:
    """The text of a statement with its edits applied, None where they have to be made in the whole of it."""
    block = block_of(text)
    style = style or (style_of(text, block) if block is not None else None)
    groups = by_statement(block, found) if block is not None else {}
    if block is None or style is None or not groups or any(index + 1 in groups for index in groups):
        return None
    for index in sorted(groups, reverse=True):
        work = Work(groups[index], made, style)
        result = deeper(text, block, index, work) or framed(text, block, index, work)
        if result is None:
            return None
        text, block = result
    keep(text, block)
    return text


def by_statement(block: Block, found: list[Inside]) -> dict[int, list[Inside]]:
    """The edits of each statement of a block; none where one lies elsewhere, or would leave the block empty."""
    groups: dict[int, list[Inside]] = defaultdict(list)
    size = len(block.spans)
    for edit, address, steps in found:
        index = steps[0].index if steps and steps[0].field == "body" else None
        if index is None or index > (size if is_new(edit, steps) else size - 1):
            return {}
        if size == 1 and isinstance(edit, Delete) and len(steps) == 1:
            return {}
        groups[min(index, size - 1)].append((edit, address, steps))
    return groups


def is_new(edit: CodeEdit, steps: tuple[Step, ...]) -> bool:
    """Whether an edit can be at the end of a block, where nothing stands."""
    return isinstance(edit, Insert) and not edit.expect and len(steps) == 1


def deeper(text: str, block: Block, index: int, work: Work) -> tuple[str, Block] | None:
    """The text with its edits made below a statement of its block, None where they are edits of that itself."""
    start, end = block.spans[index][0], block.below(text, index)
    if not all(len(steps) > 1 and steps[0].index == index for _, _, steps in work.found):
        return None
    old = text[start:end]
    new = narrowed(old, [(edit, address, steps[1:]) for edit, address, steps in work.found], work.made, work.style)
    before, after = block_of(old), block_of(new) if new is not None else None
    if new is None or before is None or after is None:
        return None
    quiet = is_quiet(old[before.spans[-1][1] :])
    size = after.spans[-1][1] if quiet else block.spans[index][1] - start + len(new) - len(old)
    part = Block(0, "", ((0, size),), (block.names[index],))
    return text[:start] + new + text[end:], block.with_part(index, part, (start, end), len(new))


def framed(text: str, block: Block, index: int, work: Work) -> tuple[str, Block] | None:
    """The text with its edits made in a statement of its block, read with no more than the lines around it."""
    frame = frame_of(text, block, index, work.style)
    if frame is None:
        return None
    found = [(edit, address, frame.steps_to(steps, index)) for edit, address, steps in work.found]
    new = work.made(frame.around(text), found)
    part = inner(new, frame)
    if part is None:
        return None
    middle = new[len(frame.before) : len(new) - len(frame.after)]
    changed = block.with_part(index, part, (frame.start, frame.end), len(middle))
    return text[: frame.start] + middle + text[frame.end :], changed


def style_of(text: str, block: Block) -> Style:
    """The style of a top-level statement as libcst sees it: what is indented first, and the first line end."""
    newline = NEWLINE.search(text)
    return Style(block.indent, newline.group() if newline else "\n")


def frame_of(text: str, block: Block, index: int, style: Style) -> Frame | None:
    """A statement of a block with the lines above and below it, None where some of these could belong to others."""
    start, end = block.above(index), block.below(text, index)
    last = index + 1 == len(block.spans)
    if last and not is_quiet(text[block.spans[index][1] :]):
        return None
    if any(is_indented(line, block.indent) for line in lines(text[start : block.spans[index][0]])):
        return None
    if not block.indent.startswith(style.indent):
        return None
    nested = block.indent != style.indent
    stub = f"{block.indent}pass{style.newline}"
    before = f"if 1:{style.newline}" + (f"{style.indent}if 1:{style.newline}" if nested else "")
    steps = (Step("body", 0),) if nested else ()
    return Frame(start, end, before + (stub if index else ""), stub, steps, 1 if index else 0)


def is_indented(line: str, indent: str) -> bool:
    """Whether a comment stands further in than a block, and so may belong to what is above it."""
    return bool(line.strip()) and not indent.startswith(prefix(line, 0))


def inner(new: str, frame: Frame) -> Block | None:
    """What stands in a frame after the edits; None where it is no longer what the frame is made for."""
    kept = new.startswith(frame.before) and new.endswith(frame.after)
    block = read_block(new, len(frame.steps)) if kept else None
    if block is None or len(block.spans) < frame.first + 1:
        return None
    offset, until = len(frame.before), len(block.spans) - 1
    spans = tuple((start - offset, end - offset) for start, end in block.spans[frame.first : until])
    return Block(0, "", spans, block.names[frame.first : until])


def surroundings(text: str, steps: tuple[Step, ...], style: Style | None = None) -> tuple[str, tuple[Step, ...]] | None:
    """The least of a statement that a place in it can be read with, and the steps there; None where it takes all."""
    block = block_of(text)
    index = steps[0].index if steps and steps[0].field == "body" else None
    if block is None or index is None or index >= len(block.spans):
        return None
    style = style or style_of(text, block)
    inner = text[block.spans[index][0] : block.below(text, index)]
    found = surroundings(inner, steps[1:], style)
    frame = frame_of(text, block, index, style) if found is None else None
    return (frame.around(text), frame.steps_to(steps, index)) if frame is not None else found
