"""A correct source with its syntax tree, and where in its bytes each node stands."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Edit:
    """`text` in place of the bytes from `start` to `end`; everything else stays as it is."""

    kind: str
    start: int
    end: int
    text: str


class Program:
    """A source to be edited: its nodes are those that run, without docstrings and annotations."""

    def __init__(self, source: str) -> None:
        self.source = source.encode()
        self.lines = [0, *accumulate(len(line) for line in self.source.splitlines(keepends=True))]
        self.nodes = list(_running(ast.parse(source)))
        self.blocks = [block for node in self.nodes for block in _blocks(node)]
        self.names = sorted({name for node in self.nodes for name in _bound(node)})

    def start(self, node: ast.expr | ast.stmt) -> int:
        return self.lines[node.lineno - 1] + node.col_offset

    def end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.lines[node.end_lineno - 1] + node.end_col_offset

    def text(self, node: ast.expr | ast.stmt) -> str:
        return self.source[self.start(node) : self.end(node)].decode()

    def replace(self, kind: str, node: ast.expr | ast.stmt, text: str) -> Edit:
        return Edit(kind, self.start(node), self.end(node), text)

    def replace_between(self, kind: str, left: ast.expr, right: ast.expr, old: str, new: str) -> Edit:
        """`new` for `old`, an operator that stands between two expressions."""
        start = self.source.index(old.encode(), self.end(left), self.start(right))
        return Edit(kind, start, start + len(old), new)

    def swap(self, kind: str, first: list[ast.stmt] | list[ast.expr], second: list[ast.stmt] | list[ast.expr]) -> Edit:
        """Two runs of neighbours with their places exchanged; what stands between them stays."""
        a, b = self.start(first[0]), self.end(first[-1])
        c, d = self.start(second[0]), self.end(second[-1])
        return Edit(kind, a, d, (self.source[c:d] + self.source[b:c] + self.source[a:b]).decode())

    def replace_lines(self, kind: str, statement: ast.stmt, text: str) -> Edit:
        """`text` for the whole lines of a statement that shares them with no other."""
        return Edit(kind, *self._line_span(statement), text)

    def lines_of(self, statement: ast.stmt) -> str:
        start, end = self._line_span(statement)
        return self.source[start:end].decode()

    def _line_span(self, statement: ast.stmt) -> tuple[int, int]:
        assert statement.end_lineno is not None
        return self.lines[statement.lineno - 1], self.lines[statement.end_lineno]


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below `node` that do something, in the order of the source."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not is_docstring(child):
                yield child
                yield from _running(child)


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for field in ("body", "orelse"):
        statements = getattr(node, field, None)
        if isinstance(statements, list) and statements:
            yield [statement for statement in statements if not is_docstring(statement)]


def _bound(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.arg):
        yield node.arg
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id != "_":
        yield node.id
