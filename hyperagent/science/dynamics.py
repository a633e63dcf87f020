"""How a run went: its velocity, what a point cost, where it stood still, and where it only seemed to improve."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hyperagent.science.curves import Curves
from hyperagent.science.members import Member

POINT = 0.01
SHARE, SHORTEST = 0.15, 10


@dataclass(frozen=True)
class Plateau:
    """Generations, from the first to the last, in which nobody became the best."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many there are."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Dynamics:
    """Rates and costs of a run; what has no value is NaN.

    velocity: score gained on validation, and on test, for 100 children. cpu: processor seconds of all trials;
    cpu_per_point: those for each 0.01 gained on test, infinite where nothing was gained. plateaus: the stretches of at
    least 15 % of the run, and ten children, without a new best. regressions: new bests on validation whose test score
    was lower than that of the best before. within_noise: those whose step was smaller than the noise floor.
    """

    velocity: float
    test_velocity: float
    cpu: float
    cpu_per_point: float
    dollars_per_point: float
    plateaus: tuple[Plateau, ...]
    regressions: int
    within_noise: int


def dynamics(members: Sequence[Member], drawn: Curves, dollars: float = 0.0, floor: float = 0.0) -> Dynamics:
    """The dynamics of a population and its curves."""
    children = len(members) - 1
    cpu = math.fsum(member.cpu for member in members)
    gain = drawn.test[-1] - drawn.test[0]
    return Dynamics(
        velocity=100 * (drawn.validation[-1] - drawn.validation[0]) / children if children else math.nan,
        test_velocity=100 * gain / children if children else math.nan,
        cpu=cpu,
        cpu_per_point=per_point(cpu, gain),
        dollars_per_point=per_point(dollars, gain),
        plateaus=plateaus([step.generation for step in drawn.improvements], children),
        regressions=sum(members[step.id].test < drawn.test[step.generation - 1] for step in drawn.improvements),
        within_noise=sum(step.after - step.before < floor for step in drawn.improvements),
    )


def per_point(cost: float, gain: float) -> float:
    """What a point cost."""
    if not math.isfinite(gain):
        return math.nan
    return cost * POINT / gain if gain > 0 else math.inf


def plateaus(steps: Sequence[int], children: int) -> tuple[Plateau, ...]:
    """The long stretches between generations at which somebody became the best."""
    least = max(SHORTEST, SHARE * children)
    ends = [0, *steps, children + 1]
    found = (Plateau(before + 1, after - 1) for before, after in pairwise(ends))
    return tuple(plateau for plateau in found if plateau.length >= least)
