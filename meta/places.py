"""Every place in a module that a code edit can name: its address, what an edit there has to expect, and its text."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Literal

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from meta.edit import PatchError
from meta.index import address_of
from meta.printing import EMPTY
from meta.source import chunks, decoded
from meta.tree import code_of, parse_chunk

QUIET = ("leading_lines", "trailing_whitespace", "header", "footer", "lines_after_decorators", "lpar", "rpar", "comma")
Kind = Literal["statement", "expression"]


@dataclass(frozen=True)
class Place:
    """A statement or an expression at the address `at`, where an edit has to expect `text`.

    `siblings` counts the statements of the block that it stands in, 0 if it stands in none. An edit of the place
    changes the decoded text of the module from `start` up to `end` and nothing else: of a statement, its whole lines
    with the comments above.
    """

    at: str
    text: str
    kind: Kind
    siblings: int
    start: int
    end: int


def places(name: str, content: bytes) -> list[Place]:
    """The places of the module in the file `name`, from the top down; none in statements that cannot be edited alone.

    Raises `PatchError` if the file is not Python.
    """
    text = decoded(name, content).text
    parts = chunks(name, text)
    module = name.removesuffix(".py").replace("/", ".")
    found: list[Place] = []
    for index, part in enumerate(parts):
        at, chunk = address_of(module, parts, index), text[part.start : part.end]
        try:
            tree = parse_chunk(at, chunk)
        except PatchError:
            continue
        if len(tree.body) == 1 and tree.code == chunk:
            found += _Walk(tree, part.start, chunk.encode()).places(at, len(parts))
    return found


class _Walk:
    """The places of one top-level statement, which begins at the `offset`-th character of its module."""

    def __init__(self, tree: cst.Module, offset: int, content: bytes) -> None:
        self._offset, self._content = offset, content
        wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
        self._spans = wrapper.resolve(ByteSpanPositionProvider)
        self._tree = tree

    def places(self, at: str, siblings: int) -> Iterator[Place]:
        """The statement itself, which stands in the block of the module, and all below it."""
        return self._below(self._tree.body[0], at, "" if "/" in at else "/", siblings, (0, len(self._content)))

    def _below(self, node: cst.CSTNode, at: str, joint: str, siblings: int, lines: tuple[int, int]) -> Iterator[Place]:
        if isinstance(node, (cst.BaseStatement, cst.BaseSmallStatement)):
            lines = self._lines(node) if isinstance(node, cst.BaseStatement) else lines
            yield self._place(at, node, "statement", siblings, lines)
        elif isinstance(node, cst.BaseExpression) and not isinstance(node, cst.BaseElement):
            yield self._place(at, node, "expression", 0, self._brackets(node))
        for name, index, child, size in children(node):
            step = name if index is None else f"{name}[{index}]"
            yield from self._below(child, f"{at}{joint or '.'}{step}", "", size, lines)

    def _place(self, at: str, node: cst.CSTNode, kind: Kind, siblings: int, span: tuple[int, int]) -> Place:
        start, end = (self._offset + len(self._content[:byte].decode()) for byte in span)
        return Place(at, code_of(node), kind, siblings, start, end)

    def _brackets(self, node: cst.BaseExpression) -> tuple[int, int]:
        """The bytes of an expression with its parentheses, which its span leaves out."""
        span = self._spans[node]
        left, right = (
            sum(len(EMPTY.code_for_node(bracket).encode()) for bracket in getattr(node, side, ()))
            for side in ("lpar", "rpar")
        )
        return span.start - left, span.start + span.length + right

    def _lines(self, node: cst.BaseStatement) -> tuple[int, int]:
        """The bytes of the lines of a statement, with its decorators and the comments above it."""
        first = min(self._spans[part].start for part in (node, *getattr(node, "decorators", ())))
        end = self._content.find(b"\n", self._spans[node].start + self._spans[node].length) + 1
        start = self._content.rfind(b"\n", 0, first) + 1
        for _ in getattr(node, "leading_lines", ()):
            start = self._content.rfind(b"\n", 0, max(start - 1, 0)) + 1
        return start, end or len(self._content)


def children(node: cst.CSTNode) -> Iterator[tuple[str, int | None, cst.CSTNode, int]]:
    """The nodes below one, with the step of an address that leads there and the size of the block they stand in.

    A line that holds a single small statement is passed through, as addresses pass through it.
    """
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        node = node.body[0]
    for name in _parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.BaseSuite):
            size = len(value.body) if isinstance(value, cst.IndentedBlock) else 0
            yield from ((name, index, child, size) for index, child in enumerate(value.body))
        elif isinstance(value, cst.CSTNode):
            yield name, None, value, 0
        elif isinstance(value, (list, tuple)):
            yield from ((name, index, child, 0) for index, child in enumerate(value))


@cache
def _parts(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold code."""
    return tuple(f.name for f in fields(kind) if f.init and f.name not in QUIET)
