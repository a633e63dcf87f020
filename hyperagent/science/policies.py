"""Would it have picked the right parents? Policies of selection, scored on an archive after the fact.

At some moments of a run a policy is shown the archive as it stood, and picks parents. A pick is good if the clade that
the picked individual had from then on came to hold somebody better than itself. Picks who had no further children in
the run say nothing and are left out; `coverage` is the share of the others, and where it is low the figure is of few.
This measures agreement with what happened to be tried, not what the policy would have brought about.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hyperagent.science.intervals import Interval, mean_interval
from hyperagent.science.members import Member

MOMENTS = 10
FIRST, LAST = 0.1, 0.8
PICKS = 8


@dataclass(frozen=True)
class Scored:
    """A policy and its picks: the share whose clade improved, and of all picks the share of which that is known.

    `carriers` counts the individuals that have the policy, `failures` the moments at which it gave no valid ids.
    """

    name: str
    carriers: int
    improved: Interval
    coverage: float
    failures: int


def moments(children: int) -> list[int]:
    """How many individuals the archive held at each moment."""
    if children < MOMENTS:
        return []
    return sorted({round(children * (FIRST + (LAST - FIRST) * k / (MOMENTS - 1))) + 1 for k in range(MOMENTS)})


def outcomes(members: Sequence[Member], count: int) -> dict[int, bool]:
    """For each of the first `count` that had descendants after them: whether one of these beat it on validation."""
    best: dict[int, float] = {}
    for member in members[count:]:
        above = member.parent
        while above is not None:
            if above < count:
                best[above] = max(best.get(above, -math.inf), member.score)
            above = members[above].parent
    return {id: score > members[id].score for id, score in best.items()}


def scored(name: str, carriers: int, picks: Mapping[int, Sequence[int] | None], members: Sequence[Member]) -> Scored:
    """The score of a policy from its picks at each moment, None where it failed."""
    known: list[float] = []
    made = 0
    for count, ids in picks.items():
        happened = outcomes(members, count)
        made += len(ids or ())
        known += [float(happened[id]) for id in ids or () if id in happened]
    failures = sum(ids is None for ids in picks.values())
    return Scored(name, carriers, mean_interval(known), len(known) / made if made else math.nan, failures)


def verdict(seed: Scored, others: Sequence[Scored]) -> str:
    """Whether editing the selection helped, as far as this tells."""
    if not others:
        return "Nobody changed the selection."
    best = max(others, key=lambda one: one.improved.mean if math.isfinite(one.improved.mean) else -math.inf)
    if not math.isfinite(best.improved.mean) or not math.isfinite(seed.improved.mean):
        return "Too few picks have a known outcome to tell."
    if best.improved.low > seed.improved.mean:
        return f"Editing may have helped: {best.name} picks better than the seed's own, beyond its interval."
    if best.improved.high < seed.improved.mean:
        return "Editing made it worse: no changed selection comes up to the seed's own."
    return "No changed selection picks clearly better or worse than the seed's own."
