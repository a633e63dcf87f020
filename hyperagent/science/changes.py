"""What differs between two genomes, file by file, as unified diffs."""

import difflib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from archive import PrunedGenome
from meta import Genome

LARGEST = 4_000_000
NO_NEWLINE = "\\ No newline at end of file\n"


@dataclass(frozen=True)
class Change:
    """A file in which two genomes differ; `added` and `removed` count lines."""

    name: str
    diff: str
    added: int
    removed: int


def changes(old: Genome, new: Genome) -> list[Change]:
    """Every file that is not the same in both, in the order of names; none where one of them was pruned."""
    if isinstance(old, PrunedGenome) or isinstance(new, PrunedGenome):
        return []
    names = sorted({*old, *new})
    return [
        change(name, old.raw(name) if name in old else None, new.raw(name) if name in new else None)
        for name in names
        if name not in old or name not in new or old.raw(name) != new.raw(name)
    ]


def change(name: str, old: bytes | None, new: bytes | None) -> Change:
    """The change of one file, None where it is not there."""
    before, after = lines(old), lines(new)
    origin, target = "/dev/null" if old is None else f"a/{name}", "/dev/null" if new is None else f"b/{name}"
    if before is None or after is None:
        return Change(name, f"Binary files {origin} and {target} differ\n", 0, 0)
    body = hunks(before, after)
    return Change(
        name=name,
        diff="".join([f"--- {origin}\n", f"+++ {target}\n", *map(ended, body)]),
        added=sum(line.startswith("+") for line in body),
        removed=sum(line.startswith("-") for line in body),
    )


def lines(content: bytes | None) -> list[str] | None:
    """The lines of a text, with their ends; a form feed or a carriage return is no end. None if it is not a text."""
    try:
        return list(io.StringIO((content or b"").decode(), newline="\n"))
    except UnicodeDecodeError:
        return None


def hunks(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The lines of the diff after its header. Files that would take too long to match are shown as replaced."""
    if effort(before, after) <= LARGEST:
        return list(difflib.unified_diff(before, after))[2:]
    head = f"@@ -1,{len(before)} +1,{len(after)} @@\n"
    return [head, *(f"-{line}" for line in before), *(f"+{line}" for line in after)]


def effort(before: Sequence[str], after: Sequence[str]) -> int:
    """How many pairs of lines lie between the common beginning and the common end."""
    head = matching(before, after)
    tail = matching(before[head:][::-1], after[head:][::-1])
    return (len(before) - head - tail) * (len(after) - head - tail)


def matching(before: Sequence[str], after: Sequence[str]) -> int:
    """How many lines two texts share at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))


def ended(line: str) -> str:
    """A line of a diff with its end, as patch(1) wants it where the file has none."""
    return line if line.endswith("\n") else f"{line}\n{NO_NEWLINE}"
