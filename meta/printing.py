"""Trees printed: in one pass the text of a node, of every statement in its blocks, and where its expressions stand.

A pass costs more than all else that an edit or a difference does, so a tree is printed once, and what came of it kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from typing import Any, Literal

import libcst as cst
from libcst.metadata.span_provider import CodegenState  # type: ignore[attr-defined]  # not given out anywhere else

from meta.edit import PatchError

EMPTY = cst.Module([])
KEPT = 8192


@dataclass(frozen=True)
class Printed:
    """The text of a node, and where in it each expression stands without its parentheses, by identity of its node."""

    text: str
    spans: dict[int, tuple[int, int]]


@lru_cache(maxsize=256)
def printed_module(module: cst.Module) -> Printed:
    """A module printed; where it has the usual indentation and line ends its statements need not be printed again."""
    record = recorded(module, module)
    if (module.default_indent, module.default_newline) == (EMPTY.default_indent, EMPTY.default_newline):
        record.note(module.body if module.has_trailing_newline else (), 0)
        keep(record)
    ends = [0, *accumulate(map(len, record.tokens))]
    last = len(ends) - 1
    spans = {node: (ends[min(a, last)], ends[min(b, last)]) for node, (a, b) in record.spans.items()}
    return Printed("".join(record.tokens), spans)


def printed(node: cst.CSTNode) -> str:
    """The text of a node with all that belongs to it; nodes never change, and one is asked for often."""
    found = _texts.get(node)
    if found is None:
        record = recorded(EMPTY, node)
        keep(record)
        found = _texts[node] = "".join(record.tokens)
    return found


_texts: dict[cst.CSTNode, str] = {}


def keep(record: "Record") -> None:
    """Keep the texts of the statements in blocks; the oldest go when there are too many."""
    _texts.update(record.texts)
    while len(_texts) > KEPT:
        _texts.pop(next(iter(_texts)), None)


def recorded(defaults: cst.Module, node: cst.CSTNode) -> "Record":
    """A node printed with the indentation and line ends that a module has by default.

    Raises `PatchError` if it is nested too deeply, which a sum of some hundred terms is.
    """
    record = Record(defaults)
    try:
        node._codegen(record)
    except RecursionError:
        raise PatchError("nested too deeply to print") from None
    return record


class Record(CodegenState):
    """What libcst prints into, which notes at which token each statement and each expression begins and ends."""

    def __init__(self, defaults: cst.Module) -> None:
        super().__init__(default_indent=defaults.default_indent, default_newline=defaults.default_newline)
        self.spans: dict[int, tuple[int, int]] = {}
        self.texts: dict[cst.CSTNode, str] = {}
        self._open: list[tuple[int, int]] = []
        self._ranges: dict[int, tuple[int, int, int, int]] = {}
        self._indented: list[int] = []

    def add_indent_tokens(self) -> None:
        """Print an indentation, one token for each block around."""
        self._indented.append(len(self.tokens))
        super().add_indent_tokens()

    def before_codegen(self, _: cst.CSTNode) -> None:
        """Note where a node begins."""
        self._open.append((len(self.tokens), len(self._indented)))

    def after_codegen(self, node: cst.CSTNode) -> None:
        """Note where a node ends; the statements of a block are complete when the block is."""
        start, indented = self._open.pop()
        match kind(type(node)):
            case "expression":
                self.spans.setdefault(id(node), (start, len(self.tokens)))
            case "statement":
                self._ranges[id(node)] = start, len(self.tokens), indented, len(self._indented)
            case "block":
                assert isinstance(node, cst.IndentedBlock)
                self.note(node.body, len(self.indent_tokens) + 1)

    def note(self, body: Sequence[cst.CSTNode], depth: int) -> None:
        """Note the texts of the statements of a block that lies in so many others."""
        self.texts |= {statement: "".join(self._alone(statement, depth)) for statement in body}

    def record_syntactic_position(self, node: cst.CSTNode, **_: Any) -> "Span":  # type: ignore[override]  # as light
        """Note where a node stands without its parentheses."""
        return Span(self, node)

    def _alone(self, statement: cst.CSTNode, depth: int) -> Iterator[str]:
        """The tokens of a statement without the indentation of the blocks around it."""
        at, end, first, last = self._ranges[id(statement)]
        for indented in self._indented[first:last]:
            yield from self.tokens[at:indented]
            at = indented + depth
        yield from self.tokens[at:end]


class Span:
    """The time in which a node is printed, but for its parentheses."""

    __slots__ = ("_node", "_record", "_start")

    def __init__(self, record: Record, node: cst.CSTNode) -> None:
        self._record = record
        self._node = node

    def __enter__(self) -> None:
        self._start = len(self._record.tokens)

    def __exit__(self, *_: object) -> None:
        if kind(type(self._node)) == "expression":
            self._record.spans[id(self._node)] = self._start, len(self._record.tokens)


@cache
def kind(node: type[cst.CSTNode]) -> Literal["expression", "statement", "block", ""]:
    """What is noted of nodes of a type."""
    if issubclass(node, cst.IndentedBlock):
        return "block"
    if issubclass(node, cst.BaseStatement):
        return "statement"
    return "expression" if issubclass(node, cst.BaseExpression) else ""
