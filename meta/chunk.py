"""Edits inside one top-level statement, made on its libcst tree."""

from dataclasses import dataclass

import libcst as cst

from meta.above import head_and_rest, nodes_above, same_lines, text_above
from meta.address import Address, Step, Trail, follow
from meta.edit import CodeEdit, Delete, Insert, PatchError, Replace
from meta.narrow import Inside, surroundings
from meta.printing import printed_module
from meta.source import parsed
from meta.splice import spliced_text
from meta.tree import (
    at_end,
    code_of,
    parse_chunk,
    parse_expression,
    parse_part,
    parse_statement,
    replaced_at,
    spliced,
    way_along,
)


@dataclass(frozen=True)
class Placed:
    """A code edit with the trail to its place from the one statement of its chunk."""

    edit: CodeEdit
    address: Address
    trail: Trail


def edited_text(text: str, found: list[Inside]) -> str:
    """The text of one statement with its edits applied."""
    module = printable(str(found[0][1]), text)
    ordered = sorted((placed(module, *item) for item in found), key=order)
    check_overlaps(ordered)
    for item in ordered:
        expect_place(item.address, at_end(way_along(module, item.trail)), item.edit)
    return in_text(module, text, ordered) or module_with(module, ordered).code


def in_text(module: cst.Module, text: str, ordered: list[Placed]) -> str | None:
    """The text with its edits applied where they can be spliced in, None where they cannot."""
    spots = [(item.trail, item.edit.new) for item in ordered if isinstance(item.edit, Replace)]
    found = spliced_text(module, text, spots) if len(spots) == len(ordered) else None
    return found if found is not None and parses(found) else None


def parses(text: str) -> bool:
    """Whether a text is Python."""
    try:
        parsed("", text)
    except PatchError:
        return False
    return True


def module_with(module: cst.Module, ordered: list[Placed]) -> cst.Module:
    """The chunk's tree with its edits applied, last place first so that no address moves."""
    for item in reversed(ordered):
        module = rewritten(module, item)
    return module


def printable(where: str, text: str) -> cst.Module:
    """The tree of a chunk that is one statement and prints as it stands."""
    module = parse_chunk(where, text)
    if len(module.body) != 1:
        raise PatchError(f"{where}: several statements share its lines")
    try:
        same = printed_module(module).text == text
    except PatchError as error:
        raise PatchError(f"{where}: {error}") from None
    if not same:
        raise PatchError(f"{where}: its text cannot be printed back as it stands")
    return module


def node_at(address: Address, text: str, steps: tuple[Step, ...]) -> tuple[cst.Module, cst.CSTNode]:
    """The node at a place in a chunk, and a tree that it stands in: of no more of the chunk than has to be read."""
    text, steps = surroundings(text, steps) or (text, steps)
    tree = printable(str(address), text)
    node = at_end(way_along(tree, follow(address, tree.body[0], steps)))
    if not isinstance(node, cst.CSTNode):
        raise PatchError(f"{address}: nothing there")
    return tree, node


def placed(module: cst.Module, edit: CodeEdit, address: Address, steps: tuple[Step, ...]) -> Placed:
    """The edit with its trail. One that expects the statement of a line without the line's comment speaks of that."""
    trail = follow(address, module.body[0], steps)
    match at_end(way_along(module, trail)):
        case cst.SimpleStatementLine(body=[small], trailing_whitespace=cst.TrailingWhitespace(comment=cst.Comment())):
            if isinstance(edit, Replace) and edit.expect.strip("\r\n") == code_of(small):
                trail = (*trail, ("body", 0))
    return Placed(edit, address, trail)


def order(item: Placed) -> tuple[list[tuple[str, int]], bool]:
    """Places sort as their trails; an insertion sorts before the statement that it goes in front of."""
    places = [(field, -1 if index is None else index) for field, index in item.trail]
    return places, not isinstance(item.edit, Insert)


