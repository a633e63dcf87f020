"""The judge: all or nothing, nothing run that need not be, nothing shown that is hidden."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from hyperagent.domain import JudgeFunction, Task
from hyperagent.domains.repair import judge as judging
from hyperagent.domains.repair.judge import remembering_judge
from sandbox_runner import Killed, Outcome, Raised, Returned, TimedOut

FAULTY = "def double(n):\n    return n + n + 1\n"
RIGHT = "def double(n):\n    return 2 * n\n"
TASK = Task(
    "double-1",
    {"source": FAULTY, "function": "double", "tests": [[[1], 2]], "runs": 5, "steps": 500},
    {"tests": [[[20], 40], [[-31], -62], [[0], 0]]},
)


class Answering:
    """A jail that gives the outcomes it was told to, and keeps what it was asked."""

    def __init__(self, *outcomes: Outcome) -> None:
        self.outcomes = list(outcomes)
        self.asked: list[tuple[str, str, Sequence[object]]] = []

    async def call(self, source: str, function: str, inputs: Sequence[object]) -> Outcome:
        self.asked.append((source, function, inputs))
        return self.outcomes.pop(0)


def values(*found: Any) -> Returned:
    return Returned([{"value": value} for value in found])


def scored(jail: Answering, answer: object, judge: JudgeFunction | None = None) -> object:
    async def once() -> object:
        return await (judge or remembering_judge())(TASK, answer, jail)

    return asyncio.run(once())


def test_an_answer_that_passes_every_hidden_test_scores_1() -> None:
    assert scored(Answering(values(40, -62, 0)), RIGHT) == (1.0, "3 of 3 hidden tests")


def test_an_answer_that_misses_one_scores_0_and_learns_only_the_count() -> None:
    assert scored(Answering(values(40, -62, 1)), RIGHT) == (0.0, "2 of 3 hidden tests")
    assert scored(Answering(values(40, -62, False)), RIGHT) == (0.0, "2 of 3 hidden tests")


def test_an_error_in_one_call_fails_that_test() -> None:
    outcome = Returned([{"value": 40}, {"error": "ValueError"}, {"value": 0}])
    assert scored(Answering(outcome), RIGHT) == (0.0, "2 of 3 hidden tests")


def test_the_jail_is_given_the_arguments_and_no_expected_value() -> None:
    jail = Answering(values(40, -62, 0))
    scored(jail, RIGHT)
    assert jail.asked == [(RIGHT, "double", [[20], [-31], [0]])]


@pytest.mark.parametrize("answer", [None, 3, [RIGHT], b"code", "é" * 10_001, FAULTY, "\ud800"])
def test_an_answer_that_cannot_be_right_scores_0_without_a_call(answer: object) -> None:
    found = scored(Answering(), answer)
    assert isinstance(found, tuple)
    assert found[0] == 0.0
    assert "answer" in found[1]


@pytest.mark.parametrize(
    ("outcome", "feedback"),
    [
        (Raised("SyntaxError", "62", "62"), "the answer cannot be loaded: SyntaxError"),
        (TimedOut("steps"), "out of steps on the hidden tests"),
        (Killed("memory_bytes"), "ended by memory_bytes on the hidden tests"),
        (Returned([{"value": 40}]), "the jail did not return a result for every hidden test"),
        (Returned("40"), "the jail did not return a result for every hidden test"),
        (Returned([40, -62, 0]), "0 of 3 hidden tests"),
    ],
)
def test_any_other_outcome_scores_0_and_says_what_it_was(outcome: Outcome, feedback: str) -> None:
    assert scored(Answering(outcome), RIGHT) == (0.0, feedback)


def test_the_same_answer_is_run_once() -> None:
    jail, judge = Answering(values(40, -62, 0)), remembering_judge()
    assert scored(jail, RIGHT, judge) == scored(jail, RIGHT, judge)
    assert len(jail.asked) == 1


def test_an_outcome_that_may_be_the_clocks_fault_is_not_remembered() -> None:
    for late in (TimedOut("wall_seconds"), TimedOut("cpu_seconds"), Killed("signal 9")):
        jail, judge = Answering(late, values(40, -62, 0)), remembering_judge()
        assert scored(jail, RIGHT, judge) != scored(jail, RIGHT, judge)
        assert len(jail.asked) == 2


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "REMEMBERED", 1)
    jail, judge = Answering(*[values(40, -62, 0)] * 3), remembering_judge()
    for answer in (RIGHT, RIGHT + "\n", RIGHT):
        scored(jail, answer, judge)
    assert len(jail.asked) == 3
