"""Instances of online bin packing, drawn from the published distributions."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hyperagent.domain import Task
from hyperagent.domains.binpack.heuristics import best_fit, first_fit, lower_bound


@dataclass(frozen=True)
class Kind:
    """How the items of a distribution are drawn, and the capacity of its bins."""

    capacity: int
    draw: Callable[[random.Random], int]


def uniform(rng: random.Random) -> int:
    """A whole number from 20 to 100: the class `binpack1` to `binpack4` of OR-Library (Falkenauer 1996)."""
    return rng.randint(20, 100)


def weibull(rng: random.Random) -> int:
    """Weibull with scale 45 and shape 3, cut to 1..100 (Castiñeiras, De Cauwer & O'Sullivan 2012; FunSearch)."""
    return max(1, min(100, round(rng.weibullvariate(45, 3))))


KINDS = {"uniform": Kind(150, uniform), "weibull": Kind(100, weibull)}


def binpack_tasks(
    seed: int, kinds: Sequence[str], items: int, sizes: Mapping[str, int]
) -> tuple[list[Task], dict[str, list[str]]]:
    """As many tasks a split as `sizes` says, of each kind in turn, with the splits that name them."""
    tasks: list[Task] = []
    splits: dict[str, list[str]] = {}
    for split, size in sizes.items():
        made = [
            task(f"{kinds[k % len(kinds)]}-{split}-{k + 1}", kinds[k % len(kinds)], items, seed) for k in range(size)
        ]
        tasks += made
        splits[split] = [each.id for each in made]
    return tasks, splits


def task(id: str, kind: str, items: int, seed: int) -> Task:
    """One instance; what the known heuristics need and the bound are its target."""
    rng = random.Random(f"{id} {seed}")
    capacity = KINDS[kind].capacity
    drawn = [KINDS[kind].draw(rng) for _ in range(items)]
    target = {
        "bound": lower_bound(drawn, capacity),
        "first_fit": first_fit(drawn, capacity),
        "best_fit": best_fit(drawn, capacity),
    }
    return Task(id, {"capacity": capacity, "items": drawn}, target)
