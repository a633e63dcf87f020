"""Credit for the parts of a patch."""

from pathlib import Path

import pytest
from populations import six

import hyperagent as ha
from archive import Archive
from hyperagent.commands.credit import cells_of, credit, mixed, parts_of
from hyperagent.errors import RunError
from hyperagent.run import opened
from hyperagent.settings import Settings
from meta import Insert, Patch, WriteFile, apply
from tests.hyperagent.conftest import domain_with


def test_each_part_is_credited_over_both_forms_of_the_other() -> None:
    ends = {("old", "old"): {0: 0.1, 1: 0.2}, ("new", "old"): {0: 0.4, 1: 0.5}, ("old", "new"): {0: 0.1, 1: 0.2},
            ("new", "new"): {0: 0.6, 1: 0.7}}  # fmt: skip
    found = parts_of(7, ends)
    assert found.task.difference == pytest.approx(0.4)
    assert found.meta.difference == pytest.approx(0.1)
    assert found.ends["new task, old meta"] == pytest.approx(0.45)


def test_a_run_without_such_a_best_says_so(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive.sqlite")
    for individual in six():
        archive.add(individual)
    archive.close()
    with pytest.raises(RunError, match="no new best changed task agent and meta level at once, among 2"):
        mixed(tmp_path)


@pytest.mark.slow
def test_the_four_combinations_are_run(tmp_path: Path, domain_file: Path) -> None:
    run = tmp_path / "run"
    spec = {"name": f"{domain_file}:backwards"}
    list(ha.evolve(domain_with(), run, generations=0, workers=1, spec=spec))
    with opened(run, domain_with(), Settings(workers=1), spec) as held:
        first = held.archive[0]
        edit = Insert("task_agent:answer/body[1]", "result = task", "task = task")
        changed = Patch((WriteFile("notes.md", "", b"learned"), edit), "both")
        best = {split: type(one)(tuple(ha.Trial(t.task, "Returned", None, 1.0) for t in one.trials))
                for split, one in first.evaluations.items()}  # fmt: skip
        held.archive.add(ha.Individual(1, apply(first.genome, changed), (0,), changed, best))
    assert mixed(run) == [(0, 1)]
    data = credit(run, tmp_path / "out", 2, 1, 1, 1, lambda *_: None)
    assert data["excluded"] == {}
    assert len(cells_of(run, tmp_path / "out", (0, 1), 2, 1)) == 4
    assert set(data["winners"][0]["ends"]) == {f"{a} task, {b} meta" for a in ("old", "new") for b in ("old", "new")}
