"""libcst trees of one statement: parse, print, and rebuild the one path that an edit changes."""

from collections.abc import Sequence

import libcst as cst

from meta.address import Address
from meta.edit import PatchError

EMPTY = cst.Module([])
Way = Sequence[tuple[cst.CSTNode, str, int | None]]


def parse_chunk(where: str, text: str) -> cst.Module:
    """The tree of some top-level statements."""
    try:
        return cst.parse_module(text)
    except (cst.ParserSyntaxError, RecursionError) as error:
        raise PatchError(f"{where}: does not parse: {first_line(error)}") from None


def parse_expression(where: str, module: cst.Module, text: str) -> cst.BaseExpression:
    """The tree of one expression."""
    try:
        return cst.parse_expression(text, config=module.config_for_parsing)
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError) as error:
        raise PatchError(f"{where}: {text!r:.120} is not an expression: {first_line(error)}") from None


def parse_statement(where: str, module: cst.Module, text: str) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
    """The tree of one statement, its line ends made those of the module."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    try:
        return cst.parse_statement(
            module.default_newline.join(lines) + module.default_newline, config=module.config_for_parsing
        )
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError) as error:
        raise PatchError(f"{where}: {text!r:.120} is not one statement: {first_line(error)}") from None


def code_of(node: cst.CSTNode) -> str:
    """The text of a node; of a statement without the blank lines and comments above it or its last line end."""
    if hasattr(node, "leading_lines"):
        node = node.with_changes(leading_lines=())
    return EMPTY.code_for_node(node).strip("\r\n")


def replaced_at(address: Address, way: Way, old: object, new: cst.CSTNode) -> cst.Module:
    """The module with `new` at the end of the way, in parentheses if it would be read otherwise without them."""
    for candidate in (new, parenthesized(new)):
        try:
            changed = spliced(way, [candidate], keep=False)
            if not isinstance(old, cst.BaseExpression) or cst.parse_module(changed.code).deep_equals(changed):
                return changed
        except (cst.ParserSyntaxError, cst.CSTValidationError):
            continue
    raise PatchError(f"{address}: {EMPTY.code_for_node(new)!r:.120} does not fit there")


def parenthesized(node: cst.CSTNode) -> cst.CSTNode:
    """The expression in parentheses; anything else as it is."""
    if not isinstance(node, cst.BaseExpression):
        return node
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


def spliced(way: Way, new: list[cst.CSTNode], *, keep: bool) -> cst.Module:
    """The module rebuilt along the way, with `new` before (`keep`) or instead of what stands at its end."""
    value: object = None
    for depth, (node, field, index) in enumerate(reversed(way)):
        if index is None:
            value = node.with_changes(**{field: new[0] if depth == 0 else value})
        else:
            items = list(getattr(node, field))
            if depth == 0:
                items[index : index if keep else index + 1] = new
            else:
                items[index] = value
            value = node.with_changes(**{field: items})
    assert isinstance(value, cst.Module)
    return value


def first_line(error: Exception) -> str:
    """What a parser has to say, on one line."""
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return str(message).strip().split("\n")[0]
