"""Apply a patch: every byte outside the edited definitions stays, and a stale or ambiguous edit is refused."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import libcst as cst

from meta.address import Address, Step, Trail, definition, follow, parse_address
from meta.edit import CodeEdit, Delete, DeleteFile, Insert, Patch, PatchError, Replace, WriteFile
from meta.genome import Genome, GenomeFileError
from meta.source import Chunk, Text, chunks, decoded, lines
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


def apply(genome: Genome, patch: Patch) -> Genome:
    """The genome with every edit of the patch applied at once, each to the place it names in `genome`.

    Raises `PatchError` if an address matches none or several places, if a place does not hold what the edit expects,
    if two edits overlap, or if the result does not parse.
    """
    changed: dict[str, str | bytes | None] = {}
    for edit in patch.edits:
        if isinstance(edit, (WriteFile, DeleteFile)):
            if edit.name in changed:
                raise PatchError(f"{edit.name}: two edits of one whole file")
            check_content(genome, edit)
            changed[edit.name] = edit.content if isinstance(edit, WriteFile) else None
    for file, edits in by_file(patch.edits).items():
        if file in changed:
            raise PatchError(f"{file}: edited in part and as a whole")
        if file not in genome:
            raise PatchError(f"{edits[0].at}: no file {file} in the genome")
        try:
            changed[file] = edited(file, genome.raw(file), edits)
        except RecursionError:
            raise PatchError(f"{file}: nested too deeply to edit") from None
    try:
        return genome.with_files(changed)
    except GenomeFileError as error:
        raise PatchError(str(error)) from None


def check_content(genome: Genome, edit: WriteFile | DeleteFile) -> None:
    """Refuse a whole-file edit of a file that is not what the edit expects."""
    found = hashlib.sha256(genome.raw(edit.name)).hexdigest() if edit.name in genome else ""
    if found != edit.expect:
        raise PatchError(
            f"{edit.name}: found {f'content {found[:12]}' if found else 'no such file'}, "
            f"expected {f'content {edit.expect[:12]}' if edit.expect else 'no such file'}"
        )


def by_file(edits: Iterable[object]) -> dict[str, list[CodeEdit]]:
    """The code edits of each file, in the order of the patch."""
    found: dict[str, list[CodeEdit]] = defaultdict(list)
    for edit in edits:
        if isinstance(edit, (Replace, Insert, Delete)):
            found[parse_address(edit.at).file].append(edit)
    return dict(found)


def edited(file: str, content: bytes, edits: list[CodeEdit]) -> bytes:
    """The content of one file with its edits applied."""
    source = decoded(file, content)
    parts = chunks(file, source.text)
    top: list[tuple[int, CodeEdit, Address]] = []
    inside: dict[int, list[tuple[CodeEdit, Address, tuple[Step, ...]]]] = defaultdict(list)
    for edit in edits:
        address = parse_address(edit.at)
        index, steps = place(address, parts, source)
        if index is None or (isinstance(edit, (Insert, Delete)) and not steps):
            top.append((len(parts) if index is None else index, edit, address))
        else:
            inside[index].append((edit, address, steps))
    texts = {index: chunk_text(source, parts[index], found) for index, found in inside.items()}
    result = source.encoded(assembled(source, parts, texts, top))
    chunks(file, decoded(file, result).text)
    return result


def place(address: Address, parts: list[Chunk], source: Text) -> tuple[int | None, tuple[Step, ...]]:
    """The chunk that an address lies in (None: after the last), and the steps from the top of the chunk's tree."""
    if not address.name:
        if not address.steps or address.steps[0].field != "body" or address.steps[0].index is None:
            raise PatchError(f"{address}: expected a definition's name or a first step body[index]")
        index = address.steps[0].index
        if index > len(parts) or (index == len(parts) and len(address.steps) > 1):
            raise PatchError(f"{address}: the module has {len(parts)} statements")
        return (None if index == len(parts) else index), address.steps[1:]
    first, *rest = address.name.split(".")
    found = [index for index, part in enumerate(parts) if first in part.names]
    if len(found) != 1:
        raise PatchError(f"{address}: {len(found)} definitions of {first}, not 1")
    steps: tuple[Step, ...] = ()
    node = parse_chunk(str(address), source.text[parts[found[0]].start : parts[found[0]].end]).body[0] if rest else None
    for name in rest:
        body = getattr(getattr(node, "body", None), "body", ())
        step = Step("body", definition(address, body, name))
        steps, node = (*steps, step), body[step.index or 0]
    return found[0], (*steps, *address.steps)


