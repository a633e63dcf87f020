"""imp@k: how much better the best of k children is than the agent they come from, all made by one frozen meta agent.

HyperAgents, section 5.2. The children form an archive of their own, in which the frozen selection picks the parents.
The best is chosen on validation; the gain is that of its test score over the start's. Two meta agents that start from
the same agent, with the same tasks and random streams, make a pair.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from archive import Archive
from hyperagent.run import reading
from hyperagent.science.cells import Cell
from hyperagent.science.curves import best_so_far
from hyperagent.science.intervals import Interval, mean_interval
from hyperagent.science.members import Member, member
from hyperagent.science.paired import Comparison, compared

ARMS = ("frozen", "seed")


@dataclass(frozen=True)
class Improvement:
    """imp@k of one run, at each k."""

    seed: int
    start: float
    gains: Mapping[int, float]


@dataclass(frozen=True)
class Row:
    """What k children gain, by the frozen meta agent and by the seed's, and the difference pair by pair."""

    k: int
    frozen: Interval
    seed: Interval
    comparison: Comparison


def cells(
    domain: str,
    options: Mapping[str, str],
    frozen: Mapping[int, str],
    plain: str,
    k: int,
    settings: Mapping[str, object],
) -> list[Cell]:
    """Two runs for each seed: `frozen` has the folder of the frozen genome by seed, `plain` is the seed's."""
    fixed = {**settings, "fixed": "meta"}
    return [
        Cell(f"{arm}-{seed}", domain, seed, k, options, fixed, frozen=of[seed] if arm == "frozen" else plain)
        for seed, of in ((seed, frozen) for seed in frozen)
        for arm in ARMS
    ]


def improvement(archive: Archive, seed: int, ks: Sequence[int]) -> Improvement:
    """The improvement of one run, whose individual 0 is the start."""
    members = [member(individual) for individual in archive]
    return Improvement(seed, members[0].test, {k: gain(members, k) for k in ks})


def gain(members: Sequence[Member], k: int) -> float:
    """The test score of the best of the first k children, or of the start, less the start's."""
    best = best_so_far(members[: k + 1])[-1]
    return best.test - members[0].test


def measured(
    folder: Path, seeds: Sequence[int], ks: Sequence[int], failed: Mapping[str, str]
) -> dict[str, list[Improvement]]:
    """The improvements of both arms, of the seeds for which neither failed."""
    whole = [seed for seed in seeds if not any(f"{arm}-{seed}" in failed for arm in ARMS)]
    return {arm: [read(folder / f"{arm}-{seed}", seed, ks) for seed in whole] for arm in ARMS}


def read(folder: Path, seed: int, ks: Sequence[int]) -> Improvement:
    """The improvement of the run in a folder."""
    archive = reading(folder)
    try:
        return improvement(archive, seed, ks)
    finally:
        archive.close()


def rows(found: Mapping[str, Sequence[Improvement]], ks: Sequence[int]) -> list[Row]:
    """One row for each k."""
    return [row(found, k) for k in ks]


def row(found: Mapping[str, Sequence[Improvement]], k: int) -> Row:
    """The row of one k."""
    gains = {
        arm: {one.seed: one.gains[k] for one in runs if math.isfinite(one.gains[k])} for arm, runs in found.items()
    }
    frozen, seed = (mean_interval(list(gains[arm].values())) for arm in ARMS)
    return Row(k, frozen, seed, compared(gains["frozen"], gains["seed"]))


def budgets(k: int) -> list[int]:
    """The numbers of children at which a run of k is read: 25, 50, 100, ... and k."""
    found = [step for step in (25 * 2**power for power in range(20)) if step < k]
    return [*found, k]
