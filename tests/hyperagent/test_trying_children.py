"""What a child goes through until it is kept: first calls, a race against its parent, and all trials at last."""

import random

import pytest

import hyperagent as ha
from archive import RACED, Individual
from hyperagent.streams import stream_seed
from meta import Genome

COUNT = 16
MANY = 112
SOLVE = "def solve(task, tools):\n    return task if {condition} else -1\n"
SEED = SOLVE.format(condition="task % 2 == 0")
SELECT = "def select(candidates, rng):\n    return 0\n"
PROPOSE = """\
PATCH = {patch!r}


def propose(parent, history, tools):
    return {{"edits": [PATCH], "title": "the one thing it does", "hypothesis": "", "operators": []}}
"""
EVEN = "def propose(parent, history, tools):\n    {first}\n    return {{'edits': [PATCH], 'title': 'again'}}"


def splits(count: int) -> dict[str, list[str]]:
    """Two train tasks, one test task, and so many of validation."""
    return {"train": ["train 0", "train 1"], "validation": validation(count), "test": ["test 0"]}


def validation(count: int) -> list[str]:
    """The ids of the validation tasks."""
    return [f"validation {k}" for k in range(count)]


def only_child(at: str, old: str, new: str, count: int = COUNT) -> Individual:
    """What comes of a seed whose meta agent replaces one definition: its only child."""
    patch = {"kind": "replace", "at": at, "expect": old.rstrip("\n"), "new": new.rstrip("\n")}
    files = {"task_agent.py": SEED, "selection.py": SELECT, "meta_agent.py": PROPOSE.format(patch=patch)}
    named = splits(count)
    tasks = [ha.Task(id, input=number, target=number) for ids in named.values() for number, id in enumerate(ids)]
    domain = ha.Domain("even", tasks, lambda task, answer: float(answer == task.target), splits=named)
    *_, child = ha.evolve(domain, generations=1, genome=Genome(files), workers=1)
    return child


def child_that_solves(condition: str, count: int = COUNT) -> Individual:
    """The child whose task agent solves the tasks on which a condition holds."""
    return only_child("task_agent:solve", SEED, SOLVE.format(condition=condition), count)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        pytest.param("False", 4, id="clearly behind after a quarter"),
        pytest.param("task % 2 == 0 and task != 2", 8, id="behind after half, if by one task of eight"),
        pytest.param("not task % 2", 8, id="the same answers"),
        pytest.param("task % 2 == 0 and task != 6", 8, id="behind in the second quarter alone"),
    ],
)
def test_a_child_that_falls_behind_is_culled_and_its_trials_are_kept(condition: str, count: int) -> None:
    child = child_that_solves(condition)
    assert child.culled and list(child.evaluations) == [RACED]
    assert [trial.task for trial in child.evaluations[RACED].trials] == validation(count)


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        pytest.param("False", 7, id="clearly behind after a sixteenth"),
        pytest.param("task in (0, 1, 2, 4)", 14, id="clearly behind after an eighth"),
        pytest.param(
            "task % 2 == 0 and (task < 14 or task > 24) or task == 1", 28, id="clearly behind after a quarter"
        ),
        pytest.param("task % 2 == 0 and task not in (2, 50) or task == 1", 56, id="behind after half, if by one task"),
    ],
)
def test_with_many_tasks_a_child_is_looked_at_earlier(condition: str, count: int) -> None:
    child = child_that_solves(condition, MANY)
    assert child.culled
    assert [trial.task for trial in child.evaluations[RACED].trials] == validation(count)


@pytest.mark.parametrize(
    "condition",
    [
        "task % 2 == 0 or task == 1",
        "(task % 2 == 0 or task == 1) and task not in (2, 14)",
        "task % 2 == 0 and task != 2 or task == 5",
    ],
)
def test_a_child_that_keeps_up_for_half_of_validation_is_tried_on_all_and_on_train(condition: str) -> None:
    child = child_that_solves(condition)
    assert not child.culled and {"train", "validation"} <= child.evaluations.keys()
    assert [len(child.evaluations[split].trials) for split in ("train", "validation")] == [2, COUNT]


def test_a_child_without_an_answer_to_its_first_task_is_stillborn() -> None:
    child = child_that_solves("task or 1 / 0")
    assert child.stillborn == ("smoke call: ZeroDivisionError: division by zero",) and not child.evaluations


def child_that_proposes(first: str) -> Individual:
    """The child whose meta agent begins its proposals with a statement."""
    old = PROPOSE.format(patch={}).partition("\n\n\n")[2]
    return only_child("meta_agent:propose", old, EVEN.format(first=first))


def test_a_child_whose_meta_agent_fails_at_once_is_stillborn() -> None:
    child = child_that_proposes("parent['nothing']")
    assert child.stillborn == ("smoke call: propose: KeyError: 'nothing'",)


def test_a_meta_agent_is_asked_twice_before_it_is_kept() -> None:
    second = random.Random(stream_seed(0, "smoke", 3)).random()
    child = child_that_proposes(f"1 / (tools.rng.random() != {second!r})")
    assert child.stillborn == ("smoke call: propose: ZeroDivisionError: division by zero",)


def test_a_meta_agent_is_first_asked_with_what_the_proposal_of_its_child_was_shown() -> None:
    child = child_that_proposes("assert [h['id'] for h in history] == [0] and tools.donors == []")
    assert not child.stillborn, child.stillborn
