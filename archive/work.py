"""Work in flight: finished trials of generations that are not in the archive yet, and who has begun those.

A trial is kept by what it is: the digest of the program that was tried, and that of the task, the random stream and
the turn. So whoever goes on with a run finds it, and no decision depends on whether it was found. A lease says which
process has begun a generation. Both go in the transaction in which the individual of the generation is written.

Each row has its hash: one that was edited is named, and never used. What this does not cover is someone who computes
the hash anew; `replay --evaluations` finds that once the individual is in the archive.
"""

import hashlib
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from archive.errors import ArchiveError
from archive.individual import Trial
from archive.record import TRIAL, pack, unpack
from archive.store import Store

EVERY = 0.25
"""Seconds between two writes: so much is lost at most, and a run of fast trials is not slowed down by its writing."""
REFUSED = "work refused"
"""The setting that names the rows that were not what was written, and hence not used."""
UNREADABLE = "a part of the work in flight that cannot be read"
LEASE = 3
"""The columns of a lease; a trial has more."""
AGAIN = "Killed"
"""Trials with this outcome are not kept: a worker that dies looks so, and another machine may do better."""

Key: TypeAlias = tuple[bytes, bytes]


@dataclass(frozen=True)
class Lease:
    """A generation in flight: who has begun it, how many of its trials are done, and the seconds that these took."""

    generation: int
    holder: str
    trials: int = 0
    seconds: float = 0.0


class Work:
    """The work in flight of a run, for the process that makes it. Without a store nothing is kept, nor found."""

    def __init__(
        self, store: Store | None = None, holder: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._holder = holder.encode()
        self._clock = clock
        self._written = -EVERY
        self._wanted: dict[bytes, int] = {}
        self._ended: dict[Key, Trial] = {}
        self._filed: dict[Key, int] = {} if store is None else taken_over(store)

    def begin(self, generations: Iterable[int]) -> None:
        """Take the leases of generations, also of those that another process had begun."""
        if self._store is not None:
            taken = [(generation, self._holder) for generation in generations]
            self._store.keep_work([(*lease, sealed(*lease)) for lease in taken], [])

    def claim(self, program: str, generation: int) -> None:
        """Say that a generation needs the trials of a program, given by its digest."""
        if self._store is not None:
            key = bytes.fromhex(program)
            self._wanted[key] = max(generation, self._wanted.get(key, 0))

    def find(self, program: str, attempt: bytes) -> Trial | None:
        """A trial that was made by a process before this one."""
        key = bytes.fromhex(program), attempt
        row = self._row(key) if key in self._filed else None
        return None if row is None else Trial(*unpack(row[4]))

    def keep(self, program: str, attempt: bytes, trial: Trial) -> None:
        """Keep a trial that has ended, until every generation that needs it is in the archive."""
        key = bytes.fromhex(program)
        if key in self._wanted and trial.outcome != AGAIN:
            self._ended[key, attempt] = trial
            self.write_if_due()

    def settle(self, generation: int) -> None:
        """Let go of what a generation needed and no later one does: it is about to be written with its trials."""
        self._wanted = {key: last for key, last in self._wanted.items() if last > generation}
        self._ended = {key: trial for key, trial in self._ended.items() if key[0] in self._wanted}
        shared = [key for key, last in self._filed.items() if last <= generation and key[0] in self._wanted]
        self._write([(key, row[4]) for key in shared if (row := self._row(key)) is not None])
        self._filed = {key: last for key, last in self._filed.items() if last > generation}

    def write_if_due(self) -> None:
        """Write what has ended, unless something was written just now."""
        if self._ended and self._clock() - self._written >= EVERY:
            self.write()

    def write(self) -> None:
        """Write what has ended."""
        ended, self._ended = self._ended, {}
        self._write([(key, pack(TRIAL(trial))) for key, trial in ended.items()])

    def _write(self, trials: list[tuple[Key, bytes]]) -> None:
        if trials and self._store is not None:
            rows = [(*key, self._wanted[key[0]], self._holder, content) for key, content in trials]
            self._store.keep_work([], [(*row, sealed(*row)) for row in rows])
            self._filed.update({key: self._wanted[key[0]] for key, _ in trials})
            self._written = self._clock()

    def _row(self, key: Key) -> tuple[Any, ...] | None:
        """The row of a trial as it was written; None where it is not that any more."""
        assert self._store is not None
        return next((row for row in self._store.work(*key) if not fault(row)), None)


def taken_over(store: Store) -> dict[Key, int]:
    """The generation that each trial in a file was kept for; what is not as it was written is noted, and removed."""
    refused = suspects(store)
    if refused:
        sound = [row for row in rows(store) if not fault(row)]
        store.set(REFUSED, json.dumps([*refusals(store), *refused]))
        store.drop_work()
        file(store, sound)
    return {row[:2]: row[2] for row in rows(store) if len(row) > LEASE}


def file(store: Store, found: Iterable[tuple[Any, ...]]) -> None:
    """Write rows as they are."""
    both = [*found]
    store.keep_work([row for row in both if len(row) == LEASE], [row for row in both if len(row) > LEASE])


def rows(store: Store) -> Iterator[tuple[Any, ...]]:
    """The leases and the trials in flight, up to where they cannot be read."""
    with suppress(ArchiveError):
        yield from store.leases()
        yield from store.works()


def refusals(store: Store) -> list[str]:
    """The work that was found not to be what was written, by name, since the run was begun."""
    found: list[str] = json.loads(store.setting(REFUSED) or "[]")
    return found


def suspects(store: Store) -> list[str]:
    """The work in flight that is not what was written, by name, while it is there still."""
    found = [named(row) for row in rows(store) if fault(row)]
    try:
        deque([*store.leases(), *store.works()], 0)
    except ArchiveError:
        found.append(UNREADABLE)
    return found


def leases(store: Store) -> list[Lease]:
    """The generations in flight, in order, with what is known of each."""
    found: dict[int, list[Lease]] = {}
    for row in rows(store):
        if not fault(row):
            found.setdefault(row[0 if len(row) == LEASE else 2], []).append(said(row))
    return [summed(found[generation]) for generation in sorted(found)]


def said(row: tuple[Any, ...]) -> Lease:
    """What one row says of its generation."""
    if len(row) == LEASE:
        return Lease(row[0], row[1].decode())
    return Lease(row[2], row[3].decode(), 1, Trial(*unpack(row[4])).wall_seconds)


def summed(parts: list[Lease]) -> Lease:
    """What several rows say of one generation."""
    first = parts[0]
    seconds = sum(part.seconds for part in parts)
    return Lease(first.generation, first.holder, sum(part.trials for part in parts), seconds)


def fault(row: tuple[Any, ...]) -> bool:
    """Whether a row of work or a lease is not what was written: its last column is the hash of the others."""
    *values, seal = row
    try:
        return bool(sealed(*values) != seal) or (len(row) > LEASE and not Trial(*unpack(values[4])).task)
    except (TypeError, ValueError, OverflowError):
        return True


def sealed(*values: object) -> bytes:
    """SHA-256 of the values of a row."""
    return hashlib.sha256(pack(list(values))).digest()


def named(row: tuple[Any, ...]) -> str:
    """A row by the generation that it says it is for."""
    what, generation = ("a trial", row[2]) if len(row) > LEASE else ("the lease", row[0])
    return f"{what} of generation {generation!r:.20} in flight"
