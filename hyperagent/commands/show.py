"""A population as a table, and one individual as a page."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import Evaluation, Individual, Trial
from hyperagent.commands.diff import FileDiff, file_diffs, print_diffs
from hyperagent.run import reading
from hyperagent.science.intervals import mean_interval
from hyperagent.science.members import Member, Status, known, member
from hyperagent.science.plain import Plain, jsonable
from hyperagent.science.text import finite, line, number, visible
from meta import Patch

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

COLOURS: Mapping[Status, str] = {"alive": "default", "culled": "dim", "stillborn": "red"}
SPLITS = ("train", "validation", "test")


class Row(TypedDict):
    """One individual in JSON: means, null where nothing was measured."""

    id: int
    generation: int
    parents: list[int]
    digest: str
    status: Status
    train: float | None
    validation: float | None
    test: float | None
    title: str
    stillborn: list[str]


class TrialRow(TypedDict):
    """One trial in JSON."""

    task: str
    outcome: str
    answer: Plain
    score: float
    feedback: str
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int


class EvaluationRow(TypedDict):
    """One evaluation in JSON, with a 95% interval."""

    mean: float | None
    low: float | None
    high: float | None
    count: int
    trials: list[TrialRow]


class Page(Row):
    """All that is known of one individual, in JSON; `changes` are from its parent's genome to its own."""

    steward: int
    fallbacks: list[str]
    hypothesis: str
    operators: list[str]
    changes: list[FileDiff]
    evaluations: dict[str, EvaluationRow]


def population(folder: Path) -> list[Row]:
    """Every individual of a run, in the order of ids."""
    archive = reading(folder)
    try:
        return [row(member(individual)) for individual in archive]
    finally:
        archive.close()


def individual(folder: Path, id: int) -> Page:
    """One individual of a run, with its trials; raises `UsageError` for one that is not there."""
    archive = reading(folder)
    try:
        found = known(archive, id)
        return page(found, None if found.parent is None else archive[found.parent])
    finally:
        archive.close()


def row(of: Member) -> Row:
    """What the table says of an individual."""
    return Row(
        id=of.id,
        generation=of.id,
        parents=list(of.parents),
        digest=of.digest,
        status=of.status,
        train=finite(of.train),
        validation=finite(of.validation),
        test=finite(of.test),
        title=of.title,
        stillborn=list(of.stillborn),
    )


def page(of: Individual, parent: Individual | None) -> Page:
    """What the page says of an individual."""
    patch = of.patch or Patch()
    return Page(
        **row(member(of)),
        steward=of.steward,
        fallbacks=list(of.fallbacks),
        hypothesis=patch.hypothesis,
        operators=list(patch.operators),
        changes=[] if parent is None else file_diffs(parent.genome, of.genome),
        evaluations={split: evaluation_row(evaluation) for split, evaluation in of.evaluations.items()},
    )


def evaluation_row(evaluation: Evaluation) -> EvaluationRow:
    """An evaluation in JSON."""
    interval = mean_interval(evaluation.scores)
    return EvaluationRow(
        mean=finite(interval.mean),
        low=finite(interval.low),
        high=finite(interval.high),
        count=interval.count,
        trials=[trial_row(trial) for trial in evaluation.trials],
    )


def trial_row(trial: Trial) -> TrialRow:
    """A trial in JSON."""
    return TrialRow(
        task=trial.task,
        outcome=trial.outcome,
        answer=jsonable(trial.answer),
        score=trial.score,
        feedback=trial.feedback,
        cpu_seconds=trial.cpu_seconds,
        wall_seconds=trial.wall_seconds,
        peak_bytes=trial.peak_bytes,
    )


def print_population(console: "Console", rows: Sequence[Row]) -> None:
    """The table of a population, the best in bold."""
    from rich.text import Text

    scored = [row for row in rows if row["validation"] is not None]
    best = max(scored, key=itemgetter("validation"), default=None)
    table = bare_table("id", "parent", "", *SPLITS, "", numbers={"id", "parent", *SPLITS})
    for row in rows:
        style = "bold" if row is best else COLOURS[row["status"]]
        said = row["stillborn"][0] if row["stillborn"] else row["title"]
        means = [number(mean) for mean in (row["train"], row["validation"], row["test"])]
        cells = [str(row["id"]), " ".join(map(str, row["parents"])), row["status"], *means, line(said, 120)]
        table.add_row(*(Text(cell, style) for cell in cells))
    console.print(table)


def print_individual(console: "Console", page: Page) -> None:
    """The page of an individual."""
    from rich.text import Text

    console.print(Text(f"individual {page['id']}", "bold"), Text(page["status"], COLOURS[page["status"]]))
    for name, value in facts(page):
        console.print(Text.assemble((f"{name:12}", "dim"), visible(value)))
    if page["changes"]:
        console.print()
        print_diffs(console, page["changes"])
    for split, evaluation in page["evaluations"].items():
        console.print()
        print_evaluation(console, split, evaluation)


def facts(page: Page) -> list[tuple[str, str]]:
    """What can be said of an individual in a line each; what is empty is left out."""
    said = [
        ("genome", page["digest"]),
        ("parents", " ".join(map(str, page["parents"]))),
        ("steward", str(page["steward"]) if page["parents"] else ""),
        ("title", line(page["title"])),
        ("hypothesis", line(page["hypothesis"], 1000)),
        ("operators", line(" ".join(page["operators"]), 1000)),
        *(("stillborn", reason) for reason in page["stillborn"]),
        *(("fallback", fallback) for fallback in page["fallbacks"]),
    ]
    return [(name, value) for name, value in said if value]


def print_evaluation(console: "Console", split: str, evaluation: EvaluationRow) -> None:
    """The mean of an evaluation with its interval, and its trials."""
    from rich.text import Text

    known_ends = evaluation["low"] is not None
    ends = f"  95% interval {number(evaluation['low'])} to {number(evaluation['high'])}" if known_ends else ""
    console.print(Text.assemble((f"{split} ", "bold"), number(evaluation["mean"]), (ends, "dim")))
    table = bare_table("task", "score", "outcome", "cpu s", "answer", "feedback", numbers={"score", "cpu s"})
    for trial in evaluation["trials"]:
        table.add_row(*trial_cells(trial))
    console.print(table)


def trial_cells(trial: TrialRow) -> "list[Text]":
    """The cells of one trial."""
    from rich.text import Text

    cells = [trial["task"], number(trial["score"]), trial["outcome"], f"{trial['cpu_seconds']:.3f}",
             repr(trial["answer"]), trial["feedback"]]  # fmt: skip
    return [Text(line(cell, 100), "default" if trial["outcome"] == "Returned" else "red") for cell in cells]


def bare_table(*heads: str, numbers: set[str]) -> "Table":
    """A table without a frame, numbers to the right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in heads:
        table.add_column(head, justify="right" if head in numbers else "left", no_wrap=head in numbers)
    return table
