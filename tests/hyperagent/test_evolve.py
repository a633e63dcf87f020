"""Evolution from the outside: what is yielded, what is kept, and that it can be repeated."""

import itertools
import time
from pathlib import Path

import pytest

import hyperagent as ha
from archive import lineage_digest
from tests.hyperagent.conftest import WORDS, domain_with, specimen


def test_no_generations_gives_the_seed_alone_evaluated_on_every_split() -> None:
    (seed,) = ha.evolve(domain_with(), generations=0, workers=1)
    assert (seed.id, seed.generation, seed.parents, seed.patch) == (0, 0, (), None)
    assert {split: len(e.trials) for split, e in seed.evaluations.items()} == {"train": 2, "validation": 2, "test": 2}
    trials = [trial for evaluation in seed.evaluations.values() for trial in evaluation.trials]
    assert {trial.task for trial in trials} == set(WORDS)
    assert all((t.outcome, t.answer, t.score) == ("Returned", t.task, 0.0) for t in trials)
    assert all(t.cpu_seconds > 0 and t.wall_seconds > 0 and t.peak_bytes > 0 for t in trials)


def test_a_seed_of_the_domain_is_what_is_evaluated() -> None:
    (seed,) = ha.evolve(domain_with(specimen("honest")), generations=0, workers=1)
    assert seed.score == 1.0
    assert seed.genome["task_agent.py"] == specimen("honest")


@pytest.mark.parametrize(
    ("name", "outcome"), [("crashing", "Raised"), ("hanging", "TimedOut"), ("exiting", "Killed"), ("lying", "Returned")]
)
def test_an_agent_that_fails_scores_nothing_and_stops_nothing(name: str, outcome: str) -> None:
    domain = domain_with(specimen(name), limits=ha.Limits(steps=100_000))
    (seed,) = ha.evolve(domain, generations=0, workers=1)
    trials = seed.evaluations["test"].trials
    assert [(trial.outcome, trial.score) for trial in trials] == [(outcome, 0.0)] * 2


def test_an_agent_cannot_see_its_targets_or_other_tasks() -> None:
    (seed,) = ha.evolve(domain_with(specimen("lying")), generations=0, workers=1)
    for trial in seed.evaluations["test"].trials:
        assert trial.task in str(trial.answer)
        for word in WORDS:
            assert word[::-1] not in str(trial.answer)
            assert word == trial.task or word in trial.task or word not in str(trial.answer)


def test_held_out_tasks_are_the_test_split() -> None:
    (seed,) = ha.evolve(domain_with(held_out=["lager", "drawer"]), generations=0, workers=1)
    assert {trial.task for trial in seed.evaluations["test"].trials} == {"lager", "drawer"}


def test_children_come_in_order_with_what_made_them() -> None:
    population = list(ha.evolve(domain_with(), generations=20, workers=1))
    assert [child.id for child in population] == list(range(21))
    for child in population[1:]:
        assert child.parent in range(child.id)
        assert child.stillborn or child.evaluations["train"].trials
        assert child.stillborn or child.patch is not None
    digests = [child.digest for child in population if not child.stillborn]
    assert len(set(digests)) == len(digests)


def test_the_held_out_split_is_measured_for_the_seed_and_for_each_new_best_and_for_nobody_else() -> None:
    best = float("-inf")
    for child in ha.evolve(domain_with(), generations=40, workers=1, seed=2):
        assert ("test" in child.evaluations) == (child.score > best)
        best = max(best, child.score)


def test_the_same_seed_gives_the_same_lineage_on_any_number_of_workers() -> None:
    digests = {lineage_digest(ha.evolve(domain_with(), generations=12, seed=3, workers=n)) for n in (1, 2, 4)}
    assert len(digests) == 1
    assert lineage_digest(ha.evolve(domain_with(), generations=12, workers=1, seed=4)) not in digests


@pytest.mark.slow
def test_a_run_that_is_left_goes_on_where_it_was(tmp_path: Path) -> None:
    whole = lineage_digest(ha.evolve(domain_with(), generations=24, workers=1, seed=3))
    first = []
    for child in ha.evolve(domain_with(), run=tmp_path / "run", generations=24, workers=1, seed=3):
        first.append(child)
        if child.id == 10:
            break
    rest = list(ha.evolve(domain_with(), run=tmp_path / "run", generations=24, workers=1, seed=3))
    assert rest[0].id >= 11
    again = ha.Archive(tmp_path / "run" / "archive.sqlite")
    assert lineage_digest(again) == whole
    assert list(ha.evolve(domain_with(), run=tmp_path / "run", generations=24, workers=1, seed=3)) == []


