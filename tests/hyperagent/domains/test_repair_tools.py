"""The tools of the task agent: what a candidate may do, and what it may not."""

import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from hyperagent.domains.repair import tools
from hyperagent.domains.repair.tools import BudgetUsedUp, Report, same

TASK = {
    "source": "def double(n):\n    return n + n + 1\n",
    "function": "double",
    "tests": [[[1], 2], [[2], 4], [[-3], -6]],
    "runs": 5,
    "steps": 500,
}
RIGHT = "def double(n):\n    return 2 * n\n"


def made(**changes: object) -> tuple[Callable[..., Report], Callable[[], int]]:
    found: Any = tools.tools({**TASK, **changes})
    return found["run"], found["runs_left"]


def failure(source: str, **changes: object) -> str:
    """The first failure of a source that must not pass."""
    report = made(**changes)[0](source)
    assert not report.ok
    return report.failures[0]


def test_a_correct_candidate_passes_every_test() -> None:
    report = made()[0](RIGHT)
    assert report == Report(3, 3, [])
    assert report.ok


def test_a_failure_says_the_call_and_what_was_expected_and_found() -> None:
    assert made()[0](str(TASK["source"])).failures == [
        "double(1): expected 2, found 3",
        "double(2): expected 4, found 5",
        "double(-3): expected -6, found -5",
    ]


def test_a_quick_run_stops_at_the_first_failure() -> None:
    report = made()[0](str(TASK["source"]), quick=True)
    assert (report.passed, report.total, len(report.failures)) == (0, 3, 1)
    assert not report.ok


def test_what_a_candidate_returned_is_not_kept_for_every_test() -> None:
    report = made()[0]("def double(n):\n    return [n] * 1000\n")
    assert len(report.faults) == 3 and all(type(fault) is str for fault in report.faults)


def test_the_budget_counts_every_run_and_cannot_be_exceeded() -> None:
    run, left = made(runs=3)
    for source in (RIGHT, "no program (", "raise ValueError('at once')"):
        run(source)
    assert left() == 0
    for _ in range(3):
        with pytest.raises(BudgetUsedUp):
            run(RIGHT)
    assert left() == 0


def test_a_budget_below_zero_is_no_budget() -> None:
    with pytest.raises(BudgetUsedUp):
        made(runs=-1)[0](RIGHT)


def test_each_task_has_a_budget_of_its_own() -> None:
    (run, left), (_, other) = made(), made()
    run(RIGHT)
    assert (left(), other()) == (4, 5)


@pytest.mark.parametrize(
    "body",
    [
        "while True: pass",
        "return [0 for _ in iter(int, 1)]",
        "for _ in iter(int, 1): n += 1",
    ],
)
def test_an_endless_candidate_ends_as_a_failure(body: str) -> None:
    assert "no end within its steps" in failure(f"def double(n):\n    {body}\n")


def test_an_endless_module_ends_as_a_failure() -> None:
    assert failure("while True:\n    pass\n") == "no end within its steps"


def test_a_recursion_that_is_too_deep_is_a_failure_and_the_limit_is_put_back() -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(4321)
    try:
        assert "RecursionError" in failure("def double(n):\n    return double(n)\n", steps=10**6)
        assert sys.getrecursionlimit() == 4321
    finally:
        sys.setrecursionlimit(before)


def test_a_candidate_the_compiler_warns_of_is_run_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    failure("def double(n):\n    return True[0]\n")
    assert not recwarn.list


