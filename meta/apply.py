"""Apply a patch: every byte outside the edited definitions stays, and a stale or ambiguous edit is refused."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from meta.above import head_and_rest, is_above, same_lines, unified, whole_lines
from meta.address import Address, parse_address
from meta.chunk import edited_text
from meta.edit import CodeEdit, Delete, Edit, FileEdit, Insert, PatchError, RenameFile, Replace, WriteFile
from meta.genome import Genome, GenomeFileError
from meta.index import ABOVE, Index, indexed, keep, place
from meta.lowering import InsertAbove, lowered
from meta.narrow import Inside, narrowed
from meta.patch import Patch
from meta.source import Chunk, chunks, decoded


def apply(genome: Genome, patch: Patch) -> Genome:
    """The genome with every edit of the patch applied at once, each to the place it names in `genome`.

    Raises `PatchError` if an address matches none or several places, if a place does not hold what the edit expects,
    if two edits overlap, or if the result does not parse.
    """
    edits = lowered(genome, patch.edits)
    changed = file_changes(genome, [edit for edit in edits if isinstance(edit, FileEdit)])
    renamed = {edit.name: edit.to for edit in edits if isinstance(edit, RenameFile)}
    for file, found in by_file(edits).items():
        if file in changed and file not in renamed:
            raise PatchError(f"{file}: edited in part and as a whole")
        if file not in genome:
            raise PatchError(f"{found[0][1]}: no file {file} in the genome")
        try:
            changed[renamed.get(file, file)] = edited(file, genome.raw(file), found)
        except RecursionError:
            raise PatchError(f"{file}: nested too deeply to edit") from None
    try:
        return genome.with_files(changed)
    except GenomeFileError as error:
        raise PatchError(str(error)) from None


def file_changes(genome: Genome, edits: list[FileEdit]) -> dict[str, str | bytes | None]:
    """What whole-file edits make of the files that they name, None for those that go."""
    check_cycles({edit.name: edit.to for edit in edits if isinstance(edit, RenameFile)})
    changed: dict[str, str | bytes | None] = {}
    for edit in edits:
        check_content(genome, edit)
        if isinstance(edit, RenameFile) and edit.to in genome:
            raise PatchError(f"{edit.name}: renamed to {edit.to}: found such a file, expected none")
        for name in (edit.name, edit.to) if isinstance(edit, RenameFile) else (edit.name,):
            if name in changed:
                raise PatchError(f"{name}: two edits of one whole file")
            changed[name] = None
        if isinstance(edit, WriteFile):
            changed[edit.name] = edit.content
        if isinstance(edit, RenameFile):
            changed[edit.to] = genome.raw(edit.name)
    return changed


def check_cycles(renamed: dict[str, str]) -> None:
    """Refuse renames of files that lead back to where they began."""
    for first in renamed:
        way = [first]
        while renamed.get(way[-1], first) not in way:
            way.append(renamed[way[-1]])
        if renamed.get(way[-1]) == first:
            raise PatchError(f"{' -> '.join([*way, first])}: files renamed in a cycle")


def check_content(genome: Genome, edit: FileEdit) -> None:
    """Refuse a whole-file edit of a file that is not what the edit expects."""
    found = hashlib.sha256(genome.raw(edit.name)).hexdigest() if edit.name in genome else ""
    if found != edit.expect or (not found and not isinstance(edit, WriteFile)):
        raise PatchError(
            f"{edit.name}: found {f'content {found[:12]}' if found else 'no such file'}, "
            f"expected {f'content {edit.expect[:12]!s}' if edit.expect else 'no such file'}"
        )


def by_file(edits: Iterable[Edit]) -> dict[str, list[tuple[CodeEdit, Address]]]:
    """The code edits of each file with their addresses, in the order of the patch."""
    found: dict[str, list[tuple[CodeEdit, Address]]] = defaultdict(list)
    for edit in edits:
        if isinstance(edit, CodeEdit):
            address = parse_address(edit.at)
            found[address.file].append((edit, address))
    return dict(found)


@dataclass
class Sheet:
    """What is to be done with the top of a module: new texts of statements, new lines above them, new statements.

    Those of its texts that are `read` are known to be one statement of the same name.
    """

    texts: dict[int, str] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    above: dict[int, str] = field(default_factory=dict)
    over: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    inserted: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def edited(file: str, content: bytes, edits: list[tuple[CodeEdit, Address]]) -> bytes:
    """The content of one file with its edits applied; its index is kept for the edits that follow."""
    index = indexed(file, content)
    sheet = Sheet()
    inside: dict[int, list[Inside]] = defaultdict(list)
    for edit, address in edits:
        number, steps = place(address, index)
        if steps == (ABOVE,):
            write_above(sheet, index, number, edit, address)
        elif steps or isinstance(edit, Replace):
            inside[number].append((edit, address, steps))
        elif isinstance(edit, Insert):
            expect_chunk(index, number, edit, address)
            new = sheet.over if isinstance(edit, InsertAbove) else sheet.inserted
            new[number].append(statement_lines(address, edit.new, index.newline))
        else:
            delete(sheet, index, number, edit, address)
    for number, found in inside.items():
        write_inside(sheet, index, number, found)
    wheres = {number: str(found[0][1]) for number, found in inside.items()}
    return finished(file, index, *assembled(index, sheet, wheres))


def write_inside(sheet: Sheet, index: Index, number: int, found: list[Inside]) -> None:
    """Note the new text of a statement; one that changed in its block alone was read there, and need not be again."""
    where, chunk = found[0][1], index.chunk(number)
    if number >= len(index.parts):
        raise PatchError(f"{where}: nothing there, expected {found[0][0].expect!r:.200}")
    if number in sheet.texts:
        raise PatchError(f"{where}: overlaps with the deletion of the whole statement")
    text = narrowed(chunk, found, edited_text)
    if text is not None:
        sheet.read.add(number)
    sheet.texts[number] = edited_text(chunk, found) if text is None else text


def write_above(sheet: Sheet, index: Index, number: int, edit: CodeEdit, address: Address) -> None:
    """Note new lines above a statement."""
    found = index.gap(number)
    if not isinstance(edit, Replace):
        raise PatchError(f"{address}: lines above a statement can only be replaced")
    if not same_lines(found, edit.expect):
        raise PatchError(f"{address}: found {found!r:.200}, expected {edit.expect!r:.200}")
    if not is_above(edit.new):
        raise PatchError(f"{address}: {edit.new!r:.120} is not comments and blank lines")
    if number in sheet.above:
        raise PatchError(f"{address}: overlaps with another edit of the lines above this statement")
    ends = number < len(index.parts)
    sheet.above[number] = (
        whole_lines(edit.new, index.newline) if ends else unified(edit.new).replace("\n", index.newline)
    )


def delete(sheet: Sheet, index: Index, number: int, edit: Delete, address: Address) -> None:
    """Note that a top-level statement goes, with the lines above it that the edit expects."""
    head, rest = head_and_rest(edit.expect)
    gap = index.gap(number)
    expect_chunk(index, number, Delete(edit.at, rest), address)
    if number in sheet.texts:
        raise PatchError(f"{address}: overlaps with another deletion of this statement")
    sheet.texts[number] = ""
    if not head:
        return
    above = gap[len(gap) - len(whole_lines(head, index.newline)) :] if len(head) <= len(gap) else gap
    if not same_lines(above, head):
        raise PatchError(f"{address}: found {above + index.chunk(number)!r:.200}, expected {edit.expect!r:.200}")
    if number in sheet.above:
        raise PatchError(f"{address}: overlaps with another edit of the lines above this statement")
    sheet.above[number] = gap[: len(gap) - len(above)]


def expect_chunk(index: Index, number: int, edit: Insert | Delete, address: Address) -> None:
    """Refuse an edit of the top of a module where another statement stands than the one that it expects."""
    if isinstance(edit, Insert) and not edit.expect:
        return
    found = index.chunk(number)
    if unified(found).strip("\n") != unified(edit.expect).strip("\n") or not found:
        raise PatchError(f"{address}: found {found!r:.200}, expected {edit.expect!r:.200}")


def statement_lines(address: Address, new: str, newline: str) -> str:
    """A new top-level statement as whole lines, with the blank lines around it that its text has."""
    if len(chunks(str(address), unified(new))) != 1:
        raise PatchError(f"{address}: {new!r:.120} is not one statement")
    return whole_lines(new, newline)


Piece = tuple[str, Sequence[Chunk], int]
"""A text with the top-level statements in it, counted from an offset that is where the text began."""


def assembled(index: Index, sheet: Sheet, wheres: dict[int, str]) -> tuple[str, tuple[Chunk, ...]]:
    """The whole text of a module with its sheet carried out, and its statements; only what is new is parsed."""
    pieces: list[Piece] = []
    size, done = len(index.parts), 0
    for number in sorted({*sheet.texts, *sheet.above, *sheet.over, *sheet.inserted, size}):
        pieces.append(unchanged(index, done, number))
        above: Piece = (sheet.above.get(number, index.gap(number)), (), 0)
        over, new = (parsed_pieces(texts.get(number, [])) for texts in (sheet.over, sheet.inserted))
        if number == size:
            pieces += [*with_line_end(pieces, [*over, *new], index.newline), *over, *new, above]
        else:
            pieces += [*over, above, *new, *statement_pieces(index, sheet, number, wheres.get(number, ""))]
        done = number + 1
    return joined(pieces)


def unchanged(index: Index, first: int, last: int) -> Piece:
    """Statements that stay as they are, each with the lines above it."""
    start = index.parts[first - 1].end if first else 0
    end = index.parts[last - 1].end if last > first else start
    return index.text[start:end], index.parts[first:last], start


def statement_pieces(index: Index, sheet: Sheet, number: int, where: str) -> list[Piece]:
    """A statement with its new text if it has one."""
    part = index.parts[number]
    if number not in sheet.texts:
        return [(index.chunk(number), (part,), part.start)]
    text = sheet.texts[number]
    return [(text, (Chunk(0, len(text), part.names),), 0)] if number in sheet.read else parsed_pieces([text], where)


def parsed_pieces(texts: list[str], where: str = "") -> list[Piece]:
    """New texts with the statements in them, or `PatchError` where one does not parse."""
    return [(text, chunks(where, text), 0) for text in texts]


def with_line_end(pieces: list[Piece], new: list[Piece], newline: str) -> list[Piece]:
    """The line end that what stands at the end of a file lacks before more can follow, if it does."""
    before = next((text for text, _, _ in reversed(pieces) if text), "")
    return [(newline, (), 0)] if new and before and before[-1] not in "\r\n" else []


def joined(pieces: list[Piece]) -> tuple[str, tuple[Chunk, ...]]:
    """The pieces as one text, with where each statement stands in it."""
    found: list[Chunk] = []
    start = 0
    for text, parts, base in pieces:
        by = start - base
        found += [Chunk(part.start + by, part.end + by, part.names) for part in parts] if by else parts
        start += len(text)
    return "".join(text for text, _, _ in pieces), tuple(found)


def finished(file: str, index: Index, text: str, parts: tuple[Chunk, ...]) -> bytes:
    """The bytes of an edited text, which must still declare the encoding that they are in."""
    content = index.source.encoded(text)
    source = decoded(file, content)
    if source.text != text:
        raise PatchError(f"{file}: declared {index.source.codec}, would be read as {source.codec} after the edit")
    keep(content, Index(source, parts))
    return content
