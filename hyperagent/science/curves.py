"""The score of a run over its generations."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from archive import Archive
from hyperagent.science.members import Member, Status, census


@dataclass(frozen=True)
class Improvement:
    """A child that became the best: the validation score to beat, and its own."""

    generation: int
    id: int
    parent: int
    before: float
    after: float
    title: str


@dataclass(frozen=True)
class Curves:
    """One entry a generation, the seed's first, each of the individual that was the best by validation at the time.

    `test` is measured when an individual becomes the best, and is never read to choose one; `children` are those that
    came as far as validation.
    """

    generation: tuple[int, ...]
    best: tuple[int, ...]
    train: tuple[float, ...]
    validation: tuple[float, ...]
    test: tuple[float, ...]
    children: tuple[Member, ...]
    counts: Mapping[Status, int]
    improvements: tuple[Improvement, ...]

    @property
    def area(self) -> float:
        """The area under the validation curve, divided by its length: the mean height of a step function."""
        return area(self.validation)


def area(heights: Sequence[float]) -> float:
    """The mean height of a curve with one step a generation, in the unit of the scores."""
    return math.fsum(heights) / len(heights) if heights else math.nan


def curves(archive: Archive) -> Curves:
    """The curves of a run."""
    return curves_of(census(archive).members)


def curves_of(members: Sequence[Member]) -> Curves:
    """The curves of a population, in the order of ids."""
    best = best_so_far(members)
    counts = Counter(member.status for member in members)
    return Curves(
        generation=tuple(member.id for member in members),
        best=tuple(member.id for member in best),
        train=tuple(member.train for member in best),
        validation=tuple(member.validation for member in best),
        test=tuple(member.test for member in best),
        children=tuple(m for m in members[1:] if math.isfinite(m.validation)),
        counts={"alive": counts["alive"], "culled": counts["culled"], "stillborn": counts["stillborn"]},
        improvements=improvements(best),
    )


def best_so_far(members: Sequence[Member]) -> list[Member]:
    """For each generation the member with the highest validation score up to it; of several the first."""
    best: list[Member] = []
    for member in members:
        best.append(member if not best or member.score > best[-1].score else best[-1])
    return best


def improvements(best: Sequence[Member]) -> tuple[Improvement, ...]:
    """The steps of the curve, one for each child that became the best."""
    return tuple(
        Improvement(new.id, new.id, new.parent, old.validation, new.validation, new.title)
        for old, new in pairwise(best)
        if new is not old and new.parent is not None
    )
