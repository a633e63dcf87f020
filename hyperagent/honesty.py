"""What is measured beside the trials so that the figures can be trusted: noise, canaries and twins.

Kept as JSON under names of their own beside the records of an archive. Nothing here is read by a decision of the run,
but that an individual which scored on a canary is put aside.
"""

import json
import math
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from archive import Evaluation, Trial

NOISE, WATCH = "noise", "watch"
QUARANTINE = "quarantine"


class Ledger(Protocol):
    """Where texts are kept by name: the store of an archive."""

    def setting(self, key: str) -> str | None:
        """What is kept under a name, if anything is."""

    def set(self, key: str, value: str) -> None:
        """Keep a text under a name."""


@dataclass(frozen=True)
class Noise:
    """The same genome tried several times on the same tasks: is there a difference, and how large is it?

    `floor` is twice the standard deviation of the mean score over the tries: a gain below it is no more than two tries
    of one genome differ by. It is 0 where every trial gave the same answer again.
    """

    is_noisy: bool
    floor: float
    means: tuple[float, ...]

    @classmethod
    def measured(cls, tries: Sequence[Evaluation]) -> "Noise":
        """The noise between several evaluations of one genome on one split."""
        results = {tuple((repr(trial.answer), trial.score) for trial in one.trials) for one in tries}
        means = tuple(one.mean for one in tries if one.trials)
        spread = statistics.stdev(means) if len(means) > 1 else 0.0
        return cls(len(results) > 1, 2 * spread, means)

    def json(self) -> str:
        """The noise as it is kept."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Watch:
    """What the watch saw of one individual: canaries that it scored on, and its mean on tasks and on their twins."""

    id: int
    caught: tuple[str, ...]
    tasks: float
    twins: float

    @classmethod
    def seen(cls, id: int, caught: Sequence[str], pairs: Sequence[tuple[Trial, Trial]]) -> "Watch":
        """The watch of one individual."""
        count = len(pairs) or math.nan
        tasks, twins = (math.fsum(pair[side].score for pair in pairs) / count for side in (0, 1))
        return cls(id, tuple(caught), tasks, twins)


def note_noise(ledger: Ledger, found: Noise | None) -> None:
    """Keep what was measured before a run, if anything was."""
    if found is not None:
        ledger.set(NOISE, found.json())


def note_watch(ledger: Ledger, watch: Watch) -> None:
    """Keep what was seen of an individual, in place of what an earlier attempt saw."""
    known = {one.id: one for one in watches(ledger)}
    known[watch.id] = watch
    ledger.set(WATCH, json.dumps([asdict(one) for one in known.values()]))


def watches(ledger: Ledger) -> list[Watch]:
    """Everything the watch has seen, in the order of ids."""
    found = [Watch(one["id"], tuple(one["caught"]), one["tasks"], one["twins"])
             for one in json.loads(ledger.setting(WATCH) or "[]")]  # fmt: skip
    return sorted(found, key=lambda one: one.id)


def noise(ledger: Ledger) -> Noise | None:
    """The noise that was measured before a run; None where it was not."""
    kept = ledger.setting(NOISE)
    if kept is None:
        return None
    found = json.loads(kept)
    return Noise(found["is_noisy"], found["floor"], tuple(found["means"]))
