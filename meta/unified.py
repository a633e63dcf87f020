"""A patch as a unified diff, in the form of git: for people, and for tools that know no other."""

import difflib
import io
import tokenize

from meta.align import effort
from meta.apply import apply
from meta.edit import PatchError, RenameFile
from meta.genome import Genome
from meta.patch import Patch

LARGEST = 4_000_000
"""The most pairs of lines that are matched; a larger difference is shown as replaced."""
NO_NEWLINE = "\\ No newline at end of file\n"


def to_unified(genome: Genome, patch: Patch) -> str:
    """What the patch does to the genome as a unified diff; a file that is no text is only named."""
    child = apply(genome, patch)
    renamed = {edit.name: edit.to for edit in patch.edits if isinstance(edit, RenameFile)}
    names = [(name, renamed.get(name, name)) for name in sorted({*genome, *child} - {*renamed.values()})]
    return "".join(file_diff(genome, child, name, to) for name, to in names)


def file_diff(old: Genome, new: Genome, name: str, to: str) -> str:
    """The difference of one file, "" where there is none."""
    before, after = old.raw(name) if name in old else None, new.raw(to) if to in new else None
    if before == after and name == to:
        return ""
    head = f"diff --git a/{name} b/{to}\n" + "".join(about(before, after, name, to))
    origin, target = "/dev/null" if before is None else f"a/{name}", "/dev/null" if after is None else f"b/{to}"
    try:
        lines = [lines_of(text_of(part_of, content or b"")[0]) for part_of, content in ((name, before), (to, after))]
    except PatchError:
        return f"{head}Binary files {origin} and {target} differ\n"
    body = "".join(map(ended, hunks(*lines)))
    return head + (f"--- {tabbed(origin)}\n+++ {tabbed(target)}\n{body}" if body else "")


def about(before: bytes | None, after: bytes | None, name: str, to: str) -> list[str]:
    """The lines that say what becomes of a file as a whole."""
    if before is None:
        return ["new file mode 100644\n"]
    if after is None:
        return ["deleted file mode 100644\n"]
    return [f"rename from {name}\n", f"rename to {to}\n"] if name != to else []


def tabbed(name: str) -> str:
    """A name as it stands in a header: a tab ends one that holds a space."""
    return f"{name}\t" if " " in name else name


def text_of(name: str, content: bytes) -> tuple[str, str]:
    """The text of a file and its codec: what a Python file declares, else UTF-8; `PatchError` for what is no text."""
    if b"\0" in content:
        raise PatchError(f"{name}: a zero byte, expected text")
    for codec in (declared(name, content), "utf-8"):
        try:
            text = content.decode(codec)
            if text.encode(codec) == content:
                return text, codec
        except (ValueError, LookupError):
            continue
    raise PatchError(f"{name}: not UTF-8, expected text")


def declared(name: str, content: bytes) -> str:
    """The codec that a Python file declares (PEP 263), UTF-8 for any other; a byte order mark is part of the text."""
    try:
        codec, _ = tokenize.detect_encoding(io.BytesIO(content).readline) if name.endswith(".py") else ("utf-8", [])
    except SyntaxError:
        return "utf-8"
    return codec.removesuffix("-sig")


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, of which a line feed is the only one."""
    return list(io.StringIO(text, newline="\n"))


def hunks(before: list[str], after: list[str]) -> list[str]:
    """The lines of a diff below its header."""
    if effort(before, after) <= LARGEST:
        return list(difflib.unified_diff(before, after))[2:]
    head = f"@@ -1,{len(before)} +1,{len(after)} @@\n"
    return [head, *(f"-{line}" for line in before), *(f"+{line}" for line in after)]


def ended(line: str) -> str:
    """A line of a diff with its end, and the remark that the file has none where it has none."""
    return line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"
