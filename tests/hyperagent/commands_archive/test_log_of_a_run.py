"""`hyperagent log` and what `show ID` adds to it: who made whom, how, and what it cost."""

import io
import json
import math
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from rich.console import Console

import hyperagent as ha
from archive import Archive, Question
from hyperagent.commands import show
from hyperagent.commands.log import log
from tests.hyperagent.conftest import domain_with

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_log_is_a_line_of_json_for_each_individual(hyperagent: Run, run: Path) -> None:
    lines = [json.loads(line) for line in hyperagent("log", run).stdout.splitlines()]
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert [line["id"] for line in lines] == list(range(len(archive)))
        assert lines[-1]["link"] == archive.store.head
        for line, individual in zip(lines, archive, strict=True):
            assert (line["parents"], line["steward"]) == ([*individual.parents], individual.steward)
            assert line["title"] == (individual.patch.title if individual.patch else "")
            assert (line["patch"] is None) == (individual.patch is None)
            assert line["cost"]["trials"] == sum(len(e.trials) for e in individual.evaluations.values())
            for split, evaluation in individual.evaluations.items():
                assert [t["score"] for t in line["evaluations"][split]["trials"]] == evaluation.scores
    assert {line["gate"] for line in lines} <= {"passed", "refused", "not reached"}


@pytest.mark.slow
def test_the_head_is_told_at_the_end_and_in_the_report(hyperagent: Run, run: Path) -> None:
    told = hyperagent("resume", run, "--generations", 12)
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert f"head {archive.store.head}" in told.stderr
        hyperagent("report", run)
        assert archive.store.head in (run / "report.html").read_text()


def test_a_page_tells_children_costs_and_the_gate(run: Path) -> None:
    page = show.individual(run, 0)
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert page["children"] == [child.id for child in archive if child.parent == 0]
    assert page["cost"]["cpu_seconds"] > 0 and page["cost"]["trials"] == 6 and page["gate"] == "passed"
    console = Console(file=io.StringIO(), width=200)
    show.print_individual(console, page)
    assert isinstance(console.file, io.StringIO)
    assert "6 trials, " in console.file.getvalue() and page["link"] in console.file.getvalue()


def test_what_a_proposal_asked_is_kept_with_its_child_and_its_cost(tmp_path: Path) -> None:
    model = ha.Scripted(lambda _: "nonsense")
    list(ha.evolve(domain_with(), tmp_path / "run", generations=1, llm=model, prices="scripted=1/5", workers=1))
    (entry,) = [entry for entry in log(tmp_path / "run") if entry["id"] == 1]
    assert [question["text"] for question in entry["questions"]] == ["nonsense"] * len(entry["questions"])
    assert entry["cost"]["questions"] == len(entry["questions"]) > 0
    assert entry["cost"]["dollars"] == math.fsum(question["dollars"] for question in entry["questions"]) > 0
    with closing(Archive(tmp_path / "run" / "archive.sqlite")) as archive:
        assert all(isinstance(question, Question) and question.prompt for question in archive[1].questions)