def check_overlaps(ordered: list[Placed]) -> None:
    """Refuse two edits of which one lies in what the other replaces: in this order it comes right after it."""
    taken: Placed | None = None
    for item in ordered:
        if taken is not None and item.trail[: len(taken.trail)] == taken.trail:
            raise PatchError(f"{item.address}: overlaps with the edit of {taken.address}")
        if not isinstance(item.edit, Insert):
            taken = item


def expect_place(address: Address, target: object, edit: CodeEdit) -> None:
    """Refuse an edit whose place does not hold what it expects."""
    if isinstance(edit, Insert) and not edit.expect:
        return
    expected = edit.expect.strip("\r\n")
    if isinstance(target, (list, tuple)):
        if isinstance(edit, Replace) and not same_lines(text_above(target), edit.expect):
            raise PatchError(f"{address}: found {text_above(target)!r:.200}, expected {edit.expect!r:.200}")
        return
    if not isinstance(target, cst.CSTNode):
        raise PatchError(f"{address}: nothing there, expected {edit.expect!r:.200}")
    found = code_of(target)
    if isinstance(edit, Delete) and found != expected:
        head, rest = head_and_rest(edit.expect)
        if same_lines(head, text_above(getattr(target, "leading_lines", ()))):
            expected = rest.strip("\r\n")
    if found != expected:
        raise PatchError(f"{address}: found {found!r:.200}, expected {edit.expect!r:.200}")


def rewritten(module: cst.Module, item: Placed) -> cst.Module:
    """The chunk's tree with one edit applied."""
    edit, address = item.edit, item.address
    way = way_along(module, item.trail)
    node, field, index = way[-1]
    if isinstance(edit, Replace):
        return replacing(module, item, edit.new)
    if index is None or field != "body" or not isinstance(node, (cst.IndentedBlock, cst.Module)):
        raise PatchError(f"{address}: not a statement of a block, which is what can be inserted or deleted")
    if isinstance(edit, Insert):
        return spliced(way, [inserted(address, module, edit.new)], keep=True)
    if len(node.body) == 1:
        raise PatchError(f"{address}: the only statement of its block")
    return spliced(way, [], keep=False)


def replacing(module: cst.Module, item: Placed, text: str) -> cst.Module:
    """The chunk's tree with what `text` spells in a place."""
    way = way_along(module, item.trail)
    _, field, index = way[-1]
    target = at_end(way)
    if field == "leading_lines" and index is None:
        return spliced(way, [nodes_above(str(item.address), text)], keep=False)
    new = new_node(item.address, module, target, text)
    if isinstance(target, cst.BaseStatement) and index is None and not isinstance(new, cst.If):
        raise PatchError(f"{item.address}: {text!r:.120} is not an if statement, which is what an elif holds")
    return replaced_at(item.address, way, target, new)


def inserted(address: Address, module: cst.Module, text: str) -> cst.BaseStatement:
    """A new statement with the comments and blank lines above it, as its text has them."""
    statement = parse_statement(str(address), module, text)
    above = [line if line.comment else line.with_changes(indent=False) for line in statement.leading_lines]
    return statement.with_changes(leading_lines=above)


def new_node(address: Address, module: cst.Module, target: object, new: str) -> cst.CSTNode:
    """The node that `new` spells, of the kind that fits in the place of `target`."""
    where = str(address)
    if isinstance(target, cst.BaseExpression):
        return parse_expression(where, module, new)
    if not isinstance(target, (cst.BaseStatement, cst.BaseSmallStatement)):
        return parse_part(where, module, target, new)
    statement = parse_statement(where, module, new.strip("\r\n"))
    if isinstance(target, cst.BaseStatement):
        above = [*getattr(target, "leading_lines", ()), *statement.leading_lines]
        return statement.with_changes(leading_lines=above)
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        raise PatchError(f"{address}: {new!r:.120} is not one simple statement")
    return statement.body[0].with_changes(semicolon=getattr(target, "semicolon", cst.MaybeSentinel.DEFAULT))
