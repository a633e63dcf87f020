"""Repair tasks made of the corpus: a fault in a correct function, tests that show it, and tests that decide."""

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice

from hyperagent.domain import Task
from hyperagent.domains.folds import folded
from hyperagent.domains.repair.cases import Case, cases, failing
from hyperagent.domains.repair.corpus import ENTRIES, Entry
from hyperagent.domains.repair.faults import faults
from hyperagent.errors import DomainError

RUNS = 16
"""Candidate runs that a task agent has for one task, unless the caller says otherwise."""

VISIBLE, HIDDEN = 6, 12

SLACK, FACTOR = 2_000, 50
"""A candidate run may take so many lines, and so many more for each step of the correct function: ten times its own."""


def repair_tasks(
    seed: int, train: int, validation: int, test: int, *, runs: int = RUNS, fold: str = ""
) -> tuple[list[Task], dict[str, list[str]]]:
    """As many tasks as are asked for, with the splits that name them; no function is in two splits.

    A split with more tasks than functions has several faults of a function. The same arguments, the same tasks.
    """
    sizes = {"train": train, "validation": validation, "test": test}
    tasks: list[Task] = []
    splits: dict[str, list[str]] = {}
    for split, dealt in deal(folded("repair", ENTRIES, fold), sizes, random.Random(f"deal {seed}")).items():
        found = list(islice(interleaved([made(entry, seed, runs) for entry in dealt]), sizes[split]))
        if len(found) < sizes[split]:
            raise DomainError(f"domain repair: {len(found)} {split} tasks can be made, expected {sizes[split]}")
        tasks += found
        splits[split] = [task.id for task in found]
    return tasks, splits


def more_tasks(
    seed: int, train: int, validation: int, test: int, count: int, *, runs: int = RUNS, fold: str = ""
) -> list[Task]:
    """As many further test tasks: other faults of the functions that the test split has to itself."""
    sizes = {"train": train, "validation": validation, "test": test}
    dealt = deal(folded("repair", ENTRIES, fold), sizes, random.Random(f"deal {seed}"))["test"]
    found = list(islice(interleaved([made(entry, seed, runs) for entry in dealt]), test, test + count))
    if not found:
        raise DomainError(f"domain repair: no test task is left of {test}, expected {count} more")
    return found


def deal(entries: Sequence[Entry], sizes: Mapping[str, int], rng: random.Random) -> dict[str, list[Entry]]:
    """The functions of each split, with every family in each as far as it goes.

    A split gets functions by the root of its size, so that a small one is not made of a handful of functions.
    """
    shares = {split: size**0.5 for split, size in sizes.items()}
    total = sum(shares.values()) or 1.0
    dealt: dict[str, list[Entry]] = {split: [] for split in sizes}
    shuffled = sorted(rng.sample(entries, len(entries)), key=lambda entry: entry.family)
    for number, entry in enumerate(shuffled, 1):
        behind = {split: number * shares[split] / total - len(dealt[split]) for split in sizes}
        dealt[max(behind, key=lambda split: behind[split])].append(entry)
    return {split: rng.sample(found, len(found)) for split, found in dealt.items()}


def interleaved(sources: Sequence[Iterator[Task]]) -> Iterator[Task]:
    """The first task of each source, then the second of each, for as long as one has any."""
    while sources:
        going = []
        for source in sources:
            task = next(source, None)
            if task is not None:
                going.append(source)
                yield task
        sources = going


def made(entry: Entry, seed: int, runs: int) -> Iterator[Task]:
    """Every task of one function: each of its faults that at least two cases show."""
    rng = random.Random(f"{entry.name} {seed}")
    known = cases(entry, rng)
    numbers = count(1)
    for fault in faults(entry.source, rng):
        shown = failing(fault.source, entry.name, known)
        if len(shown) >= 2:
            visible, hidden = parted(known, shown, rng)
            yield task(f"{entry.name}-{next(numbers)}", entry.name, fault.source, visible, hidden, runs)


def parted(known: list[Case], shown: list[int], rng: random.Random) -> tuple[list[Case], list[Case]]:
    """Visible and hidden cases, none of them in both; the first of each shows the fault."""
    first, second = rng.sample(shown, 2)
    others = [index for index in range(len(known)) if index not in (first, second)]
    drawn = rng.sample(others, min(len(others), VISIBLE + HIDDEN - 2))
    visible = [first, *sorted(drawn[: VISIBLE - 1])]
    hidden = [second, *sorted(drawn[VISIBLE - 1 :])]
    return [known[index] for index in visible], [known[index] for index in hidden]


def task(id: str, function: str, source: str, visible: list[Case], hidden: list[Case], runs: int) -> Task:
    """The task of repairing one faulty source."""
    steps = SLACK + FACTOR * sum(case.steps for case in visible)
    tests = [case.plain() for case in visible]
    shown = {"source": source, "function": function, "tests": tests, "runs": runs, "steps": steps}
    return Task(id, shown, {"tests": [case.plain() for case in hidden]})
