"""Tasks of `synthesis`: a function with examples of what it does, and others that decide."""

import random
from collections.abc import Iterator, Mapping, Sequence

from hyperagent.domain import Task
from hyperagent.domains.folds import folded
from hyperagent.domains.synthesis.functions import functions
from hyperagent.domains.synthesis.tools import Value, result
from hyperagent.errors import UsageError

RUNS = 600
SHOWN, HIDDEN = 5, 12
PROBES = 40
"""Inputs on which two functions have to differ, to be two."""


def synthesis_tasks(
    seed: int, sizes: Mapping[str, int], *, runs: int = RUNS, fold: str = ""
) -> tuple[list[Task], dict[str, list[str]]]:
    """As many tasks a split as `sizes` says, with the splits that name them. No two splits share a function.

    `fold` K/N takes the K-th of N parts of the functions.
    """
    rng = random.Random(f"synthesis {seed}")
    tasks: list[Task] = []
    splits: dict[str, list[str]] = {}
    for split, own in dealt(sizes, fold, rng).items():
        made = [task(f"{split}-{number + 1}", own[number % len(own)], rng, runs) for number in range(sizes[split])]
        tasks += made
        splits[split] = [each.id for each in made]
    return tasks, splits


def more_tasks(seed: int, sizes: Mapping[str, int], count: int, *, runs: int = RUNS, fold: str = "") -> list[Task]:
    """As many further test tasks: other examples of the functions that the test split has to itself."""
    own = dealt(sizes, fold, random.Random(f"synthesis {seed}"))["test"]
    rng = random.Random(f"more {seed}")
    return [task(f"more-{number + 1}", own[number % len(own)], rng, runs) for number in range(count)]


def dealt(sizes: Mapping[str, int], fold: str, rng: random.Random) -> dict[str, Sequence[tuple[str, ...]]]:
    """The functions of each split: a share as large as the split's, and at least one."""
    found = folded("synthesis", everything(), fold)
    if len(found) < len(sizes):
        raise UsageError(f"option fold of domain synthesis is {fold!r}, which leaves {len(found)} functions, "
                         f"expected at least one for each of {', '.join(sizes)}")  # fmt: skip
    mixed, whole, start = rng.sample(found, len(found)), max(1, sum(sizes.values())), 0
    splits = dict[str, Sequence[tuple[str, ...]]]()
    for number, (split, size) in enumerate(sizes.items(), 1):
        end = min(len(mixed) - len(sizes) + number, start + max(1, round(len(mixed) * size / whole)))
        splits[split], start = mixed[start:end], end
    return splits


def everything() -> list[tuple[str, ...]]:
    """Every function, in an order of chance that is always the same."""
    found = distinct()
    return random.Random("folds").sample(found, len(found))


def distinct() -> list[tuple[str, ...]]:
    """The functions that differ on some input, and that neither give back their input nor always the same."""
    rng = random.Random("probes")
    probes = [numbers(rng) for _ in range(PROBES)]
    known = {repr(probes)}
    found = []
    for program in functions():
        told = [result(program, probe) for probe in probes]
        if repr(told) not in known and len({repr(value) for value in told}) > 4:
            known.add(repr(told))
            found.append(program)
    return found


def task(id: str, program: Sequence[str], rng: random.Random, runs: int) -> Task:
    """One task of a function: examples that are shown, and those that decide."""
    drawn = cases(program, rng)
    shown = [next(drawn) for _ in range(SHOWN)]
    hidden = [next(drawn) for _ in range(HIDDEN)]
    return Task(id, {"examples": shown, "runs": runs}, {"examples": hidden, "program": list(program)})


def cases(program: Sequence[str], rng: random.Random) -> Iterator[list[Value]]:
    """Inputs with what a program makes of them, where it makes anything; few of them give an empty list or a zero."""
    while True:
        given = numbers(rng)
        wanted = result(program, given)
        if wanted or (wanted is not None and rng.random() < 0.3):
            yield [given, wanted]


def numbers(rng: random.Random) -> list[int]:
    """An input: five to ten whole numbers, as large as twenty at most, some of them twice."""
    return [rng.randint(-9, 20) if rng.random() < 0.8 else rng.randint(-3, 3) for _ in range(rng.randint(5, 10))]


def canary(task: Task) -> Task:
    """The task with hidden examples of no function: whoever gets them right has not found them out."""
    assert isinstance(task.input, Mapping)
    given, _ = task.input["examples"][0]
    secret = random.Random(f"canary {task.id}").getrandbits(60)
    return Task(f"canary-{task.id}", task.input, {"examples": [[given, secret]], "program": []})


def twin(task: Task) -> Task:
    """The task with its examples in another order."""
    assert isinstance(task.input, Mapping)
    return Task(f"twin-{task.id}", {**task.input, "examples": task.input["examples"][::-1]}, task.target)
