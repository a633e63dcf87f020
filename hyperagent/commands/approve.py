"""The queue of children that wait for a person's yes or no."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from archive import Archive, Individual
from hyperagent.commands.diff import print_diffs
from hyperagent.errors import RunError, UsageError
from hyperagent.review import Review, Reviews, reviewed
from hyperagent.run import ARCHIVE, locked
from hyperagent.science.text import line

if TYPE_CHECKING:
    from rich.console import Console


class Waiting(TypedDict):
    """One child that waits, in JSON."""

    id: int
    parent: int
    digest: str
    title: str
    hypothesis: str
    diffs: list[str]


def waiting(folder: Path) -> list[Waiting]:
    """Those that wait, in the order of ids."""
    with closing(opened(folder)) as archive:
        return [
            Waiting(id=one.id, parent=one.parent, digest=one.digest, title=one.title, hypothesis=one.hypothesis,
                    diffs=[*one.diffs])
            for one in Reviews(archive, "never").waiting()
        ]  # fmt: skip


def decide(folder: Path, verdicts: dict[int, str]) -> list[int]:
    """Say yes ("") or no (a reason) to some that wait, and return those that still do."""
    with locked(folder), closing(opened(folder)) as archive:
        reviews = Reviews(archive, "never")
        known = [one.id for one in reviews.waiting()]
        for id, verdict in verdicts.items():
            if id not in known:
                raise UsageError(f"child {id} waits for no yes or no, expected one of {known or 'none'}")
            reviews.decide(id, verdict)
        return [id for id in known if id not in verdicts]


def opened(folder: Path) -> Archive:
    """The archive of a run, to write reviews beside."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    return Archive(folder / ARCHIVE, create=False)


def work_through(console: "Console", folder: Path) -> int:
    """Show each that waits and take a yes, a no with a reason, or nothing; how many were decided on."""
    decided = 0
    with locked(folder), closing(opened(folder)) as archive:
        reviews = Reviews(archive, "never")
        for review in [*reviews.waiting()]:
            said = asked(console, review)
            if said is not None:
                reviews.decide(review.id, said)
                decided += 1
    return decided


def ask(console: "Console", child: Individual, parent: Individual) -> str | None:
    """Ask about a child while the run goes."""
    return asked(console, reviewed(child, parent, None))


def asked(console: "Console", review: Review) -> str | None:
    """Show a child and take an answer: "" for yes, a reason for no, None for later."""
    from rich.text import Text

    console.print(Text(f"\nchild {review.id} of {review.parent}: {line(review.title)}", "bold"))
    console.print(Text(line(review.hypothesis, 1000)))
    print_diffs(console, [{"file": "", "diff": diff, "added": 0, "removed": 0} for diff in review.diffs])
    answer = click.prompt(
        "run it? [y]es, [n]o, [l]ater", type=click.Choice(["y", "n", "l"]), show_choices=False, err=True
    )
    if answer == "n":
        return str(click.prompt("why not", err=True)).strip() or "no reason was given"
    return "" if answer == "y" else None
