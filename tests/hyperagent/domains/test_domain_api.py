# ruff: noqa: ARG001, ARG005 - functions with the parameters that a role has, whether they need them or not
"""What a user may hand to a Domain, and what is said of each mistake."""

import asyncio
import random
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

import hyperagent as ha
from hyperagent.domains import load_domain
from tests.hyperagent.conftest import WORDS, domain_with, score, specimen

TASKS = [ha.Task(word, input=word, target=word[::-1]) for word in WORDS]


def seed_of(domain: ha.Domain) -> ha.Individual:
    (seed,) = ha.evolve(domain, generations=0, workers=1)
    return seed


def scores(domain: ha.Domain) -> dict[str, float]:
    trials = [trial for evaluation in seed_of(domain).evaluations.values() for trial in evaluation.trials]
    return {trial.task: trial.score for trial in trials}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("d", []), "no tasks, expected at least one"),
        (("", TASKS), "the name of a domain is '', expected a non-empty string"),
        (("d", ["stressed"]), "'stressed' is not a hyperagent.Task"),
        (("d", "stressed"), "tasks are 'stressed', expected a list of hyperagent.Task"),
        (("d", None), "tasks are None, expected a list"),
        (("d", lambda: TASKS), r"tasks is <lambda>\(\), expected tasks\(rng\)"),
        (("d", (ha.Task(str(k), k) for k in count())), "more than 100000 tasks"),
        (("d", [TASKS[0], TASKS[0]]), "two tasks are called 'stressed'"),
        (("d", [ha.Task("", 1)]), "a task's id is '', expected a non-empty string"),
        (("d", [ha.Task(3, 1)]), "a task's id is 3"),  # type: ignore[arg-type]
        (("d", [*TASKS, ha.Task("x", input="x")]), "task x has no target, expected one as 6 other tasks have"),
        (("d", [ha.Task("x", {"a": [1, {2}]})]), r"input of task x is not plain data: input\['a'\]\[1\] is a set"),
        (("d", [ha.Task("x", {1: 2})]), "input has the key 1, expected text"),
        (("d", [ha.Task("x", 2**70)]), "input is an integer of more than 64 bits"),
        (("d", [ha.Task("x", object())]), "input is a object, expected numbers"),
    ],
)
def test_tasks_that_cannot_be_are_named(arguments: tuple[Any, Any], message: str) -> None:
    with pytest.raises(ha.DomainError, match=message):
        ha.Domain(*arguments, score=score)


async def judged(task: ha.Task, answer: object, jail: object) -> float:
    return float(answer == task.target)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "exactly one of score=, judge= and score_all=, found none"),
        ({"score": score, "judge": judged}, "found score= and judge="),
        ({"score": lambda answer: 1.0}, r"score is <lambda>\(answer\), expected score\(task, answer\)"),
        ({"score": 1.0}, r"score is 1.0, expected a function score\(task, answer\)"),
        ({"judge": score}, r"score\(.*\) -> float, expected judge\(task, answer, jail\)"),
        ({"judge": lambda task, answer, jail: 1.0}, "judge is a plain function, expected an async one"),
        ({"score_all": lambda: []}, r"expected score_all\(tasks, answers\)"),
        ({"score": score, "splits": {"train": ["lager"]}}, "splits are train, expected train, validation, test"),
        ({"score": score, "held_out": ["beer"]}, "held_out names task 'beer', which is not among the 6 tasks"),
        ({"score": score, "limits": 3}, r"limits is 3, expected hyperagent.Limits\(...\)"),
        ({"score": score, "preload": "torch"}, "preload is 'torch', expected one of bare, code, numbers, full"),
        ({"score": score, "repeats": 0}, "repeats is 0, expected a whole number from 1"),
        ({"score": score, "worst": float("nan")}, "worst is nan, expected a finite number"),
        ({"score": score, "stages": [0.5]}, r"a stage is 0.5, expected \(tasks, least mean score\)"),
        ({"score": score, "weights": {"size": "much"}}, "the weight of size is 'much', expected a number"),
        ({"score": score, "tools": "def tools(:"}, "tools is no source of a module"),
        ({"score": score, "seed": "agent.py"}, r"seed is 'agent.py', expected the source of a module, or Path"),
        ({"score": score, "seed": Path("nowhere.py")}, "the seed agent cannot be read: .*nowhere.py"),
        ({"score": score, "seed": print}, "expected the source of a module or its Path"),
    ],
)
def test_options_that_cannot_be_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ha.DomainError, match=message):
        ha.Domain("d", TASKS, **options)


def test_a_split_without_tasks_and_one_task_in_two_are_refused() -> None:
    splits = {"train": ["lager"], "validation": ["drawer"], "test": []}
    with pytest.raises(ha.DomainError, match="a split has no tasks"):
        next(ha.evolve(domain_with(splits=splits), generations=1, workers=1))
    with pytest.raises(ha.DomainError, match="task 'lager' is in more than one split"):
        domain_with(splits={**splits, "test": ["lager"]})


@pytest.mark.parametrize("name", ["repair", "binpack", "control", "synthesis"])
@pytest.mark.parametrize(("option", "value", "least"), [("validation", "0", 1), ("test", "-2", 0), ("train", "-1", 0)])
def test_a_built_in_needs_tasks_to_choose_by(name: str, option: str, value: str, least: int) -> None:
    with pytest.raises(ha.UsageError, match=f"option {option} of domain {name} is {value}, expected at least {least}"):
        load_domain(name, {option: value})