def test_the_steps_are_those_of_the_candidate_not_of_the_task() -> None:
    slow = "def double(n):\n    for _ in range(20):\n        pass\n    return 2 * n\n"
    run, _ = made()
    assert [run(slow).ok for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize(
    "expression",
    [
        "().__class__",
        "double.__globals__",
        "(i for i in []).gi_frame",
        "n.f_back",
        "__tick__()",
        "().＿＿class＿＿",
        "'{0.__class__}'.format(n)",
        "__builtins__",
        "double.__init__.__globals__",
    ],
)
def test_a_candidate_that_spells_a_way_out_is_refused(expression: str) -> None:
    assert "is refused in a candidate" in failure(f"def double(n):\n    return {expression}\n")


@pytest.mark.parametrize(
    "expression",
    [
        *("exec('n')", "eval('n')", "compile('n', '', 'eval')", "open('x')", "input()", "globals()", "vars()"),
        *("getattr(n, 'real')", "setattr(double, 'a', 1)", "breakpoint()", "locals()", "dir(n)", "id(n)", "hash('a')"),
    ],
)
def test_a_candidate_does_not_see_builtins_that_lead_out(expression: str) -> None:
    assert "found NameError" in failure(f"def double(n):\n    return {expression}\n")


@pytest.mark.parametrize(
    "line",
    [
        *("import os", "import sys", "from sys import _getframe", "import builtins", "from . import tools"),
        *("from operator import attrgetter", "from collections import _sys", "from string import Formatter"),
        *("from re import enum", "from functools import update_wrapper", "import os.path", "import importlib"),
    ],
)
def test_a_candidate_may_not_import_what_leads_out(line: str) -> None:
    assert "ImportError" in failure(f"def double(n):\n    {line}\n    return 2 * n\n")


def test_a_candidate_may_import_what_computes() -> None:
    names = "math, heapq, collections, itertools, functools, bisect, re, string, operator"
    assert made()[0](f"import {names}\nfrom math import floor\n{RIGHT}").ok


def test_what_a_candidate_does_to_a_module_is_gone_for_the_next() -> None:
    run, _ = made()
    spoilt = "import math\nmath.floor = None\n"
    assert run(spoilt + RIGHT).ok
    assert run("import math\ndef double(n):\n    return math.floor(2 * n)\n").ok


def test_classes_in_candidates_work() -> None:
    box = "class Box:\n    def __init__(self, n):\n        self.n = n\n"
    assert made()[0](f"{box}def double(n):\n    return Box(n).n * 2\n").ok


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def double(n:\n", "SyntaxError"),
        ("def other(n):\n    return 2 * n\n", "the source defines no function double"),
        ("double = 3\n", "the source defines no function double"),
        ("x\0y", "null bytes"),
        ("#" * 30_000, "a source of 30000 characters"),
        ("(" * 5_000 + ")" * 5_000, "Error"),
        (None, "a candidate is the source of a program"),
    ],
)
def test_what_is_no_program_fails_in_one_line(source: Any, expected: str) -> None:
    report = made()[0](source)
    assert (report.passed, report.total, len(report.failures)) == (0, 3, 1)
    assert expected in report.failures[0]
    assert "\n" not in report.failures[0]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\n\x0c"])
def test_a_loop_on_one_line_ends_by_its_steps_wherever_python_sees_the_line_begin(
    end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "BACKSTOP_SECONDS", 3.0)
    before = time.process_time()
    source = f"import math{end}while True: pass{end}def double(n): pass{end}"
    assert "no end within its steps" in failure(source, steps=2000)
    assert time.process_time() - before < 1.5


def test_a_candidate_that_changes_its_arguments_changes_them_for_itself_only() -> None:
    source = "def last(values):\n    values.append(9)\n    return values[-1]\n"
    tests = [[[[1, 2]], 9], [[[1, 2]], 9]]
    run, _ = made(function="last", tests=tests)
    assert run(source).ok
    assert run("def last(values):\n    return 9 if values == [1, 2] else 0\n").ok
    assert tests == [[[[1, 2]], 9], [[[1, 2]], 9]]


def test_a_strange_result_is_a_failure_in_one_short_line() -> None:
    for result in ("object()", "10 ** 5000", "[0] * 10 ** 5", "{1, 2}", "print", "'a' * 10 ** 6"):
        line = failure(f"def double(n):\n    return {result}\n")
        assert len(line) < 300


def test_a_result_that_raises_when_it_is_looked_at_is_a_failure() -> None:
    hostile = (
        "class Odd(list):\n    def __len__(self):\n        raise ValueError('odd')\ndef double(n):\n    return Odd()\n"
    )
    assert "ValueError: odd" in failure(hostile, tests=[[[1], [2]]])


@pytest.mark.parametrize(
    ("found", "expected", "equal"),
    [
        (1, True, False),
        (True, 1, False),
        (1, 1, True),
        (1.0, 1, False),
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (0.31, 0.3, False),
        (float("nan"), 0.3, False),
        ((1, 2), [1, 2], True),
        ([1, [2, True]], [1, [2, 1]], False),
        ([1], [1, 2], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1, "b": 2}, {"a": 1}, False),
        ([], None, False),
        ("1", 1, False),
        ([], {}, False),
    ],
)
def test_results_are_compared_as_plain_data(found: object, expected: object, equal: bool) -> None:
    assert same(found, expected) is equal


@pytest.mark.parametrize("wrapped", ["[value] * 12", "{0: value, 1: value}", "(value, value)"])
def test_what_is_deep_is_told_in_a_few_words_and_ends_nobody(wrapped: str) -> None:
    source = f"def double(n):\n    value = n\n    for _ in range(60):\n        value = {wrapped}\n    return value\n"
    report = made()[0](source)
    assert (report.passed, report.total) == (0, 3)
    assert all(len(line) < 20_000 for line in report.failures)
