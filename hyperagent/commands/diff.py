"""What differs between two genomes of a run."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import PrunedGenome
from hyperagent.errors import UsageError
from hyperagent.run import reading
from hyperagent.science.changes import changes
from hyperagent.science.members import known
from hyperagent.science.text import visible
from meta import Genome

if TYPE_CHECKING:
    from rich.console import Console


class FileDiff(TypedDict):
    """One changed file in JSON; `diff` is unified."""

    file: str
    diff: str
    added: int
    removed: int


class Difference(TypedDict):
    """Two individuals and what differs between their genomes, in JSON."""

    old: int
    new: int
    changes: list[FileDiff]


def diff(folder: Path, a: int, b: int | None = None) -> Difference:
    """What differs from A to B; without B from A's parent to A.

    Raises `UsageError` for an id that is not there, or for the seed alone, which has no parent.
    """
    archive = reading(folder)
    try:
        first = known(archive, a)
        if b is not None:
            old, new = first, known(archive, b)
        elif first.parent is None:
            raise UsageError(f"individual {a} is the seed and has no parent, expected a second id to compare it with")
        else:
            old, new = archive[first.parent], first
        for one in (old, new):
            if isinstance(one.genome, PrunedGenome):
                raise UsageError(f"individual {one.id} was pruned: its files are gone, expected one that is whole")
        return Difference(old=old.id, new=new.id, changes=file_diffs(old.genome, new.genome))
    finally:
        archive.close()


def file_diffs(old: Genome, new: Genome) -> list[FileDiff]:
    """The changed files of two genomes in JSON."""
    return [
        FileDiff(file=change.name, diff=change.diff, added=change.added, removed=change.removed)
        for change in changes(old, new)
    ]


def print_diff(console: "Console", difference: Difference) -> None:
    """The difference of two genomes in colour."""
    from rich.text import Text

    if not difference["changes"]:
        console.print(Text(f"the genomes of {difference['old']} and {difference['new']} are the same"))
    print_diffs(console, difference["changes"])


def print_diffs(console: "Console", changed: Sequence[FileDiff]) -> None:
    """Unified diffs in colour, on whatever ground the terminal has."""
    from rich.syntax import Syntax

    for change in changed:
        text = visible(change["diff"]).expandtabs(8).removesuffix("\n")
        console.print(Syntax(text, "diff", theme="ansi_dark", background_color="default", word_wrap=True))
