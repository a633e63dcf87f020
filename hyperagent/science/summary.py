"""A run in numbers: what the seed scored, what the best scores, and which operators earned it."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archive import Archive, Individual
from hyperagent.confirm import Confirmed, confirmed
from hyperagent.gateway import SPENT
from hyperagent.honesty import Noise, noise, watches
from hyperagent.science.alarms import Alarms, alarms
from hyperagent.science.curves import Curves, Improvement, curves_of
from hyperagent.science.dynamics import Dynamics, dynamics
from hyperagent.science.intervals import Interval, mean_interval
from hyperagent.science.members import Census, Member, Status, census, known


@dataclass(frozen=True)
class Standing:
    """One individual with the interval of its mean on each split."""

    id: int
    digest: str
    train: Interval
    validation: Interval
    test: Interval


@dataclass(frozen=True)
class Credit:
    """What came of the patches that name an operator.

    `improved` counts the children that beat their parent on validation. `mean_gain` is over those that were evaluated:
    child minus parent on validation, of a culled child on the tasks that it came to; NaN where there was none.
    """

    name: str
    tries: int
    stillborn: int
    improved: int
    mean_gain: float


@dataclass(frozen=True)
class Summary:
    """A run in numbers; `gain` is best minus seed on the test split, task by task."""

    seed: Standing
    best: Standing
    gain: Interval
    generations: int
    counts: Mapping[Status, int]
    area: float
    improvements: tuple[Improvement, ...]
    operators: tuple[Credit, ...]
    lineage: str
    head: str
    dynamics: Dynamics
    alarms: Alarms
    noise: Noise | None
    confirmed: Confirmed | None
    fallbacks: int


def summary(archive: Archive) -> Summary:
    """The summary of a run; raises `UsageError` where there is not even a seed."""
    found = census(archive)
    return summary_of(archive, found, curves_of(found.members))


def summary_of(archive: Archive, found: Census, drawn: Curves) -> Summary:
    """The summary from what one pass over the archive has found."""
    seed, best = archive[0], known(archive, None)
    floor, dollars = noise(archive.store), float(archive.store.setting(SPENT) or 0.0)
    quarantined = [member.id for member in found.members if member.quarantined]
    return Summary(
        seed=standing(seed),
        best=standing(best),
        gain=paired_gain(seed, best, "test"),
        generations=len(found.members) - 1,
        counts=drawn.counts,
        area=drawn.area,
        improvements=drawn.improvements,
        operators=credits_of(found.members),
        lineage=found.lineage,
        head=archive.store.head,
        dynamics=dynamics(found.members, drawn, dollars, 0.0 if floor is None else floor.floor),
        alarms=alarms(seed, best, sum(m.probes for m in found.members), quarantined, watches(archive.store)),
        noise=floor,
        confirmed=confirmed(archive.store),
        fallbacks=found.fallbacks,
    )


def standing(individual: Individual) -> Standing:
    """An individual with its intervals."""
    train, validation, test = (mean_interval(scores(individual, s)) for s in ("train", "validation", "test"))
    return Standing(individual.id, individual.digest, train, validation, test)


def scores(individual: Individual, split: str) -> list[float]:
    """The scores on a split, none if it was not evaluated there."""
    evaluation = individual.evaluations.get(split)
    return [] if evaluation is None else evaluation.scores


def paired_gain(old: Individual, new: Individual, split: str) -> Interval:
    """The mean difference over the tasks of a split that both have tried."""
    before = {trial.task: trial.score for trial in old.evaluations[split].trials} if split in old.evaluations else {}
    after = {trial.task: trial.score for trial in new.evaluations[split].trials} if split in new.evaluations else {}
    return mean_interval([after[task] - before[task] for task in before if task in after])


def credits_of(members: Sequence[Member]) -> tuple[Credit, ...]:
    """The credit of every operator, the one tried most first."""
    tried: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        for name in dict.fromkeys(member.operators):
            tried[name].append(member)
    found = [credit(name, children, members) for name, children in tried.items()]
    return tuple(sorted(found, key=lambda c: (-c.tries, c.name)))


def credit(name: str, children: Sequence[Member], members: Sequence[Member]) -> Credit:
    """The credit of one operator from the children it made."""
    parents = {child.id: members[child.parent] for child in children if child.parent is not None}
    gains = [gain(child, parents[child.id]) for child in children if child.id in parents]
    measured = [value for value in gains if math.isfinite(value)]
    return Credit(
        name=name,
        tries=len(children),
        stillborn=sum(child.status == "stillborn" for child in children),
        improved=sum(child.id in parents and child.score > parents[child.id].score for child in children),
        mean_gain=math.fsum(measured) / len(measured) if measured else math.nan,
    )


def gain(child: Member, parent: Member) -> float:
    """How much better a child is than its parent, NaN for a stillborn one."""
    if child.status == "stillborn":
        return math.nan
    return child.ahead if child.status == "culled" else child.validation - parent.validation