def chunk_text(source: Text, part: Chunk, found: list[tuple[CodeEdit, Address, tuple[Step, ...]]]) -> str:
    """The text of one chunk with its edits applied, last place first so that no address moves."""
    text, where = source.text[part.start : part.end], found[0][1]
    module = parse_chunk(str(where), text)
    if len(module.body) != 1:
        raise PatchError(f"{where}: several statements share its lines")
    if module.code != text:
        raise PatchError(f"{where}: its text cannot be printed back as it stands")
    ordered = sorted((placed(module, *item) for item in found), key=order)
    check_overlaps(ordered)
    for item in ordered:
        expect_place(item.address, at_end(way_along(module, item.trail)), item.edit)
    for item in reversed(ordered):
        module = rewritten(module, item)
    return module.code


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


def rewritten(module: cst.Module, item: Placed) -> cst.Module:
    """The chunk's tree with one edit applied."""
    edit, address = item.edit, item.address
    way = way_along(module, item.trail)
    node, field, index = way[-1]
    if isinstance(edit, Replace):
        target = at_end(way)
        new = new_node(address, module, target, edit.new)
        if isinstance(target, cst.BaseStatement) and index is None and not isinstance(new, cst.If):
            raise PatchError(f"{address}: {edit.new!r:.120} is not an if statement, which is what an elif holds")
        return replaced_at(address, way, target, new)
    if index is None or field != "body" or not isinstance(node, (cst.IndentedBlock, cst.Module)):
        raise PatchError(f"{address}: not a statement of a block, which is what can be inserted or deleted")
    if isinstance(edit, Insert):
        return spliced(way, [parse_statement(str(address), module, edit.new)], keep=True)
    if len(node.body) == 1:
        raise PatchError(f"{address}: the only statement of its block")
    return spliced(way, [], keep=False)


def expect_place(address: Address, target: object, edit: CodeEdit) -> None:
    """Refuse an edit whose place does not hold what it expects."""
    if isinstance(edit, Insert) and not edit.expect:
        return
    if not isinstance(target, cst.CSTNode):
        raise PatchError(f"{address}: nothing there, expected {edit.expect!r:.200}")
    found = code_of(target)
    if found != edit.expect.strip("\r\n"):
        raise PatchError(f"{address}: found {found!r:.200}, expected {edit.expect!r:.200}")


def new_node(address: Address, module: cst.Module, target: object, new: str) -> cst.CSTNode:
    """The node that `new` spells, of the kind that fits in the place of `target`."""
    where = str(address)
    if isinstance(target, cst.BaseExpression):
        return parse_expression(where, module, new)
    if not isinstance(target, (cst.BaseStatement, cst.BaseSmallStatement)):
        return parse_part(where, module, target, new)
    statement = parse_statement(where, module, new)
    if isinstance(target, cst.BaseStatement):
        above = [*getattr(target, "leading_lines", ()), *statement.leading_lines]
        return statement.with_changes(leading_lines=above)
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        raise PatchError(f"{address}: {new!r:.120} is not one simple statement")
    return statement.body[0].with_changes(semicolon=getattr(target, "semicolon", cst.MaybeSentinel.DEFAULT))


def assembled(source: Text, parts: list[Chunk], texts: dict[int, str], top: list[tuple[int, CodeEdit, Address]]) -> str:
    """The whole text, with edited chunks in their places and top-level insertions and deletions made."""
    newline = "\r\n" if "\r\n" in source.text else "\n"
    inserted: dict[int, list[str]] = defaultdict(list)
    deleted = set()
    for index, edit, address in top:
        old = source.text[parts[index].start : parts[index].end] if index < len(parts) else ""
        if old.strip("\r\n") != edit.expect.strip("\r\n") and not (isinstance(edit, Insert) and not edit.expect):
            raise PatchError(f"{address}: found {old!r:.200}, expected {edit.expect!r:.200}")
        if isinstance(edit, Insert):
            inserted[index].append(statement_lines(address, edit.new, newline))
        elif not isinstance(edit, Delete) or index in deleted or index in texts or index >= len(parts):
            raise PatchError(f"{address}: cannot be deleted here")
        else:
            deleted.add(index)
    pieces, end = [], 0
    for index, part in enumerate(parts):
        pieces += [source.text[end : part.start], *inserted[index]]
        pieces.append("" if index in deleted else texts.get(index, source.text[part.start : part.end]))
        end = part.end
    if inserted[len(parts)] and pieces and "".join(pieces)[-1:] not in ("\n", "\r", ""):
        pieces.append(newline)
    return "".join([*pieces, *inserted[len(parts)], source.text[end:]])


def statement_lines(address: Address, new: str, newline: str) -> str:
    """A new top-level statement as whole lines."""
    text = new.strip("\r\n")
    if len(chunks(str(address), text)) != 1:
        raise PatchError(f"{address}: {new!r:.120} is not one statement")
    return "".join(line.rstrip("\r\n") + newline for line in lines(text))
