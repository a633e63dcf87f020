"""The queue of children that wait for a person's yes or no."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from archive import Archive, Individual
from hyperagent.commands.diff import print_diffs
from hyperagent.commands.editor import edited
from hyperagent.errors import RunError, UsageError
from hyperagent.review import Edits, Review, Reviews, Verdict, reviewed
from hyperagent.run import ARCHIVE, locked
from hyperagent.science.text import line
from meta import Genome
from meta.genome import GenomeFileError

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
    """Say yes ("") or no (a reason) to some that wait, to all of them or to none, and return those that still do."""
    with locked(folder), closing(opened(folder)) as archive:
        reviews = Reviews(archive, "never")
        known = [one.id for one in reviews.waiting()]
        for id in verdicts:
            if id not in known:
                raise UsageError(f"child {id} waits for no yes or no, expected one of {known or 'none'}")
        for id, verdict in verdicts.items():
            reviews.decide(id, verdict)
        return [id for id in known if id not in verdicts]


def opened(folder: Path) -> Archive:
    """The archive of a run, to write reviews beside."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    return Archive(folder / ARCHIVE, create=False)


def work_through(console: "Console", folder: Path) -> int:
    """Show each that waits and take a yes, a no with a reason, an edit, or nothing; how many were decided on."""
    decided = 0
    with locked(folder), closing(opened(folder)) as archive:
        reviews = Reviews(archive, "never")
        for review in [*reviews.waiting()]:
            said = asked(console, review)
            if isinstance(said, str):
                reviews.decide(review.id, said)
            elif said is not None:
                reviews.decide(review.id, "", said)
            decided += said is not None
    return decided


def edit(folder: Path, id: int) -> None:
    """Open a child that waits in an editor, and say yes to what comes out of it."""
    with locked(folder), closing(opened(folder)) as archive:
        reviews = Reviews(archive, "never")
        found = next((one for one in reviews.waiting() if one.id == id), None)
        if found is None:
            raise UsageError(f"child {id} waits for no yes or no, expected one that does")
        reviews.decide(id, "", by_hand(found))


def by_hand(review: Review) -> Edits:
    """What a person makes of the files that a child changed."""
    found = edited(review.files)
    try:
        Genome({name: text for name, text in {**review.files, **found}.items() if text is not None})
    except GenomeFileError as error:
        raise UsageError(f"child {review.id}: {error}") from None
    return found


def ask(console: "Console", child: Individual, parent: Individual) -> Verdict:
    """Ask about a child while the run goes."""
    said = asked(console, reviewed(child, parent, None))
    return said if said is None or isinstance(said, str) else child.genome.with_files(said)


def asked(console: "Console", review: Review) -> str | Edits | None:
    """Show a child and take an answer: "" for yes, a reason for no, None for later; what an editor made of it."""
    from rich.text import Text

    console.print(Text(f"\nchild {review.id} of {review.parent}: {line(review.title)}", "bold"))
    console.print(Text(line(review.hypothesis, 1000)))
    print_diffs(console, [{"file": "", "diff": diff, "added": 0, "removed": 0} for diff in review.diffs])
    answer = click.prompt(
        "run it? [y]es, [n]o, [e]dit, [l]ater", type=click.Choice(["y", "n", "e", "l"]), show_choices=False, err=True
    )
    if answer == "e":
        try:
            return by_hand(review) or ""
        except (RunError, UsageError) as error:
            console.print(Text(str(error), "red"))
            return asked(console, review)
    if answer == "n":
        return str(click.prompt("why not", err=True)).strip() or "no reason was given"
    return "" if answer == "y" else None
