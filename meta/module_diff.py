"""The difference of two modules as edits, tried from the most telling to the plainest."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import libcst as cst

from meta.above import head_and_rest, unified
from meta.address import follow, parse_address
from meta.align import Alignment, aligned
from meta.apply import apply
from meta.chunk import printable
from meta.descent import SHORT, cost, statement_edits
from meta.edit import Delete, Edit, Insert, Move, PatchError, Rename, Replace
from meta.genome import Genome
from meta.index import Index, address_of, indexed, place
from meta.nearer import near_edits
from meta.patch import Patch
from meta.tree import at_end, code_of, parse_chunk, way_along

RENAMES = 3
"""How many renamed definitions of a module are looked for: each costs a look at the whole module."""


def attempts(name: str, old: bytes, new: bytes) -> Iterator[list[Edit]]:
    """Ways to make one module of another, of which a later one is tried where the one before does not do."""
    before, after = indexed(name, old), indexed(name, new)
    if before.source.codec != after.source.codec:
        return
    module = name.removesuffix(".py").replace("/", ".")
    pair = Pair(module, before, after)
    plain = pair.edits(moving=True)
    named = pair.with_renames(name, old)
    if named is not None and cost_of(named) < cost_of(plain):
        yield named
    yield plain
    yield pair.edits(moving=True, checked=True)
    if any(isinstance(edit, Move) for edit in plain):
        yield pair.edits(moving=False, checked=True)


def cost_of(edits: list[Edit]) -> int:
    """How much there is to read in the edits of a module."""
    return cost(edits)  # type: ignore[arg-type]  # there are no whole files among them


@dataclass(frozen=True)
class Pair:
    """Two versions of a module, and how the old one is called where its names are others than those it is read by."""

    module: str
    old: Index
    new: Index

    def edits(self, *, moving: bool, checked: bool = False) -> list[Edit]:
        """Edits of the old version that give the new one; `checked` tries those of each statement on their own."""
        alignment = self.alignment(moving)
        found: list[Edit] = []
        for i, j in alignment.pairs:
            if stripped(self.old, i) != stripped(self.new, j):
                found += inside(self.place(i), self.old.chunk(i), self.new.chunk(j), checked)
        return found + self.around(alignment)

    def alignment(self, moving: bool) -> Alignment:
        """Which top-level statements belong together."""
        texts = [[stripped(index, k) for k in range(len(index.parts))] for index in (self.old, self.new)]
        keys = [[key(index, k) for k in range(len(index.parts))] for index in (self.old, self.new)]
        found = aligned(*texts, *keys)
        moved = [(i, j) for i, j in found.moved if self.old.gap(i) and same_gap(self.old.gap(i), self.new.gap(j))]
        return replace(found, moved=tuple(moved) if moving else ())

    def around(self, alignment: Alignment) -> list[Edit]:
        """Edits of the statements without a partner, and of the lines above all others."""
        moved = dict(alignment.moved)
        found: list[Edit] = [
            Delete(self.place(i), self.old.gap(i) + self.old.chunk(i)) for i in alignment.gone if i not in moved
        ]
        partner = dict(alignment.pairs) | {len(self.old.parts): len(self.new.parts)}
        sources = {j: i for i, j in moved.items()}
        for i, j in sorted(partner.items()):
            come = [k for k in alignment.come if alignment.before(k, len(self.old.parts)) == i]
            found += [self.move(sources[k], i) for k in come if k in sources]
            new = [k for k in come if k not in sources]
            found += self.last(new, j) if i == len(self.old.parts) else self.inner(i, new, j)
        return found

    def inner(self, i: int, new: list[int], j: int) -> list[Edit]:
        """New statements in front of an old one, each with the lines below it, and the lines above the first."""
        order = [*new, j]
        found = self.lines_above(i, order[0])
        at, expect = self.before(i)
        return found + [
            Insert(at, expect, self.new.chunk(k) + self.new.gap(following)) for k, following in pairwise(order)
        ]

    def last(self, new: list[int], j: int) -> list[Edit]:
        """New statements at the end, each with the lines above it, and the lines that end the file."""
        end = len(self.old.parts)
        found: list[Edit] = [
            Insert(f"{self.module}:/body[{end}]", "", self.new.gap(k) + self.new.chunk(k)) for k in new
        ]
        return found + self.lines_above(end, j)

    def lines_above(self, i: int, j: int) -> list[Edit]:
        """The lines above a statement replaced, where they differ."""
        old, new = self.old.gap(i), self.new.gap(j)
        at = self.place(i)
        return [Replace(f"{at}{'.' if '/' in at else '/'}leading_lines", old, new)] if old != new else []

    def move(self, i: int, to: int) -> Move:
        """A statement moved with the lines above it."""
        return Move(self.place(i), self.old.gap(i) + self.old.chunk(i).strip("\r\n"), *self.before(to))

    def before(self, i: int) -> tuple[str, str]:
        """The place in front of a statement, and what is expected to stand there; a name says enough of a long one."""
        text = stripped(self.old, i) if i < len(self.old.parts) else ""
        return self.place(i), text if len(text) <= SHORT or ":/" in self.place(i) else ""

    def place(self, i: int) -> str:
        """The address of a top-level statement: by name where that is unique, else by position."""
        return address_of(self.module, self.old.parts, i)

    def with_renames(self, name: str, content: bytes) -> list[Edit] | None:
        """The edits with definitions renamed first, None where no definition seems to be."""
        renames, genome = [], Genome({name: content})
        for rename in self.renames()[:RENAMES]:
            try:
                genome = apply(genome, Patch((rename,)))
            except PatchError:
                continue
            renames.append(rename)
        if not renames:
            return None
        renamed = Pair(self.module, indexed(name, genome.raw(name)), self.new)
        return [*renames, *(self.restated(edit, renamed) for edit in renamed.edits(moving=True))]

    def renames(self) -> list[Rename]:
        """Definitions that seem to have another name in the new version: one went, one came in its place."""
        found = []
        for i, j in self.alignment(moving=False).pairs:
            old, new = self.old.parts[i].names, self.new.parts[j].names
            if len(old) == len(new) == 1 and old[0] not in self.new.places and new[0] not in self.old.places:
                found.append(Rename(self.place(i), old[0], new[0]))
        return found

    def restated(self, edit: Edit, renamed: "Pair") -> Edit:
        """An edit of the renamed version in the words of the old one."""
        assert isinstance(edit, (Replace, Insert, Delete, Move))
        said = replace(edit, at=self.at(edit.at, renamed), expect=self.expected(edit.at, edit.expect, renamed))
        if isinstance(said, Move):
            to, before = self.at(said.to, renamed), self.expected(said.to, said.before, renamed)
            return replace(said, to=to, before=before)
        return said

    def at(self, at: str, renamed: "Pair") -> str:
        """The same place in the old version."""
        address = parse_address(at)
        if not address.name:
            return at
        number, steps = place(address, renamed.old)
        path = ".".join(map(str, steps))
        base = self.place(number)
        return f"{base}{'.' if '/' in base else '/'}{path}" if path else base

    def expected(self, at: str, expect: str, renamed: "Pair") -> str:
        """What the old version has in the same place."""
        address = parse_address(at)
        number, steps = place(address, renamed.old)
        if number >= len(self.old.parts) or not expect or at.endswith("leading_lines"):
            return expect
        tree = printable(at, self.old.chunk(number))
        node = at_end(way_along(tree, follow(address, tree.body[0], steps)))
        return head_and_rest(expect)[0] + code_of(node) if isinstance(node, cst.CSTNode) else expect


def inside(at: str, old: str, new: str, checked: bool) -> list[Edit]:
    """Edits within one top-level statement, or its replacement where they would not give the very text."""
    if checked:
        alone = zip(ways(at, old, new), ways("m:/body[0]", old, new), strict=True)
        return next((edits for edits, same in alone if gives(old, new, same)), exchanged(at, old, new))
    return next(ways(at, old, new))


def ways(at: str, old: str, new: str) -> Iterator[list[Edit]]:
    """Ways to make one top-level statement another, the most telling first."""
    try:
        near = near_edits(at, old, new)
        if near is not None:
            yield [*near]
        trees = printable(at, old).body[0], parse_chunk(at, new).body[0]
    except PatchError:
        yield exchanged(at, old, new)
        return
    yield [*statement_edits(at, *trees)]
    yield [Replace(at, code_of(trees[0]), code_of(trees[1]))]


def exchanged(at: str, old: str, new: str) -> list[Edit]:
    """A top-level statement put in front of another, which goes: their texts are taken as they stand."""
    return [Insert(at, "", new), Delete(at, old)]


def gives(old: str, new: str, edits: list[Edit]) -> bool:
    """Whether some edits of a statement that stands alone give another text, to the letter."""
    try:
        return apply(Genome({"m.py": old}), Patch(tuple(edits)))["m.py"] == new
    except PatchError:
        return False


def stripped(index: Index, number: int) -> str:
    """The text of a statement without its line end."""
    return index.chunk(number).rstrip("\r\n")


def same_gap(old: str, new: str) -> bool:
    """Whether the lines above two statements are the same."""
    return unified(old) == unified(new)


def key(index: Index, number: int) -> str:
    """What a top-level statement is: its first word, and the names that it defines."""
    return " ".join([index.chunk(number).split(maxsplit=1)[0].rstrip("("), *index.parts[number].names])