def test_a_run_goes_on_with_the_settings_and_the_domain_that_it_was_begun_with(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), run=tmp_path / "run", generations=0, workers=1, seed=3))
    with pytest.raises(ha.RunError, match="begun with seed 3, found 4"):
        list(ha.evolve(domain_with(), run=tmp_path / "run", generations=0, workers=1, seed=4))
    with pytest.raises(ha.RunError, match="another domain or other tasks"):
        list(ha.evolve(domain_with(specimen("honest")), run=tmp_path / "run", generations=0, workers=1, seed=3))


def test_two_evolutions_cannot_share_a_run(tmp_path: Path) -> None:
    first = ha.evolve(domain_with(), run=tmp_path / "run", generations=4, workers=1)
    next(first)
    with pytest.raises(ha.RunError, match="in use by another process"):
        list(ha.evolve(domain_with(), run=tmp_path / "run", generations=4, workers=1))
    first.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (float("nan"), "is nan, expected a finite number"),
        ("good", "is 'good', expected a number"),
        (None, "is None, expected a number"),
    ],
)
def test_a_score_that_is_no_number_stops_the_run_and_is_shown(answer: object, message: str, tmp_path: Path) -> None:
    domain = domain_with(score=lambda _task, _answer: answer)
    with pytest.raises(ha.DomainError, match=message):
        list(ha.evolve(domain, run=tmp_path / "run", generations=1, workers=1))
    assert not (tmp_path / "run").exists()


def test_a_score_function_that_raises_is_named_with_its_task() -> None:
    def broken(task: ha.Task, answer: object) -> float:
        raise KeyError(task.id, answer)

    with pytest.raises(ha.DomainError, match=r"scoring task \w+ raised KeyError"):
        list(ha.evolve(domain_with(score=broken), generations=0, workers=1))


def test_a_genome_that_cannot_run_is_refused_before_anything_is_run() -> None:
    with pytest.raises(ha.GenomeError, match=r"0 functions solve, not 1"):
        ha.evolve(domain_with("def answer(task):\n    return task\n"))
    with pytest.raises(ha.GenomeError, match=r"task_agent.py.*syntax"):
        ha.evolve(domain_with("def solve(task, tools:\n"))


@pytest.mark.slow
def test_where_no_selection_works_parents_are_drawn_and_what_failed_is_recorded(tmp_path: Path) -> None:
    from hyperagent.replay import replay
    from hyperagent.seeds import seed_genome

    broken = seed_genome().with_files({"selection.py": "def select(candidates, rng):\n    return 10**6\n"})
    domain = domain_with()
    born = list(ha.evolve(domain, run=tmp_path / "run", generations=9, workers=1, genome=broken, brood=1))
    assert [child.steward for child in born[1:]] == [0] * 9
    firsts = [child for child in born if child.fallbacks]
    assert firsts
    assert all(child.fallbacks[0].startswith("0: select gave") for child in firsts)
    assert [found for _, found in replay(domain, tmp_path / "run") if found] == []


def test_an_unknown_setting_and_a_bad_value_are_named() -> None:
    with pytest.raises(ha.UsageError, match="setting 'speed' is unknown"):
        ha.evolve(domain_with(), speed=3)
    with pytest.raises(ha.UsageError, match="generations is -1"):
        ha.evolve(domain_with(), generations=-1)


@pytest.mark.slow
def test_a_clock_that_jumps_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = lineage_digest(ha.evolve(domain_with(), generations=8, workers=1, seed=3, minutes=5))
    jumps = itertools.cycle([0.0, 1e9, -1e6, 4e9])
    monkeypatch.setattr(time, "time", lambda: next(jumps))
    monkeypatch.setattr(time, "time_ns", lambda: int(next(jumps) * 1e9))
    assert lineage_digest(ha.evolve(domain_with(), generations=8, workers=1, seed=3, minutes=5)) == whole
