"""Expressions replaced in the text itself, by their byte spans, where that is sure to read as it is meant.

An atom (a name, a number, a call, a list) means the same in any place that an expression without parentheses has
left, so that neither a tree has to be printed nor its text read again. Whatever is less plain is left to the trees.
"""

from collections.abc import Sequence
from functools import lru_cache

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from meta.address import Trail
from meta.edit import PatchError
from meta.tree import at_end, chunk_tree, code_of, parse_expression, way_along

ATOMS = (cst.Name, cst.Integer, cst.Float, cst.Call, cst.Subscript, cst.Attribute, cst.List, cst.Dict, cst.Set)
UNSURE = (cst.FormattedString, cst.MatchCase)
SOFT = ("match", "case", "type", "_")

Spot = tuple[Trail, str]
"""The trail to an expression, and the text that comes in its place."""


def spliced_text(text: str, spots: Sequence[Spot]) -> str | None:
    """The text of a statement with expressions replaced, None where it takes a tree to do that."""
    if any("\n" in new or "\\" in new for _, new in spots):
        return None
    module, content = chunk_tree(text), text.encode()
    spans = []
    for trail, new in spots:
        span, atom = span_of(module, content, trail), atom_of(module, new)
        if span is None or atom is None or not stands_free(content, span, atom):
            return None
        spans.append((span, atom))
    end, pieces = 0, []
    for (start, stop), atom in sorted(spans):
        pieces += [content[end:start], atom]
        end = stop
    return b"".join([*pieces, content[end:]]).decode()


def span_of(module: cst.Module, content: bytes, trail: Trail) -> tuple[int, int] | None:
    """Where an expression stands, None for one in parentheses or in a place where an atom could mean another thing."""
    way = way_along(module, trail)
    target = at_end(way)
    if not isinstance(target, cst.BaseExpression) or target.lpar or any(isinstance(node, UNSURE) for node, _, _ in way):
        return None
    span = spans_of(module).get(target)
    if span is None or content[span[0] : span[1]].decode() != code_of(target):
        return None
    return span


@lru_cache(maxsize=256)
def spans_of(module: cst.Module) -> dict[cst.CSTNode, tuple[int, int]]:
    """The byte span of every node of a tree; kept, since one parent has many children."""
    found = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    return {
        node: (span.start, span.start + span.length)
        for node, span in found.items()
        if isinstance(node, cst.BaseExpression)
    }


def atom_of(module: cst.Module, new: str) -> bytes | None:
    """The bytes of a new expression that is an atom; None for another, or for what is no expression."""
    try:
        node = parse_expression("", module, new)
    except PatchError:
        return None
    if not isinstance(node, ATOMS) or (isinstance(node, cst.Name) and node.value in SOFT):
        return None
    return code_of(node).encode()


def stands_free(content: bytes, span: tuple[int, int], atom: bytes) -> bool:
    """Whether nothing around a place could run together with what comes there."""
    before, after = content[: span[0]][-1:].decode("latin-1"), content[span[1] :][:1].decode("latin-1")
    word = before.isalnum() or after.isalnum() or "_" in (before, after)
    number = atom[:1].isdigit() and "." in (before, after)
    return not (word or number or before > "\x7f" or after > "\x7f")
