"""What is known of every individual without reading it: a line of a fixed size each, and arrays that are doubled."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from archive.individual import Individual

LINE = np.dtype(
    [
        ("parent", "<i8"),
        ("depth", "<i4"),
        ("size", "<i8"),
        ("score", "<f8"),
        ("state", "u1"),
        ("digest", "u1", 32),
        ("record", "u1", 32),
    ]
)
"""The layout of a line. A seed is its own parent; `record` is SHA-256 of the record."""
PACKED = struct.Struct("<qiqdB32s32s")
COLUMNS = ("parent", "depth", "size", "score", "state", "digest")
ELIGIBLE, UNSCORED, STILLBORN = 0, 1, 2


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


class Growing:
    """One entry an individual, in the order of ids."""

    def __init__(self, lines: Sequence[bytes] = ()) -> None:
        table = np.frombuffer(b"".join(lines), dtype=LINE)
        self._count = len(table)
        self._arrays = {name: np.ascontiguousarray(table[name]) for name in COLUMNS}

    def append(self, line: bytes) -> None:
        """Note one more individual."""
        if self._count == len(self._arrays["parent"]):
            self._arrays = {name: doubled(array) for name, array in self._arrays.items()}
        entry = np.frombuffer(line, dtype=LINE)
        for name, array in self._arrays.items():
            array[self._count] = entry[name][0]
        self._count += 1

    def line(self, individual: Individual, record: bytes) -> bytes:
        """The line of an individual, the next one or one that is here; `record` is the digest of its record."""
        parent = individual.parent
        return PACKED.pack(
            individual.id if parent is None else parent,
            0 if parent is None else int(self._arrays["depth"][parent]) + 1,
            sum(len(individual.genome.raw(name)) for name in individual.genome),
            individual.score,
            state(individual),
            bytes.fromhex(individual.digest),
            record,
        )

    def candidates(self, count: int) -> Columns:
        """The columns of those who may be parents, as they were when there were `count` individuals."""
        arrays = {name: array[:count] for name, array in self._arrays.items()}
        chosen = np.flatnonzero(arrays["state"] == ELIGIBLE)
        visits = np.bincount(arrays["parent"][1:], minlength=count)
        return Columns(
            id=chosen.astype(np.int64),
            score=arrays["score"][chosen],
            visits=visits[chosen].astype(np.int64),
            depth=arrays["depth"][chosen].astype(np.int64),
            size=arrays["size"][chosen],
        )

    def best(self) -> int | None:
        """The first individual with the highest score; None where nobody has one."""
        score = self._arrays["score"][: self._count]
        found = np.where(np.isnan(score), -np.inf, score)
        return int(found.argmax()) if len(found) and found.max() > -np.inf else None

    def living(self) -> dict[bytes, int]:
        """The first living individual of each genome, by its digest."""
        alive = np.flatnonzero(self._arrays["state"][: self._count] != STILLBORN)
        digests = np.ascontiguousarray(self._arrays["digest"][alive]).view("V32").ravel().tolist()
        return dict(zip(reversed(digests), reversed(alive.tolist()), strict=True))

    def score(self, id: int) -> float:
        """The validation score of one individual."""
        return float(self._arrays["score"][id])

    def digest(self, id: int) -> str:
        """The digest of the genome of one individual."""
        return bytes(self._arrays["digest"][id]).hex()

    def __len__(self) -> int:
        return self._count


def state(individual: Individual) -> int:
    """Whether an individual may be a parent, and if not whether it lives."""
    if individual.stillborn:
        return STILLBORN
    return ELIGIBLE if np.isfinite(individual.score) else UNSCORED


def doubled(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """The array with room for as many entries again."""
    grown = np.zeros((max(16, 2 * len(array)), *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
