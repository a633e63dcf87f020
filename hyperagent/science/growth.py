"""Which individual's meta agent is taken elsewhere: the one whose descendants grew most, soon after it.

HyperAgents chooses the agent to transfer by discounted growth: the mean, over the descendants of an individual, of
GAMMA ** (generations between them) times what the descendant's score is above the individual's. A descendant that was
given up on or never ran has no score; it counts as no growth, so that a meta agent is not praised for few survivors.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hyperagent.errors import RunError
from hyperagent.science.members import Member

GAMMA = 0.6
FEWEST = 3


@dataclass(frozen=True)
class Growth:
    """The discounted growth of an individual's descendants, of which `scored` have a score."""

    id: int
    growth: float
    descendants: int
    scored: int


def growths(members: Sequence[Member], gamma: float = GAMMA) -> list[Growth]:
    """The growth of every individual that has a score itself, in the order of ids."""
    sums = [0.0] * len(members)
    total, scored = [0] * len(members), [0] * len(members)
    for member in members:
        for distance, above in enumerate(ancestry(members, member), 1):
            total[above.id] += 1
            if math.isfinite(member.validation) and math.isfinite(above.validation):
                scored[above.id] += 1
                sums[above.id] += gamma**distance * (member.validation - above.validation)
    living = [member.id for member in members if math.isfinite(member.validation)]
    return [Growth(id, sums[id] / total[id] if total[id] else 0.0, total[id], scored[id]) for id in living]


def ancestry(members: Sequence[Member], member: Member) -> list[Member]:
    """The first parents of a member, the nearest first."""
    found = []
    while member.parent is not None:
        member = members[member.parent]
        found.append(member)
    return found


def chosen(members: Sequence[Member], fewest: int = FEWEST, gamma: float = GAMMA) -> Growth:
    """The individual with the highest growth among those with enough descendants that have a score.

    The seed is left out: its meta agent is what the chosen one is compared with.
    """
    able = [one for one in growths(members, gamma) if one.scored >= fewest and one.id != 0]
    if not able:
        raise RunError(f"no individual but the seed has {fewest} descendants with a score, expected a longer run")
    return max(able, key=lambda one: (one.growth, -one.id))