def test_a_seed_agent_without_solve_is_refused() -> None:
    with pytest.raises(ha.GenomeError, match="0 functions solve, not 1"):
        ha.evolve(domain_with("def answer(task):\n    return task\n"))


def test_objectives_without_weights_are_refused_with_the_remedy() -> None:
    with pytest.raises(ha.DomainError, match="several objectives need weights="):
        seed_of(domain_with(score=lambda _task, _answer: {"right": 1.0}))


def test_tasks_may_be_drawn_by_a_function_of_a_generator() -> None:
    def made(rng: random.Random) -> Iterator[ha.Task]:
        for k in range(9):
            yield ha.Task(f"t{k}", rng.randrange(10**6), target=k)

    first, again = ha.Domain("d", made, score), ha.Domain("d", made, score)
    other = ha.Domain("d", made, score, draw=1)
    assert first.fingerprint() == again.fingerprint() != other.fingerprint()
    assert len(first.tasks) == 9


def test_a_seed_agent_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(specimen("honest"), "utf-8")
    domain = ha.Domain("d", TASKS, score, seed=tmp_path / "agent.py")
    assert domain.seed == specimen("honest")


def test_several_objectives_are_weighed_and_each_is_told() -> None:
    def both(task: ha.Task, answer: object) -> tuple[dict[str, float], str]:
        return {"right": float(answer == task.target), "length": float(len(str(answer)))}, "as told"

    domain = ha.Domain("d", TASKS, both, weights={"right": 1.0, "length": -0.01}, seed=specimen("honest"))
    trial = seed_of(domain).evaluations["test"].trials[0]
    assert trial.score == pytest.approx(1 - 0.01 * len(trial.task))
    assert trial.feedback == f"right 1, length {len(trial.task)}. as told"


@pytest.mark.parametrize("found", [{"right": 1.0}, {"right": 1.0, "speed": 2.0}, 1.0, {"right": 1.0, "length": "long"}])
def test_objectives_that_have_no_weight_or_are_no_number_stop_the_run(found: Any) -> None:
    domain = domain_with(score=lambda _task, _answer: found, weights={"right": 1.0, "length": -0.01})
    with pytest.raises(ha.DomainError, match=r"expected (right, length|a number)"):
        seed_of(domain)


def test_a_coroutine_may_score_and_several_run_side_by_side() -> None:
    running = most = 0

    async def slowly(task: ha.Task, answer: object) -> float:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1
        return score(task, answer)

    assert set(scores(ha.Domain("d", TASKS, slowly, seed=specimen("honest"))).values()) == {1.0}
    assert most > 1


@pytest.mark.parametrize("is_async", [False, True])
def test_many_answers_may_be_scored_at_once(is_async: bool) -> None:
    batches: list[int] = []

    def at_once(tasks: list[ha.Task], answers: list[object]) -> list[Any]:
        batches.append(len(tasks))
        return [(score(task, answer), "together") for task, answer in zip(tasks, answers, strict=True)]

    async def later(tasks: list[ha.Task], answers: list[object]) -> list[Any]:
        await asyncio.sleep(0)
        return at_once(tasks, answers)

    found = seed_of(ha.Domain("d", TASKS, score_all=later if is_async else at_once, seed=specimen("honest")))
    trials = [trial for evaluation in found.evaluations.values() for trial in evaluation.trials]
    assert {(trial.score, trial.feedback) for trial in trials} == {(1.0, "together")}
    assert sum(batches) >= len(TASKS) and min(batches) > 1


def test_a_batch_with_a_score_too_few_or_an_exception_stops_the_run() -> None:
    with pytest.raises(ha.DomainError, match=r"score_all returned \[\], expected a list of"):
        seed_of(ha.Domain("d", TASKS, score_all=lambda tasks, answers: []))
    with pytest.raises(ha.DomainError, match=r"scoring task \w+ raised ZeroDivisionError"):
        seed_of(ha.Domain("d", TASKS, score_all=lambda tasks, answers: [1 / 0]))


def test_a_task_is_tried_as_often_as_is_asked_with_other_random_numbers() -> None:
    chancy = "def solve(task, tools):\n    return tools.rng.random()\n"
    domain = ha.Domain("d", TASKS, lambda _task, answer: float(str(answer)), seed=chancy, repeats=3)
    found = scores(domain)
    assert len(found) == len(set(found.values())) == 18
    assert {task.split("#")[0] for task in found} == set(WORDS)
    assert domain.fingerprint() != domain_with().fingerprint()
    assert {domain.task(id).id: domain.task(id).target for id in found} == {id: id.split("#")[0][::-1] for id in found}


@pytest.mark.slow
def test_a_child_that_misses_the_score_of_a_stage_is_given_up() -> None:
    def cost(_task: ha.Task, answer: object) -> float:
        return float(len(str(answer)))

    splits = {"train": WORDS[:1], "validation": WORDS[1:5], "test": WORDS[5:]}
    least = domain_with(score=cost, splits=splits, stages=[(1, 1000.0)])
    plain = domain_with(score=cost, splits=splits)
    tried = [child for child in ha.evolve(least, generations=30, workers=1) if child.id and not child.stillborn]
    changed = [c for c in tried if c.genome["task_agent.py"] != tried[0].genome["task_agent.py"]]
    assert any(child.culled for child in changed)
    kept = [child for child in ha.evolve(plain, generations=30, workers=1) if child.id and not child.stillborn]
    assert sum(child.culled for child in kept) < sum(child.culled for child in tried)
