"""imp@k: how much better the best of k children is than the agent they come from, all made by one frozen meta agent.

HyperAgents, section 5.2. The children form an archive of their own, in which the frozen selection picks the parents.
The best is chosen on validation; the gain is that of its test score over the start's. Two meta agents that start from
the same agent, with the same tasks and random streams, make a pair.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from archive import Archive
from hyperagent.errors import UsageError
from hyperagent.run import reading
from hyperagent.science.cells import Cell
from hyperagent.science.curves import best_so_far
from hyperagent.science.intervals import Interval, interval_over_runs
from hyperagent.science.members import member
from hyperagent.science.paired import Comparison, compared, holm

ARMS = ("frozen", "seed")


@dataclass(frozen=True)
class Improvement:
    """imp@k of one run at each k that is looked at; `curve` has it for every number of children from 0 on.

    `start` is the test score of what the run began with, `head` the hash of its last record.
    """

    seed: int
    start: float
    gains: Mapping[int, float]
    curve: tuple[float, ...] = ()
    head: str = ""


@dataclass(frozen=True)
class Row:
    """What k children gain, by the frozen meta agent and by the seed's, and the difference pair by pair; `corrected` is
    its p-value among all k that are looked at (Holm)."""

    k: int
    frozen: Interval
    seed: Interval
    comparison: Comparison
    corrected: float = math.nan


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
    curve = tuple(best.test - members[0].test for best in best_so_far(members))
    gains = {k: curve[min(k, len(curve) - 1)] for k in ks}
    return Improvement(seed, members[0].test, gains, curve, archive.store.head)


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
    """One row for each k, its p-value corrected for their number."""
    made = [row(found, k) for k in ks]
    corrected = holm([one.comparison.p for one in made])
    return [replace(one, corrected=p) for one, p in zip(made, corrected, strict=True)]


def row(found: Mapping[str, Sequence[Improvement]], k: int) -> Row:
    """The row of one k."""
    gains = {
        arm: {one.seed: one.gains[k] for one in runs if math.isfinite(one.gains[k])} for arm, runs in found.items()
    }
    frozen, seed = (interval_over_runs(list(gains[arm].values())) for arm in ARMS)
    return Row(k, frozen, seed, compared(gains["frozen"], gains["seed"]))


def looks(k: int, named: Sequence[int] = ()) -> list[int]:
    """The numbers of children at which a run of k is read: those that are named beforehand, else the usual ones."""
    beyond = [at for at in named if not 1 <= at <= k]
    if beyond:
        raise UsageError(f"a run of {k} children cannot be read at {beyond[0]}, expected 1 to {k}")
    return sorted(set(named)) or budgets(k)


def budgets(k: int) -> list[int]:
    """The usual ones: 25, 50, 100, ... and k."""
    found = [step for step in (25 * 2**power for power in range(20)) if step < k]
    return [*found, k]
