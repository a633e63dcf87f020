"""A Python file taken apart once: its text and its top-level statements, kept by content for the edits that follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from meta.address import Address, Step, names_of, the_one
from meta.block import STUB, block_of
from meta.edit import PatchError
from meta.source import Chunk, Text, chunks, decoded
from meta.tree import parse_chunk

KEPT = 256


@dataclass(frozen=True)
class Index:
    """The text of a file and where its top-level statements stand in it."""

    source: Text
    parts: tuple[Chunk, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return self.source.text

    def chunk(self, index: int) -> str:
        """The text of one top-level statement, without the lines above it; "" past the end."""
        return self.text[self.parts[index].start : self.parts[index].end] if index < len(self.parts) else ""

    def gap(self, index: int) -> str:
        """The lines above a top-level statement, up to the one before; past the end, those that end the file."""
        start = self.parts[index - 1].end if index else 0
        return self.text[start : self.parts[index].start if index < len(self.parts) else len(self.text)]

    @property
    def newline(self) -> str:
        """The line end of the file."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """The statements that define each top-level name."""
        found: dict[str, list[int]] = {}
        for index, part in enumerate(self.parts):
            for name in dict.fromkeys(part.names):
                found.setdefault(name, []).append(index)
        return found


_kept: dict[bytes, Index] = {}


def indexed(name: str, content: bytes) -> Index:
    """The index of a Python file, or `PatchError`; parsed once as long as it is kept."""
    found = _kept.get(content)
    if found is None:
        source = decoded(name, content)
        found = keep(content, Index(source, tuple(chunks(name, source.text))))
    return found


def keep(content: bytes, index: Index) -> Index:
    """Keep the index of a content; the oldest goes when there are too many."""
    if len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[content] = index
    return index


def place(address: Address, index: Index) -> tuple[int, tuple[Step, ...]]:
    """The top-level statement that an address lies in, maybe one past the last, and the steps from there."""
    if not address.name:
        return by_position(address, index)
    first, *rest = address.name.split(".")
    found = index.places.get(first, [])
    if len(found) != 1:
        raise PatchError(f"{address}: {len(found)} definitions of {first}, not 1")
    return found[0], (*steps_to(address, index.chunk(found[0]), rest), *address.steps)


def steps_to(address: Address, text: str, names: list[str]) -> tuple[Step, ...]:
    """The steps from a statement to a definition in its blocks, by the names on the way."""
    if not names:
        return ()
    block = block_of(text)
    if block is None:
        return steps_in(address, text, names)
    number = the_one(address, block.names, names[0])
    inner = text[block.spans[number][0] : block.below(text, number)]
    return (Step("body", number), *steps_to(address, inner, names[1:]))


def steps_in(address: Address, text: str, names: list[str]) -> tuple[Step, ...]:
    """The same where it takes a tree to find them."""
    stub = STUB if text[:1] in (" ", "\t") else ""
    node = parse_chunk(str(address), stub + text).body[0]
    steps: tuple[Step, ...] = ()
    for name in ["", *names] if stub else names:
        body = getattr(getattr(node, "body", None), "body", ())
        number = the_one(address, [names_of(statement) for statement in body], name) if name else 0
        steps, node = (*steps, Step("body", number)), body[number]
    return steps[1:] if stub else steps


def address_of(module: str, parts: Sequence[Chunk], index: int) -> str:
    """The address of a top-level statement, maybe one past the last: by name where that is unique, else by position."""
    names = parts[index].names if index < len(parts) else ()
    if len(names) == 1 and sum(names[0] in part.names for part in parts) == 1:
        return f"{module}:{names[0]}"
    return f"{module}:/body[{index}]"


def by_position(address: Address, index: Index) -> tuple[int, tuple[Step, ...]]:
    """The place of an address that names no definition but counts statements."""
    if not address.steps or address.steps[0].field != "body" or address.steps[0].index is None:
        raise PatchError(f"{address}: expected a definition's name or a first step body[index]")
    number, rest = address.steps[0].index, address.steps[1:]
    if number > len(index.parts) or (number == len(index.parts) and rest not in ((), (ABOVE,))):
        raise PatchError(f"{address}: the module has {len(index.parts)} statements")
    return number, rest


ABOVE = Step("leading_lines")
"""The step that leads from a statement to the comments and blank lines above it."""
