"""Expressions replaced in the text itself, by where they stand, where that is sure to read as it is meant.

An atom (a name, a number, a call, a list) means the same in any place that an expression without parentheses has
left, so that neither a tree has to be printed nor its text read again. Whatever is less plain is left to the trees.
"""

from collections.abc import Sequence

import libcst as cst

from meta.address import Trail
from meta.edit import PatchError
from meta.printing import printed_module
from meta.tree import at_end, code_of, parse_expression, way_along

ATOMS = (cst.Name, cst.Integer, cst.Float, cst.Call, cst.Subscript, cst.Attribute, cst.List, cst.Dict, cst.Set)
UNSURE = (cst.FormattedString, cst.MatchCase)
SOFT = ("match", "case", "type", "_")

Spot = tuple[Trail, str]
"""The trail to an expression, and the text that comes in its place."""


def spliced_text(module: cst.Module, text: str, spots: Sequence[Spot]) -> str | None:
    """The text of a statement with expressions replaced, None where it takes a tree to do that."""
    if any("\n" in new or "\\" in new for _, new in spots):
        return None
    spans = []
    for trail, new in spots:
        span, atom = span_of(module, text, trail), atom_of(module, new)
        if span is None or atom is None or not stands_free(text, span, atom):
            return None
        spans.append((span, atom))
    end, pieces = 0, []
    for (start, stop), atom in sorted(spans):
        pieces += [text[end:start], atom]
        end = stop
    return "".join([*pieces, text[end:]])


def span_of(module: cst.Module, text: str, trail: Trail) -> tuple[int, int] | None:
    """Where an expression stands, None for one in parentheses or in a place where an atom could mean another thing."""
    way = way_along(module, trail)
    target = at_end(way)
    if not isinstance(target, cst.BaseExpression) or target.lpar or any(isinstance(node, UNSURE) for node, _, _ in way):
        return None
    span = printed_module(module).spans.get(id(target))
    if span is None or text[slice(*span)] != code_of(target):
        return None
    return span


def atom_of(module: cst.Module, new: str) -> str | None:
    """The text of a new expression that is an atom; None for another, or for what is no expression."""
    try:
        node = parse_expression("", module, new)
    except PatchError:
        return None
    if not isinstance(node, ATOMS) or (isinstance(node, cst.Name) and node.value in SOFT):
        return None
    return code_of(node)


def stands_free(text: str, span: tuple[int, int], atom: str) -> bool:
    """Whether nothing around a place could run together with what comes there."""
    before, after = text[: span[0]][-1:], text[span[1] :][:1]
    word = before.isalnum() or after.isalnum() or "_" in (before, after)
    number = atom[:1].isdigit() and "." in (before, after)
    return not (word or number or before > "\x7f" or after > "\x7f")
