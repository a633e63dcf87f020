"""The archive of a run: add an individual, read one, and the columns that selection reads."""

import functools
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from archive.columns import Columns, Growing
from archive.errors import ArchiveError
from archive.individual import Individual
from archive.record import NOTHING, Kept, kept, packed, pruned, unpack, unpacked, vouched
from archive.store import Store

FAMILY = 64


class Archive:
    """Every individual of a run, durable once `add` has returned. `path` None keeps it in memory.

    Opening reads a line an individual; individuals are read when they are asked for.
    """

    def __init__(self, path: Path | None = None, *, create: bool = True) -> None:
        self.store = Store(path, create=create)
        try:
            self._columns = Growing(self.store.lines())
            self._whole = self.store.whole
        except ArchiveError:
            self.close()
            raise
        self._best = self._columns.best()
        self._ids: dict[bytes, int] | None = None
        self._vouched = set[bytes]()
        self._exchanges = 0
        self.kept = functools.lru_cache(maxsize=FAMILY)(self._kept)

    def add(self, individual: Individual) -> None:
        """Write one individual, whose id must be the next one, in one transaction."""
        if self.is_pruned:
            raise ArchiveError(f"{self.store.path}: was pruned, expected a whole archive to add to")
        if individual.id != len(self):
            raise ValueError(f"individual {individual.id}: expected {len(self)}, the next id")
        if not all(0 <= parent < individual.id for parent in individual.parents):
            raise ValueError(f"individual {individual.id}: parents {individual.parents}, expected earlier ones")
        parent = NOTHING if individual.parent is None else self.kept(individual.parent)
        row, new = self._unvouched()
        record, blobs = packed(individual, parent, b"".join(sorted(new)))
        line = self._columns.line(individual, hashlib.sha256(record).digest())
        self.store.append(line, record, blobs)
        self._vouched.update(new)
        self._exchanges = row
        self._note(individual, line)

    def best(self) -> Individual | None:
        """The individual with the highest validation score; of several the first. None before the seed is added."""
        return None if self._best is None else self[self._best]

    @property
    def best_score(self) -> float:
        """The highest validation score so far."""
        return -np.inf if self._best is None else self._columns.score(self._best)

    def id_of(self, digest: str, before: int | None = None) -> int | None:
        """The first living individual with this genome, among those with an id below `before`."""
        if self._ids is None:
            self._ids = self._columns.living()
        found = self._ids.get(bytes.fromhex(digest))
        return found if found is None or before is None or found < before else None

    def has(self, id: int) -> bool:
        """Whether the files and trials of an individual are here; where it was pruned only its record is."""
        return self._whole is None or id in self._whole

    @property
    def is_pruned(self) -> bool:
        """Whether anybody was pruned: nothing can be added any more, since choices would need what is gone."""
        return self._whole is not None

    def children(self, id: int) -> list[int]:
        """The ids of those whose first parent it is."""
        return self._columns.children(id)

    def candidates(self, count: int | None = None) -> Columns:
        """The columns of those who may be parents, as the archive stood when it held `count` individuals."""
        return self._columns.candidates(len(self) if count is None else count)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def __getitem__(self, id: int) -> Individual:
        return self._read(id, *self.store.record(id))

    def __iter__(self) -> Iterator[Individual]:
        for id, line, record in self.store.records():
            yield self._read(id, line, record)

    def __len__(self) -> int:
        return len(self._columns)

    def _read(self, id: int, line: bytes, record: bytes) -> Individual:
        return unpacked(id, line, record, self.store.blob) if self.has(id) else pruned(id, line, record)

    def _kept(self, id: int) -> Kept:
        """Which blobs an individual is made of."""
        return kept(unpack(self.store.record(id)[1]), self.store.blob)

    def _unvouched(self) -> tuple[int, set[bytes]]:
        """The last row of an exchange with a model, and the key and digest of those that no record vouches for yet."""
        new = self.store.exchanges_after(self._exchanges)
        if new and not self._exchanges:
            for _, _, record in self.store.records():
                self._vouched.update(key + digest for key, digest in vouched(unpack(record)))
        last = max([self._exchanges, *(row for row, _, _ in new)])
        return last, {key + digest for _, key, digest in new} - self._vouched

    def _note(self, individual: Individual, line: bytes) -> None:
        self._columns.append(line)
        if self._ids is not None and not individual.stillborn:
            self._ids.setdefault(bytes.fromhex(individual.digest), individual.id)
        if individual.score > self.best_score:
            self._best = individual.id
