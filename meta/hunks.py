"""A unified diff read as a patch of a genome, exactly: no line is searched for, and nothing is left out."""

import re
from dataclasses import dataclass, field

from meta.apply import apply
from meta.diff import file_edits, sha256
from meta.edit import DeleteFile, Edit, PatchError, RenameFile, WriteFile
from meta.genome import Genome, GenomeFileError
from meta.patch import Patch
from meta.unified import declared, lines_of, text_of

HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@.*\n?")
MODES = ("100644", "100755")
SILENT = ("index ", "similarity index ", "dissimilarity index ")
NOWHERE = "/dev/null"


@dataclass
class Hunk:
    """Some lines of a file and what they become; `start` counts from 0, `last` is where the last line read went."""

    head: str
    start: int
    counts: tuple[int, int]
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    last: list[list[str]] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """Whether all the lines that the head announces are there."""
        return (len(self.old), len(self.new)) == self.counts


@dataclass
class Section:
    """What a diff says of one file; a name is None where there is no such file."""

    old: str | None
    new: str | None
    hunks: list[Hunk] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The file that this is about."""
        return self.old or self.new or "a file without a name"


def from_unified(genome: Genome, text: str) -> Patch:
    """The patch that a unified diff describes, or `PatchError` naming the hunk that does not fit this genome.

    Binary files, copies and symbolic links are refused, and so is a hunk whose lines stand elsewhere than it says.
    """
    edits: list[Edit] = []
    changed: dict[str, str | bytes | None] = {}
    for section in sections(text):
        before, after = contents(genome, section)
        for name, content in ((section.old, None), (section.new, after)):
            if name is not None:
                if changed.get(name) is not None:
                    raise PatchError(f"{name}: two sections of one file")
                changed[name] = content
        edits += section_edits(section, before, after)
    patch = Patch(tuple(edits), title="a unified diff")
    try:
        expected = genome.with_files(changed)
    except GenomeFileError as error:
        raise PatchError(str(error)) from None
    if apply(genome, patch) != expected:
        raise PatchError("a diff whose sections cannot be applied at once")
    return patch


def sections(text: str) -> list[Section]:
    """The files that a diff speaks of; words above the first are passed over."""
    found: list[Section] = []
    for number, line in enumerate(lines_of(text), 1):
        try:
            read(found, line)
        except PatchError as error:
            raise PatchError(f"line {number}: {error}") from None
    for section in found:
        for hunk in section.hunks:
            if not hunk.full:
                raise PatchError(f"{section.name}, hunk {hunk.head}: ends too early, expected {hunk.counts} lines")
    return found


def read(found: list[Section], line: str) -> None:
    """Take in one line of a diff."""
    hunk = found[-1].hunks[-1] if found and found[-1].hunks else None
    if hunk is not None and (not hunk.full or line.startswith("\\")):
        read_hunk_line(found[-1], hunk, line)
    elif line.startswith("diff --git "):
        found.append(Section(*git_names(line)))
    elif line.startswith("--- "):
        name = header_name(line)
        if not found or found[-1].hunks or found[-1].old not in (name, None):
            found.append(Section(name, None))
        found[-1].old = name
    elif not found:
        return
    elif line.startswith("+++ "):
        found[-1].new = header_name(line)
    elif line.startswith("@@"):
        found[-1].hunks.append(hunk_of(found[-1], line))
    else:
        read_about(found[-1], line.rstrip("\n"))


def read_hunk_line(section: Section, hunk: Hunk, line: str) -> None:
    """Take in one line of a hunk."""
    sign, rest = line[:1], line[1:]
    if sign == "\\":
        for lines in hunk.last:
            lines[-1] = lines[-1].removesuffix("\n")
        return
    if sign not in (" ", "-", "+"):
        raise PatchError(f"{section.name}, hunk {hunk.head}: found {line!r:.80}, expected a line with ' ', '-' or '+'")
    hunk.last = [lines for lines, other in ((hunk.old, "+"), (hunk.new, "-")) if sign != other]
    for lines in hunk.last:
        lines.append(rest)
    if len(hunk.old) > hunk.counts[0] or len(hunk.new) > hunk.counts[1]:
        raise PatchError(f"{section.name}, hunk {hunk.head}: more lines than it announces")


def read_about(section: Section, line: str) -> None:
    """Take in a line that says something of a file as a whole."""
    word, _, value = line.rpartition(" ")
    if word in ("new file mode", "deleted file mode", "old mode", "new mode"):
        if value not in MODES:
            raise PatchError(f"{section.name}: mode {value}, expected that of a plain file, {' or '.join(MODES)}")
        section.old = None if word == "new file mode" else section.old
        section.new = None if word == "deleted file mode" else section.new
    elif line.startswith("rename from "):
        section.old = line.removeprefix("rename from ")
    elif line.startswith("rename to "):
        section.new = line.removeprefix("rename to ")
    elif not line.startswith(SILENT):
        raise PatchError(f"{section.name}: found {line!r:.80}, expected a hunk of text")


def git_names(line: str) -> tuple[str | None, str | None]:
    """The names in the first line of a section: the same twice, or two that the lines below tell apart."""
    names = line.removeprefix("diff --git ").rstrip("\n")
    half = (len(names) - 1) // 2
    if names[:half].removeprefix("a/") == names[half + 1 :].removeprefix("b/"):
        return names[:half].removeprefix("a/"), names[:half].removeprefix("a/")
    old, _, new = names.partition(" ")
    return old.removeprefix("a/"), new.removeprefix("b/")


def header_name(line: str) -> str | None:
    """The name in a header of hunks, None for no file."""
    name = line[4:].rstrip("\n").split("\t")[0]
    return None if name == NOWHERE else re.sub(r"^[ab]/", "", name)


def hunk_of(section: Section, line: str) -> Hunk:
    """The hunk that a head announces."""
    match = HUNK.fullmatch(line)
    if match is None:
        raise PatchError(f"{section.name}: found {line!r:.80}, expected the head of a hunk, as in @@ -1,2 +1,3 @@")
    start, old, _, new = (1 if number is None else int(number) for number in match.groups())
    return Hunk(line[: line.index("@@", 2) + 2], start - 1 if old else start, (old, new))


def contents(genome: Genome, section: Section) -> tuple[bytes | None, bytes | None]:
    """What a file held and holds after the hunks, None where it is not there."""
    if section.old is not None and section.old not in genome:
        raise PatchError(f"{section.old}: found no such file, expected the one that the diff changes")
    if section.new is not None and section.new != section.old and section.new in genome:
        raise PatchError(f"{section.new}: found such a file, expected none")
    before = None if section.old is None else genome.raw(section.old)
    text, codec = text_of(section.name, before or b"") if section.hunks else ("", "utf-8")
    after = rewritten(section, lines_of(text)) if section.hunks else None
    if section.new is None:
        if after or (before and not section.hunks):
            raise PatchError(f"{section.name}: deleted, but its hunks leave lines of it")
        return before, None
    return before, (before or b"") if after is None else encoded(section, after, codec)


def rewritten(section: Section, lines: list[str]) -> str:
    """The text of a file after its hunks, each of which must fit to the letter where it says."""
    result: list[str] = []
    end = 0
    for hunk in section.hunks:
        if hunk.start < end:
            raise PatchError(f"{section.name}, hunk {hunk.head}: overlaps with the one before")
        found = lines[hunk.start : hunk.start + len(hunk.old)]
        if found != hunk.old:
            raise PatchError(f"{section.name}, hunk {hunk.head}: {first_difference(found, hunk)}")
        result += [*lines[end : hunk.start], *hunk.new]
        end = hunk.start + len(hunk.old)
    return "".join([*result, *lines[end:]])


def first_difference(found: list[str], hunk: Hunk) -> str:
    """The first line of a hunk that the file does not have."""
    for number, expected in enumerate(hunk.old):
        line = found[number] if number < len(found) else None
        if line != expected:
            what = "the end of the file" if line is None else repr(line)[:120]
            return f"line {hunk.start + number + 1}: found {what}, expected {expected!r:.120}"
    return "does not fit"


def encoded(section: Section, text: str, codec: str) -> bytes:
    """The text as bytes in the codec that it declares, or in that of the file, which it must be read in."""
    name = section.new or section.name
    for one in dict.fromkeys((declared(name, text.encode(errors="replace")), codec)):
        try:
            content = text.encode(one)
        except UnicodeEncodeError as error:
            reason = f"{error.object[error.start]!r} cannot be written in {one}"
            continue
        if text_of(name, content)[0] == text:
            return content
        reason = f"would no longer be read as {one}"
    raise PatchError(f"{section.name}: {reason}")


def section_edits(section: Section, before: bytes | None, after: bytes | None) -> list[Edit]:
    """The edits that make one file of the other."""
    if section.old is None or before is None:
        return [WriteFile(section.name, "", after or b"")]
    if section.new is None or after is None:
        return [DeleteFile(section.old, sha256(before))]
    edits = file_edits(section.old, before, after)
    if section.new == section.old:
        return edits
    if any(isinstance(edit, WriteFile) for edit in edits):
        return [DeleteFile(section.old, sha256(before)), WriteFile(section.new, "", after)]
    return [RenameFile(section.old, sha256(before), section.new), *edits]
