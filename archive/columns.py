"""What is known of every individual without reading it: a line of a fixed size each, and arrays that are doubled."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

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
OF_ALL = ("parent", "depth", "score", "state", "digest")
ELIGIBLE, UNSCORED, STILLBORN = 0, 1, 2


@dataclass(frozen=True)
class Columns:
    """What selection is shown: one entry for each candidate, all arrays of one length.

    id, visits, depth and size (bytes of source) are int64, score is float64; they are not to be written to. Time is not
    among them: a choice that depends on it could not be repeated.
    """

    id: NDArray[np.int64]
    score: NDArray[np.float64]
    visits: NDArray[np.int64]
    depth: NDArray[np.int64]
    size: NDArray[np.int64]


class Table:
    """Arrays of one length that are extended in place and doubled when they are full, so that what was seen stays."""

    def __init__(self, **arrays: NDArray[Any]) -> None:
        self._arrays = arrays
        self._count = len(next(iter(arrays.values())))

    def append(self, **entry: object) -> None:
        """One more entry of each."""
        if self._count == len(next(iter(self._arrays.values()))):
            self._arrays = {name: doubled(array) for name, array in self._arrays.items()}
        for name, array in self._arrays.items():
            array[self._count] = entry[name]
        self._count += 1

    def __getitem__(self, name: str) -> NDArray[Any]:
        return self._arrays[name][: self._count]

    def __len__(self) -> int:
        return self._count


class Growing:
    """One entry an individual, in the order of ids, and beside it one entry a candidate."""

    def __init__(self, lines: Sequence[bytes] = ()) -> None:
        table = np.frombuffer(b"".join(lines), dtype=LINE)
        eligible = table["state"] == ELIGIBLE
        visits = np.bincount(table["parent"][1:], minlength=len(table)) if len(table) else np.zeros(0, np.int64)
        place = np.where(eligible, np.cumsum(eligible) - 1, -1)
        self._all = Table(place=place, **{name: np.ascontiguousarray(table[name]) for name in OF_ALL})
        self._candidates = Table(
            id=np.flatnonzero(eligible).astype(np.int64),
            score=table["score"][eligible],
            depth=table["depth"][eligible].astype(np.int64),
            size=table["size"][eligible],
            visits=visits[eligible].astype(np.int64),
        )

    def append(self, line: bytes) -> None:
        """Note one more individual."""
        parent, depth, size, score, state, digest, _ = PACKED.unpack(line)
        id, eligible, place = len(self._all), state == ELIGIBLE, len(self._candidates)
        self._all.append(
            place=place if eligible else -1,
            parent=parent,
            depth=depth,
            score=score,
            state=state,
            digest=np.frombuffer(digest, np.uint8),
        )
        if eligible:
            self._candidates.append(id=id, score=score, depth=depth, size=size, visits=0)
        if id and 0 <= parent < id and self._all["place"][parent] >= 0:
            self._candidates["visits"][self._all["place"][parent]] += 1

    def line(self, individual: Individual, record: bytes) -> bytes:
        """The line of an individual, the next one or one that is here; `record` is the digest of its record."""
        parent = individual.parent
        return PACKED.pack(
            individual.id if parent is None else parent,
            0 if parent is None else int(self._all["depth"][parent]) + 1,
            sum(len(individual.genome.raw(name)) for name in individual.genome),
            individual.score,
            state(individual),
            bytes.fromhex(individual.digest),
            record,
        )

    def candidates(self, count: int) -> Columns:
        """The columns of those who may be parents, as they were when there were `count` individuals."""
        number = int(np.searchsorted(self._candidates["id"], count))
        return Columns(
            visits=self._visits(number, max(1, count)),
            **{name: self._candidates[name][:number] for name in ("id", "score", "depth", "size")},
        )

    def _visits(self, number: int, count: int) -> NDArray[np.int64]:
        """The visits of the first candidates, without those by individuals from `count` on."""
        visits = self._candidates["visits"][:number].astype(np.int64)
        later = self._all["place"][self._all["parent"][count:]]
        np.subtract.at(visits, later[(later >= 0) & (later < number)], 1)
        return visits

    def best(self) -> int | None:
        """The first individual with the highest score; None where nobody has one."""
        score = self._all["score"]
        found = np.where(np.isnan(score), -np.inf, score)
        return int(found.argmax()) if len(found) and found.max() > -np.inf else None

    def living(self) -> dict[bytes, int]:
        """The first living individual of each genome, by its digest."""
        alive = np.flatnonzero(self._all["state"] != STILLBORN)
        digests = np.ascontiguousarray(self._all["digest"][alive]).view("V32").ravel().tolist()
        return dict(zip(reversed(digests), reversed(alive.tolist()), strict=True))

    def children(self, id: int) -> list[int]:
        """The ids of those whose first parent it is."""
        found: list[int] = np.flatnonzero(self._all["parent"] == id).tolist()
        return [child for child in found if child != id]

    def score(self, id: int) -> float:
        """The validation score of one individual."""
        return float(self._all["score"][id])

    def digest(self, id: int) -> str:
        """The digest of the genome of one individual."""
        return bytes(self._all["digest"][id]).hex()

    def __len__(self) -> int:
        return len(self._all)


def state(individual: Individual) -> int:
    """Whether an individual may be a parent, and if not whether it lives."""
    if individual.stillborn:
        return STILLBORN
    return ELIGIBLE if np.isfinite(individual.score) else UNSCORED


def doubled(array: NDArray[Any]) -> NDArray[Any]:
    """The array with room for as many entries again."""
    grown = np.zeros((max(16, 2 * len(array)), *array.shape[1:]), array.dtype)
    grown[: len(array)] = array
    return grown
