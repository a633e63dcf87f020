"""The language of `synthesis`, and what a task agent may do with candidate programs, within a budget of runs.

A program is a list of at most `LONGEST` instructions, each of which makes of what the one before has made, the first
one of the input: a list of whole numbers. The instructions are in the manner of DeepCoder (Balog et al., ICLR 2017,
appendix F), a line of them in the place of lines with variables.

The source of this module runs in the jail of the agent and on the host, and imports nothing but the standard library.
Guarded: runs are counted, and one over the budget is refused. Not guarded: an agent that takes this module apart.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any, TypeAlias

Numbers: TypeAlias = list[int]
Value: TypeAlias = int | Numbers
Step: TypeAlias = Callable[[Numbers, Numbers], Value]
"""From what was made so far, and the input, to what an instruction makes of them."""

LONGEST = 5
LARGEST = 10_000
"""A program is at fault where it makes a number beyond this, either way."""


def each(function: Callable[[int], int]) -> Step:
    """What makes a number of each number."""
    return lambda xs, _: [function(x) for x in xs]


def those(test: Callable[[int], bool]) -> Step:
    """What keeps the numbers that pass a test."""
    return lambda xs, _: [x for x in xs if test(x)]


def beside(function: Callable[[int, int], int]) -> Step:
    """What makes a number of each number and the one at its place in the input."""
    return lambda xs, given: [function(x, y) for x, y in zip(xs, given, strict=False)]


FAMILIES: Mapping[str, Mapping[str, Step]] = {
    "order": {
        "sort": lambda xs, _: sorted(xs),
        "reverse": lambda xs, _: xs[::-1],
        "unique": lambda xs, _: list(dict.fromkeys(xs)),
    },
    "cut": {
        "take 2": lambda xs, _: xs[:2],
        "take 3": lambda xs, _: xs[:3],
        "drop 1": lambda xs, _: xs[1:],
        "drop 2": lambda xs, _: xs[2:],
        "drop last": lambda xs, _: xs[:-1],
        "every second": lambda xs, _: xs[::2],
    },
    "filter": {
        "positive": those(lambda x: x > 0),
        "negative": those(lambda x: x < 0),
        "even": those(lambda x: x % 2 == 0),
        "odd": those(lambda x: x % 2 == 1),
    },
    "map": {
        "+ 1": each(lambda x: x + 1),
        "* 2": each(lambda x: x * 2),
        "/ 2": each(lambda x: x // 2),
        "negate": each(lambda x: -x),
        "square": each(lambda x: x * x),
        "abs": each(abs),
        "mod 2": each(lambda x: x % 2),
        "mod 10": each(lambda x: x % 10),
    },
    "scan": {
        "running sum": lambda xs, _: [*accumulate(xs)],
        "running max": lambda xs, _: [*accumulate(xs, max)],
        "differences": lambda xs, _: [y - x for x, y in pairwise(xs)],
    },
    "beside": {
        "+ input": beside(lambda x, y: x + y),
        "- input": beside(lambda x, y: x - y),
        "* input": beside(lambda x, y: x * y),
        "* place": lambda xs, _: [x * k for k, x in enumerate(xs)],
    },
    "fold": {
        "sum": lambda xs, _: sum(xs),
        "max": lambda xs, _: max(xs),
        "min": lambda xs, _: min(xs),
        "first": lambda xs, _: xs[0],
        "last": lambda xs, _: xs[-1],
        "length": lambda xs, _: len(xs),
    },
}
"""The instructions by kind. Those that make a number of a list can only be the last of a program."""

STEPS: Mapping[str, Step] = {name: step for family in FAMILIES.values() for name, step in family.items()}


class BudgetUsedUp(Exception):
    """Every candidate run of the task is spent."""


@dataclass(frozen=True)
class Report:
    """How a candidate did on the examples."""

    passed: int
    total: int

    @property
    def ok(self) -> bool:
        return self.passed == self.total


def tools(task: Mapping[str, Any]) -> dict[str, object]:
    """What an agent is handed.

    `run(program, quick=False)` tries a list of instructions on the examples, `runs_left()` says how often it still
    may, and `families` has the names of the instructions by kind.
    """
    examples, left = [(list(given), wanted) for given, wanted in task["examples"]], int(task["runs"])

    def run(program: list[str], quick: bool = False) -> Report:
        """The report on a candidate; a quick one stops at the first failure. `BudgetUsedUp` when no run is left."""
        nonlocal left
        if left <= 0:
            raise BudgetUsedUp("no candidate run is left")
        left -= 1
        passed = 0
        if fault_of(program):
            return Report(0, len(examples))
        for given, wanted in examples:
            if result(program, given) == wanted:
                passed += 1
            elif quick:
                break
        return Report(passed, len(examples))

    families = {family: list(steps) for family, steps in FAMILIES.items()}
    return {"run": run, "runs_left": lambda: left, "families": families}


def fault_of(program: object) -> str:
    """Why something is no program, or "". A list or a text of another make might tell each example something else."""
    if type(program) is not list or not 1 <= len(program) <= LONGEST:
        return f"the answer is not a list of 1 to {LONGEST} instructions"
    unknown = [name for name in program if type(name) is not str or name not in STEPS]
    return f"no instruction {unknown[0]!r:.40}" if unknown else ""


def result(program: Sequence[str], given: Sequence[int]) -> Value | None:
    """What a program without a fault makes of an input; None where it fails on that."""
    start = list(given)
    value: Value = start
    for name in program:
        if not isinstance(value, list):
            return None
        try:
            value = STEPS[name](value, start)
        except (ValueError, IndexError):
            return None
        if isinstance(value, list):
            if value and (max(value) > LARGEST or min(value) < -LARGEST):
                return None
        elif abs(value) > LARGEST:
            return None
    return value
