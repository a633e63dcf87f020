"""What tables and plots show of each individual: a whole population fits in memory because no genome is kept."""

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from archive import RACED, Archive, Individual, lineage_digest
from hyperagent.errors import UsageError
from hyperagent.honesty import QUARANTINE
from hyperagent.science.alarms import probes
from hyperagent.settings import Settings
from hyperagent.touched import touched
from meta import Patch

Status: TypeAlias = Literal["alive", "culled", "stillborn"]
Changed: TypeAlias = Literal["nothing", "task", "meta", "both"]
TASK_AGENT = "task_agent.py"


@dataclass(frozen=True)
class Member:
    """An individual without its genome and trials; a mean that was not measured is NaN."""

    id: int
    parents: tuple[int, ...]
    digest: str
    status: Status
    train: float
    validation: float
    test: float
    title: str
    operators: tuple[str, ...]
    stillborn: tuple[str, ...]
    probes: int = 0
    changed: Changed = "nothing"
    """Which level the patch edits: files that are the task agent's, the rest, or both."""
    ahead: float = math.nan
    """How much more than its parent a culled child scored, on the validation tasks that it came to; mostly below 0."""
    cpu: float = 0.0
    """Processor seconds of the trials that were made for it; a trial that it shares with an earlier one is not its."""

    @property
    def parent(self) -> int | None:
        """The first parent's id; the seed has none."""
        return self.parents[0] if self.parents else None

    @property
    def quarantined(self) -> bool:
        """Whether it was put aside because it scored where no honest answer can."""
        return any(reason.startswith(QUARANTINE) for reason in self.stillborn)

    @property
    def score(self) -> float:
        """The validation mean for comparing: minus infinity where there is none."""
        return self.validation if math.isfinite(self.validation) else -math.inf


@dataclass(frozen=True)
class Census:
    """Every member in the order of ids, and the digest of the lineage, from one pass over the archive."""

    members: tuple[Member, ...]
    lineage: str
    fallbacks: int = 0
    """Blocks in which the steward's own selection failed."""


def census(archive: Archive, visit: Callable[[Individual], None] = lambda _: None) -> Census:
    """The members of an archive; raises `UsageError` where there is not even a seed. Each is shown to `visit`."""
    members: list[Member] = []
    seen: set[int] = set()
    fallen: set[int] = set()
    validated: dict[int, list[float]] = {}
    lag = recorded_lag(archive)

    def noted() -> Iterator[Individual]:
        for individual in archive:
            made = replace(member(individual), cpu=spent(individual, seen), ahead=ahead(individual, validated))
            members.append(made)
            if made.status == "alive" and "validation" in individual.evaluations:
                validated[individual.id] = individual.evaluations["validation"].scores
            visit(individual)
            if individual.fallbacks:
                fallen.add((individual.id - 1) // lag)
            yield individual

    # Of a run that was pruned the digest is the one that it had before.
    lineage = lineage_digest(noted())
    lineage = archive.store.setting("lineage") or lineage
    if not members:
        raise UsageError("the archive is empty, expected at least the seed")
    return Census(tuple(members), lineage, len(fallen))


def ahead(individual: Individual, validated: Mapping[int, Sequence[float]]) -> float:
    """The difference of a culled child to its parent in the mean over the tasks that it came to; NaN for others."""
    raced, before = individual.evaluations.get(RACED), validated.get(individual.parent or 0)
    if not individual.parents or raced is None or not raced.trials or before is None:
        return math.nan
    return raced.mean - math.fsum(before[: len(raced.trials)]) / len(raced.trials)


def recorded_lag(archive: Archive) -> int:
    """How many generations of the run were chosen together."""
    found = re.search(r"^lag = (\d+)", archive.store.setting("settings") or "", re.MULTILINE)
    return int(found[1]) if found else Settings().lag


def spent(individual: Individual, seen: set[int]) -> float:
    """The processor seconds of the trials that nobody before had; two trials with the same times are one."""
    total = 0.0
    for trial in (trial for evaluation in individual.evaluations.values() for trial in evaluation.trials):
        key = hash((trial.task, trial.cpu_seconds, trial.wall_seconds))
        if key not in seen:
            seen.add(key)
            total += trial.cpu_seconds
    return total


def member(individual: Individual) -> Member:
    """What is shown of an individual."""
    patch = individual.patch or Patch()
    return Member(
        id=individual.id,
        parents=individual.parents,
        digest=individual.digest,
        status=status(individual),
        train=mean(individual, "train"),
        validation=mean(individual, "validation"),
        test=mean(individual, "test"),
        title=patch.title,
        operators=patch.operators,
        stillborn=individual.stillborn,
        probes=probes(individual),
        changed=changed(patch),
    )


def changed(patch: Patch) -> Changed:
    """Which level a patch edits."""
    levels = {name == TASK_AGENT for edit in patch.edits for name in touched(edit)}
    return "nothing" if not levels else "both" if len(levels) == 2 else "task" if True in levels else "meta"


def status(individual: Individual) -> Status:
    """How far an individual came."""
    return "stillborn" if individual.stillborn else "culled" if individual.culled else "alive"


def mean(individual: Individual, split: str) -> float:
    """The mean score on a split, NaN if it was not measured there."""
    evaluation = individual.evaluations.get(split)
    return math.nan if evaluation is None else evaluation.mean


def known(archive: Archive, id: int | None) -> Individual:
    """The individual with this id, the best where it is None; raises `UsageError` for one that is not there."""
    if not len(archive):
        raise UsageError("the archive is empty, expected at least the seed")
    if id is None:
        return archive.best() or archive[0]
    if not 0 <= id < len(archive):
        raise UsageError(f"individual {id} is not in the archive, expected an id from 0 to {len(archive) - 1}")
    return archive[id]
