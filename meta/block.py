"""The statements of a block as text, found with `ast` and kept by the text of the statement around them.

What is edited deep inside a class is so read, printed and checked on its own: an edit costs what the statements right
around it cost. Where a block cannot be taken apart for sure, by its text, it is left whole.
"""

import ast
import re
from dataclasses import dataclass
from itertools import pairwise

from meta.above import HEAD
from meta.source import defined_names, line_starts

KEPT = 4096
INDENT = re.compile(r"[ \t]*")
STUB = "if 1:\n"
Span = tuple[int, int]


@dataclass(frozen=True)
class Block:
    """Where the lines of each statement of a block stand in a text, the names that they define, and their indentation.

    The text is that of the statement around the block, with the comments and blank lines that follow it; its `header`
    ends where the lines above the first statement of the block begin.
    """

    header: int
    indent: str
    spans: tuple[Span, ...]
    names: tuple[tuple[str, ...], ...]

    def above(self, index: int) -> int:
        """Where the lines above a statement begin."""
        return self.spans[index - 1][1] if index else self.header

    def below(self, text: str, index: int) -> int:
        """Where the comments and blank lines below a statement end; code that follows the block is none of them."""
        if index + 1 < len(self.spans):
            return self.spans[index + 1][0]
        return len(text) if is_quiet(text[self.spans[index][1] :]) else self.spans[index][1]

    def with_part(self, index: int, part: "Block", span: Span, size: int) -> "Block":
        """The block with one statement replaced by the statements of another: `span` becomes so long a text."""
        by = size - (span[1] - span[0])
        before, after = self.spans[:index], self.spans[index + 1 :]
        moved = tuple((span[0] + start, span[0] + end) for start, end in part.spans)
        spans = (*before, *moved, *((start + by, end + by) for start, end in after))
        return Block(self.header, self.indent, spans, (*self.names[:index], *part.names, *self.names[index + 1 :]))


_kept: dict[str, Block | None] = {}


def block_of(text: str) -> Block | None:
    """The block of the statement that a text is, None where there is none or where it cannot be taken apart."""
    if text not in _kept:
        keep(text, read_block(text))
    return _kept[text]


def keep(text: str, block: Block | None) -> None:
    """Keep the block of a text; the oldest goes when there are too many."""
    if len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[text] = block


def read_block(text: str, deep: int = 0) -> Block | None:
    """The block of the one statement that a text is, or of the only one `deep` levels inside it, read anew."""
    stub = STUB if text[:1] in (" ", "\t") else ""
    try:
        body = ast.parse(stub + text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for _ in range(deep + (2 if stub else 1)):
        inner = getattr(body[0], "body", None) if len(body) == 1 else None
        body = inner if isinstance(inner, list) else []
    return block_around(stub + text, len(stub), body) if body else None


def block_around(text: str, stub: int, body: list[ast.stmt]) -> Block | None:
    """The block of some statements of a text, without the stub that the text begins with."""
    starts = line_starts(text)
    spans: list[Span] = []
    names: list[tuple[str, ...]] = []
    last = 0
    for statement in body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
        end = starts[min(statement.end_lineno or first, len(starts) - 1)] - stub
        if first <= last:
            spans[-1], names[-1] = (spans[-1][0], end), ()
        else:
            spans.append((starts[first - 1] - stub, end))
            names.append(defined_names(statement))
        last = statement.end_lineno or first
    return checked(text[stub:], spans, names, body[0])


def checked(text: str, spans: list[Span], names: list[tuple[str, ...]], first: ast.stmt) -> Block | None:
    """The block with these statements, None where its lines are not plainly its own."""
    head = text[: spans[0][0]]
    indent = prefix(text, spans[0][0])
    begins = text[spans[0][0] + len(indent) :][:1] == "@" or first.col_offset == len(indent)
    regular = all(prefix(text, start) == indent for start, _ in spans)
    if not (head and indent and begins and regular) or "\\\n" in head or "\\\r" in head or not text.endswith("\n"):
        return None
    if not all(is_quiet(text[end:start]) for (_, end), (start, _) in pairwise(spans)):
        return None
    return Block(header_end(head), indent, tuple(spans), tuple(names))


def prefix(text: str, start: int) -> str:
    """The indentation of the line that begins at an offset."""
    found = INDENT.match(text, start)
    assert found is not None
    return found.group()


def is_quiet(text: str) -> bool:
    """Whether some whole lines are comments and blank lines."""
    return not text or HEAD.fullmatch(text) is not None


def header_end(head: str) -> int:
    """Where the comments and blank lines at the end of some lines of code begin."""
    starts = line_starts(head)
    for start, end in reversed([*pairwise(starts)]):
        if not is_quiet(head[start:end]):
            return end
    return 0
