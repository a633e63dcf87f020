"""`hyperagent bisect DIR`: the individual at which a result first changed."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, Evaluation, Individual, Trial
from hyperagent.commands.bisect import by_command, by_task
from hyperagent.errors import UsageError
from meta import Genome, Patch

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def lineage(tmp_path: Path) -> Path:
    """Eleven individuals in a row, with side branches; task `a` is solved from 6 on, task `b` always, `c` by some."""
    folder = tmp_path / "run"
    folder.mkdir()
    with closing(Archive(folder / "archive.sqlite")) as archive:
        for id in range(0, 22, 2):
            archive.add(member(id, (id - 2,) if id else ()))
            archive.add(member(id + 1, (id,)))
    return folder


def member(id: int, parents: tuple[int, ...]) -> Individual:
    """An individual whose genome holds its number."""
    trials = [Trial("a", "Returned", 1, float(id >= 12)), Trial("b", "Returned", 1, 1.0)]
    if id in (0, 8, 14):
        trials.append(Trial("c", "Returned", 1, id / 4))
    score = Trial("d", "Returned", 1, id / 4 if id % 2 == 0 else 0.0)
    evaluations = {"train": Evaluation(tuple(trials)), "validation": Evaluation((score,))}
    patch = Patch((), f"step {id}") if id else None
    return Individual(id, Genome({"number.txt": str(id)}), parents, patch, evaluations)


def test_the_first_individual_with_another_score_is_found(hyperagent: Run, lineage: Path) -> None:
    found = json.loads(hyperagent("bisect", lineage, "--task", "a", "--json").stdout)
    assert (found["last"], found["before"], found["first"], found["after"]) == (10, 0.0, 12, 1.0)
    assert found["lineage"] == list(range(0, 21, 2)) and found["title"] == "step 12"
    told = hyperagent("bisect", lineage, "--task", "a").stdout
    assert "individual 12 is the first with 1, 10 the last with 0" in told


def test_a_score_that_never_changed_has_no_first(lineage: Path) -> None:
    assert by_task(lineage, "b", None)["first"] is None
    assert by_task(lineage, "a", 9)["first"] is None


def test_those_without_a_result_are_named(lineage: Path) -> None:
    found = by_task(lineage, "c", None)
    assert (found["last"], found["first"], found["unknown"]) == (0, 8, [2, 4, 6])


def test_an_unknown_task_is_refused(lineage: Path) -> None:
    with pytest.raises(UsageError, match="has not tried task 'x', expected one of a, b, c, d"):
        by_task(lineage, "x", None)


def test_a_command_is_run_on_as_few_genomes_as_it_takes(lineage: Path) -> None:
    steps: list[int] = []
    found = by_command(lineage, "test $(cat number.txt) -lt 14", None, lambda *step: steps.append(step[0]))
    assert (found["last"], found["first"], found["after"]) == (12, 14, 1) and len(steps) <= 6
    assert by_command(lineage, 'test "$HYPERAGENT_ID" = "$(cat number.txt)"', None, lambda *_: None)["first"] is None


def test_a_command_does_not_write_into_the_result(hyperagent: Run, lineage: Path) -> None:
    done = hyperagent("bisect", lineage, 18, "--command", "cat number.txt; test $(cat number.txt) -lt 4", "--json")
    assert json.loads(done.stdout)["first"] == 4 and done.returncode == 0
    assert hyperagent("bisect", lineage).returncode == 2


def test_a_command_that_cannot_be_run_is_no_result(hyperagent: Run, lineage: Path) -> None:
    for command, code in (("no-such-command", 127), ("./number.txt", 126)):
        done = hyperagent("bisect", lineage, "--command", command)
        assert done.returncode == 2 and f"exit code {code} at individual 0, expected a command that" in done.stderr
