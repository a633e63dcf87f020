"""A population cut into clades, so that nobody and no gain is counted twice."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hyperagent.science.members import Member


@dataclass(frozen=True)
class Clade:
    """A founder with its descendants down to the next founders: how many, how many alive, and the best of them."""

    founder: int
    size: int
    alive: int
    founded_at: float
    best: float


def clades(members: Sequence[Member], founders: Sequence[int]) -> list[Clade]:
    """The clades of the seed and of these founders; every member belongs to its nearest founder alone."""
    heads = {0, *founders}
    of: list[int] = []
    for member in members:
        of.append(member.id if member.id in heads or member.parent is None else of[member.parent])
    return [clade(members, head, of) for head in sorted(heads)]


def clade(members: Sequence[Member], head: int, of: Sequence[int]) -> Clade:
    """One clade, given the founder of each member."""
    found = [member for member in members if of[member.id] == head]
    scores = [member.validation for member in found if math.isfinite(member.validation)]
    alive = sum(member.status == "alive" for member in found)
    return Clade(head, len(found), alive, members[head].validation, max(scores, default=math.nan))
