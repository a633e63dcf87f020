"""The archive of a run: add an individual, read one, and the columns that selection reads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from archive.errors import ArchiveError
from archive.individual import Individual
from archive.record import packed, unpacked
from archive.store import Store


@dataclass(frozen=True)
class Columns:
    """What selection is shown: one entry for each candidate, all arrays of one length.

    id, visits, depth and size (bytes of source) are int64, score is float64. Time is not among them: a choice that
    depends on it could not be repeated.
    """

    id: NDArray[np.int64]
    score: NDArray[np.float64]
    visits: NDArray[np.int64]
    depth: NDArray[np.int64]
    size: NDArray[np.int64]


@dataclass
class _Growing:
    """One entry an individual, in the order of ids."""

    score: list[float] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    eligible: list[bool] = field(default_factory=list)


class Archive:
    """Every individual of a run, durable once `add` has returned. `path` None keeps it in memory."""

    def __init__(self, path: Path | None = None, *, create: bool = True) -> None:
        self.store = Store(path, create=create)
        self._columns = _Growing()
        self._ids: dict[str, int] = {}
        self._best: int | None = None
        try:
            for individual in self:
                self._note(individual)
        except ArchiveError:
            self.close()
            raise

    def add(self, individual: Individual) -> None:
        """Write one individual, whose id must be the next one, in one transaction."""
        if individual.id != len(self):
            raise ValueError(f"individual {individual.id}: expected {len(self)}, the next id")
        if not all(0 <= parent < individual.id for parent in individual.parents):
            raise ValueError(f"individual {individual.id}: parents {individual.parents}, expected earlier ones")
        self.store.append(individual.id, *packed(individual))
        self._note(individual)

    def best(self) -> Individual | None:
        """The individual with the highest validation score; of several the first. None before the seed is added."""
        return None if self._best is None else self[self._best]

    @property
    def best_score(self) -> float:
        """The highest validation score so far."""
        return -np.inf if self._best is None else self._columns.score[self._best]

    def id_of(self, digest: str) -> int | None:
        """The first living individual with this genome."""
        return self._ids.get(digest)

    def candidates(self, count: int | None = None) -> Columns:
        """The columns of those who may be parents, as the archive stood when it held `count` individuals."""
        count = len(self) if count is None else count
        parents = np.array(self._columns.parent[1:count], dtype=np.int64)
        visits = np.bincount(parents, minlength=count) if count else np.zeros(0, np.int64)
        chosen = np.flatnonzero(np.array(self._columns.eligible[:count], dtype=bool))
        return Columns(
            id=chosen.astype(np.int64),
            score=np.array(self._columns.score[:count], dtype=np.float64)[chosen],
            visits=visits[chosen].astype(np.int64),
            depth=np.array(self._columns.depth[:count], dtype=np.int64)[chosen],
            size=np.array(self._columns.size[:count], dtype=np.int64)[chosen],
        )

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __getitem__(self, id: int) -> Individual:
        return unpacked(id, self.store.record(id), self.store.blob)

    def __iter__(self) -> Iterator[Individual]:
        for id, record in self.store.records():
            yield unpacked(id, record, self.store.blob)

    def __len__(self) -> int:
        return len(self._columns.score)

    def _note(self, individual: Individual) -> None:
        columns, parent = self._columns, individual.parent
        columns.score.append(individual.score)
        columns.parent.append(individual.id if parent is None else parent)
        columns.depth.append(0 if parent is None else columns.depth[parent] + 1)
        columns.size.append(sum(len(individual.genome.raw(name)) for name in individual.genome))
        columns.eligible.append(not individual.stillborn and np.isfinite(individual.score))
        if not individual.stillborn:
            self._ids.setdefault(individual.digest, individual.id)
        if individual.score > self.best_score:
            self._best = individual.id
