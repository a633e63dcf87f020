"""A module's text as top-level statements: found with `ast`, which is fast, and edited one at a time with libcst.

Splitting first means that an edit parses, checks and prints one definition, whatever the size of the module, and that
no byte outside that definition can change.
"""

import ast
import io
import re
import tokenize
from dataclasses import dataclass
from typing import NamedTuple

from meta.edit import PatchError

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


@dataclass(frozen=True)
class Text:
    """The decoded text of a file, with the codec that gives its bytes back."""

    text: str
    codec: str

    def encoded(self, text: str) -> bytes:
        """Another text in the same codec."""
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError as error:
            raise PatchError(f"{error.object[error.start]!r} cannot be written in {self.codec}") from None


class Chunk(NamedTuple):
    """One or more top-level statements that share lines: `text[start:end]`, and the names that they define."""

    start: int
    end: int
    names: tuple[str, ...]


def decoded(name: str, content: bytes) -> Text:
    """The text of a Python file in the encoding that it declares (PEP 263)."""
    try:
        codec, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(codec)
        same = text.encode(codec) == content
    except (SyntaxError, ValueError, LookupError) as error:
        raise PatchError(f"{name}: {error}") from None
    if not same:
        raise PatchError(f"{name}: {codec} does not give the same bytes back")
    return Text(text, codec)


def parsed(name: str, text: str) -> ast.Module:
    """The module as `ast` sees it, or `PatchError` with the place that does not parse."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise PatchError(f"{name}, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise PatchError(f"{name}: {str(error) or 'nested too deeply to parse'}") from None


def chunks(name: str, text: str) -> list[Chunk]:
    """The top-level statements of `text`, in order, as whole lines."""
    starts = line_starts(text)
    found: list[Chunk] = []
    last_line = 0
    for statement in parsed(name, text).body:
        first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
        end = starts[min(statement.end_lineno or first, len(starts) - 1)]
        if first <= last_line:
            before = found.pop()
            found.append(Chunk(before.start, end, before.names + defined_names(statement)))
        else:
            found.append(Chunk(starts[first - 1], end, defined_names(statement)))
        last_line = statement.end_lineno or first
    return found


def defined_names(statement: ast.stmt) -> tuple[str, ...]:
    """The names by which a patch may address this statement."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return (name,)
        case _:
            return ()


def line_starts(text: str) -> list[int]:
    """The offset of each line, as the Python tokenizer counts lines, and the length of the text last."""
    offsets = [0]
    for line in lines(text):
        offsets.append(offsets[-1] + len(line))
    return offsets


def lines(text: str) -> list[str]:
    """The lines of a text with their ends, as the Python tokenizer counts them; `str.splitlines` knows more ends."""
    return [match.group() for match in LINE.finditer(text) if match.group()]
