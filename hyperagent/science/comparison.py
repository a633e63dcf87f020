"""Arms compared over seeds: final scores, areas, costs, and each arm against the baseline, pair by pair."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyperagent.confirm import Confirmed, confirmed
from hyperagent.gateway import SPENT
from hyperagent.run import reading
from hyperagent.science.curves import curves_of
from hyperagent.science.experiment import Experiment, run_name
from hyperagent.science.intervals import Interval, interval_over_runs, mean_interval
from hyperagent.science.members import census
from hyperagent.science.paired import Comparison, compared, holm


@dataclass(frozen=True)
class Run:
    """What is compared of a run: the curves of its best by validation, its cost, and how many children lived.

    `confirmed` is how its reported best and its seed do on new tasks, where the experiment asks for that.
    """

    seed: int
    validation: tuple[float, ...]
    test: tuple[float, ...]
    area: float
    cpu: float
    dollars: float
    alive: int
    confirmed: Confirmed | None = None

    @property
    def final(self) -> float:
        """The test score of the best at the end; that of the reported best on new tasks, if there were any."""
        return self.test[-1] if self.confirmed is None else mean_interval(self.confirmed.best).mean

    @property
    def gain(self) -> float:
        """That, less the seed's on the same tasks."""
        return self.test[-1] - self.test[0] if self.confirmed is None else self.confirmed.gain.mean


@dataclass(frozen=True)
class Row:
    """One arm. `against` is its difference from the baseline in final test score, `corrected` its p-value among all
    arms (Holm)."""

    arm: str
    final: Interval
    validation: Interval
    gain: Interval
    area: Interval
    cpu: float
    dollars: float
    against: Comparison | None
    corrected: float


@dataclass(frozen=True)
class Comparisons:
    """All arms, the baseline first, and every run that is not in it, with the reason."""

    rows: tuple[Row, ...]
    runs: Mapping[str, Sequence[Run]]
    excluded: Mapping[str, str]


def comparisons(experiment: Experiment, folder: Path, failed: Mapping[str, str]) -> Comparisons:
    """The comparison of what is there of an experiment."""
    excluded = dict(failed)
    runs = {arm: runs_of(experiment, arm, folder, excluded) for arm in ordered(experiment)}
    pairs = {arm: paired(found, runs[experiment.baseline], excluded, arm) for arm, found in runs.items()}
    others = [arm for arm in runs if arm != experiment.baseline]
    corrected = dict(zip(others, holm([pairs[arm].p for arm in others]), strict=True))
    rows = [
        row(arm, found, pairs[arm] if arm in corrected else None, corrected.get(arm, math.nan))
        for arm, found in runs.items()
    ]
    return Comparisons(tuple(rows), runs, excluded)


def ordered(experiment: Experiment) -> list[str]:
    """The arms, the baseline first."""
    return [experiment.baseline, *(arm for arm in experiment.arms if arm != experiment.baseline)]


def runs_of(experiment: Experiment, arm: str, folder: Path, excluded: dict[str, str]) -> list[Run]:
    """The runs of an arm that are there as a whole; what is wrong with another is noted."""
    found = []
    for seed in experiment.seeds:
        name = run_name(arm, seed)
        if name not in excluded:
            run = read(folder / name, seed, new_tasks=experiment.confirm > 0)
            if len(run.test) <= experiment.generations:
                excluded[name] = f"ended after {len(run.test) - 1} of {experiment.generations} generations"
            elif not math.isfinite(run.final):
                excluded[name] = "the best has no score on the test tasks"
            else:
                found.append(run)
    return found


def read(folder: Path, seed: int, *, new_tasks: bool = False) -> Run:
    """One run, with how it did on new tasks where that is asked for."""
    archive = reading(folder)
    try:
        members = census(archive).members
        dollars = float(archive.store.setting(SPENT) or 0.0)
        again = confirmed(archive.store) if new_tasks else None
    finally:
        archive.close()
    drawn = curves_of(members)
    cpu = math.fsum(member.cpu for member in members)
    return Run(seed, drawn.validation, drawn.test, drawn.area, cpu, dollars, drawn.counts["alive"], again)


def paired(ours: Sequence[Run], baseline: Sequence[Run], excluded: dict[str, str], arm: str) -> Comparison:
    """An arm against the baseline over the seeds that both have; a run without a partner is noted."""
    theirs = {run.seed: run.final for run in baseline}
    for run in ours:
        if run.seed not in theirs:
            excluded[run_name(arm, run.seed)] = "left out of the pairs: the baseline has no run with this seed"
    return compared({run.seed: run.final for run in ours}, theirs)


def row(arm: str, runs: Sequence[Run], against: Comparison | None, corrected: float) -> Row:
    """The figures of one arm."""

    def over(value: Callable[[Run], float]) -> Interval:
        return interval_over_runs([value(run) for run in runs])

    return Row(
        arm=arm,
        final=over(lambda run: run.final),
        validation=over(lambda run: run.validation[-1]),
        gain=over(lambda run: run.gain),
        area=over(lambda run: run.area),
        cpu=over(lambda run: run.cpu).mean,
        dollars=over(lambda run: run.dollars).mean,
        against=against,
        corrected=corrected,
    )
