"""The lines above a statement: comments and blank lines, as text and as nodes of libcst."""

import re

import libcst as cst

from meta.edit import PatchError
from meta.source import lines

EMPTY = cst.Module([])
HEAD = re.compile(r"(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*")


def head_and_rest(text: str) -> tuple[str, str]:
    """The comments and blank lines that a text begins with, and what follows them."""
    head = HEAD.match(text)
    assert head is not None
    return head.group(), text[head.end() :]


def is_above(text: str) -> bool:
    """Whether a text is nothing but comments and blank lines."""
    return HEAD.fullmatch(text + "\n") is not None


def same_lines(one: str, other: str) -> bool:
    """Whether two texts differ at most in their line ends."""
    return unified(one) == unified(other)


def unified(text: str) -> str:
    """The text with line ends of one kind."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def whole_lines(text: str, newline: str) -> str:
    """The text as whole lines with one kind of line end."""
    return "".join(line.rstrip("\r\n") + newline for line in lines(text))


def text_above(found: object) -> str:
    """The text of the lines above a statement, without their indentation."""
    if not isinstance(found, (list, tuple)):
        return ""
    return "".join(EMPTY.code_for_node(line) for line in found if isinstance(line, cst.EmptyLine))


def nodes_above(where: str, text: str) -> list[cst.EmptyLine]:
    """Comments and blank lines as nodes, or `PatchError`; a blank line has no indentation."""
    if not is_above(text):
        raise PatchError(f"{where}: {text!r:.120} is not comments and blank lines")
    return [node_above(line.strip()) for line in lines(text)]


def node_above(text: str) -> cst.EmptyLine:
    """One comment or blank line."""
    return cst.EmptyLine(indent=bool(text), comment=cst.Comment(text) if text else None)
