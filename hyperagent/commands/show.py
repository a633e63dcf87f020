"""A population as a table, and one individual as a page."""

import math
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from archive import Evaluation, Individual, Question, Trial
from hyperagent.commands.diff import FileDiff, file_diffs, print_diffs
from hyperagent.run import reading
from hyperagent.science.intervals import mean_interval
from hyperagent.science.members import Member, Status, known, member
from hyperagent.science.plain import Plain, jsonable
from hyperagent.science.text import finite, line, number, signed, visible
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
    refused: int


class EvaluationRow(TypedDict):
    """One evaluation in JSON, with a 95% interval."""

    mean: float | None
    low: float | None
    high: float | None
    count: int
    trials: list[TrialRow]


class QuestionRow(TypedDict):
    """What a proposal asked the language model, in JSON."""

    purpose: str
    prompt: str
    text: str
    error: str
    input_tokens: int
    output_tokens: int
    dollars: float


class CostRow(TypedDict):
    """What an individual cost, in JSON; trials that it shares with its parent are among them."""

    trials: int
    cpu_seconds: float
    wall_seconds: float
    peak_bytes: int
    refused: int
    questions: int
    dollars: float


class Account(Row):
    """All that is recorded of one individual, in JSON, but what it is made of."""

    steward: int
    fallbacks: list[str]
    proposed: str | None
    hypothesis: str
    operators: list[str]
    gate: str
    cost: CostRow
    questions: list[QuestionRow]
    evaluations: dict[str, EvaluationRow]


class Page(Account):
    """All that is known of one individual, in JSON; `changes` are from its parent's genome to its own."""

    children: list[int]
    gain: float | None
    link: str
    changes: list[FileDiff]


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
        parent = None if found.parent is None else archive[found.parent]
        return Page(
            **account(found),
            children=archive.children(id),
            gain=None if parent is None else finite(found.score - parent.score),
            link=archive.store.link(id),
            changes=[] if parent is None else file_diffs(parent.genome, found.genome),
        )
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


def account(of: Individual) -> Account:
    """What is recorded of an individual."""
    patch = of.patch or Patch()
    return Account(
        **row(member(of)),
        steward=of.steward,
        fallbacks=list(of.fallbacks),
        proposed=None if of.proposed is None else of.proposed.title,
        hypothesis=patch.hypothesis,
        operators=list(patch.operators),
        gate=gate(of),
        cost=cost(of),
        questions=[question_row(question) for question in of.questions],
        evaluations={split: evaluation_row(evaluation) for split, evaluation in of.evaluations.items()},
    )


def gate(of: Individual) -> str:
    """What came of the check before anything was run."""
    if any(reason.startswith("gate: ") for reason in of.stillborn):
        return "refused"
    unread = of.patch is None or any(reason.startswith("patch: ") for reason in of.stillborn)
    return "not reached" if unread and of.parents else "passed"


def cost(of: Individual) -> CostRow:
    """What an individual cost."""
    trials = [trial for evaluation in of.evaluations.values() for trial in evaluation.trials]
    return CostRow(
        trials=len(trials),
        cpu_seconds=math.fsum(trial.cpu_seconds for trial in trials),
        wall_seconds=math.fsum(trial.wall_seconds for trial in trials),
        peak_bytes=max((trial.peak_bytes for trial in trials), default=0),
        refused=sum(trial.refused for trial in trials),
        questions=len(of.questions),
        dollars=math.fsum(question.dollars for question in of.questions),
    )


def question_row(question: Question) -> QuestionRow:
    """A question in JSON."""
    return QuestionRow(
        purpose=question.purpose,
        prompt=question.prompt,
        text=question.text,
        error=question.error,
        input_tokens=question.input_tokens,
        output_tokens=question.output_tokens,
        dollars=question.dollars,
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
        refused=trial.refused,
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
    for question in page["questions"]:
        console.print()
        print_question(console, question)
    for split, evaluation in page["evaluations"].items():
        console.print()
        print_evaluation(console, split, evaluation)


def facts(page: Page) -> list[tuple[str, str]]:
    """What can be said of an individual in a line each; what is empty is left out."""
    said = [
        ("genome", page["digest"]),
        ("parents", " ".join(map(str, page["parents"]))),
        ("children", line(" ".join(map(str, page["children"])), 200)),
        ("gain", "" if page["gain"] is None else f"{signed(page['gain'])} on validation, over its parent"),
        ("steward", f"{page['steward']}, whose select chose the parent" if page["parents"] else ""),
        ("title", line(page["title"])),
        ("edited", "" if page["proposed"] is None else f"by a person; proposed was: {line(page['proposed'])}"),
        ("hypothesis", line(page["hypothesis"], 1000)),
        ("operators", line(" ".join(page["operators"]), 1000)),
        ("gate", page["gate"]),
        ("cost", spent(page["cost"])),
        ("link", page["link"]),
        *(("stillborn", reason) for reason in page["stillborn"]),
        *(("fallback", fallback) for fallback in page["fallbacks"]),
    ]
    return [(name, value) for name, value in said if value]


def spent(cost: CostRow) -> str:
    """What an individual cost, in a line."""
    trials = f"{cost['trials']} trials, {cost['cpu_seconds']:.2f} s of processor, {cost['wall_seconds']:.2f} s in all, "
    asked = f"; {cost['questions']} questions for {cost['dollars']:.4f} dollars" if cost["questions"] else ""
    tried = f"; {cost['refused']} forbidden system calls" if cost["refused"] else ""
    if not cost["trials"]:
        return asked.removeprefix("; ")
    return f"{trials}at most {cost['peak_bytes'] / 2**20:.0f} MB{tried}{asked}"


def print_question(console: "Console", question: QuestionRow) -> None:
    """What was asked, and what was answered."""
    from rich.text import Text

    tokens = f"{question['input_tokens']} tokens in, {question['output_tokens']} out, {question['dollars']:.4f} dollars"
    console.print(Text.assemble((f"asked to {question['purpose']} ", "bold"), (tokens, "dim")))
    console.print(Text(visible(question["prompt"]), "dim"))
    console.print(Text(visible(question["error"] or question["text"]), "red" if question["error"] else "default"))


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
