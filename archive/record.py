"""An individual as bytes and back. Genome files and evaluations lie apart, by digest, and are stored once.

What a child has changed is named as like what its parent had there, so that the store can keep the difference.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

import msgpack

from archive.columns import PACKED
from archive.errors import ArchiveError
from archive.individual import RACED, Evaluation, Individual, Pruned, PrunedGenome, Question, Trial
from archive.store import Blob
from meta import Genome, Patch, PatchError
from meta.genome import content_digest

Blobs = dict[bytes, Blob]
TRIAL = attrgetter(*(field.name for field in fields(Trial)))
QUESTION = attrgetter(*(field.name for field in fields(Question)))


@dataclass(frozen=True)
class Kept:
    """Which blobs an individual is made of, by their digests."""

    genome: bytes
    files: Mapping[str, bytes]
    evaluations: Mapping[str, bytes]
    questions: bytes | None = None

    @property
    def blobs(self) -> list[bytes]:
        """All of them."""
        others = [] if self.questions is None else [self.questions]
        return [self.genome, *self.files.values(), *self.evaluations.values(), *others]

    def trials(self, split: str) -> bytes | None:
        """The trials that a child's on a split are most like: those of a culled one are on validation tasks."""
        return self.evaluations.get("validation" if split == RACED else split)


NOTHING = Kept(b"", {}, {})


def packed(individual: Individual, parent: Kept = NOTHING, exchanges: bytes = b"") -> tuple[bytes, Blobs]:
    """The record of an individual and the blobs that it names; `exchanges` are pairs of digests that it vouches for."""
    blobs: Blobs = {}
    files = {
        name: keep(blobs, individual.genome.raw(name), parent.files.get(name)) for name in individual.genome
    }  # fmt: skip
    evaluations = {
        split: keep(blobs, pack(list(map(TRIAL, evaluation.trials))), parent.trials(split))
        for split, evaluation in individual.evaluations.items()
    }
    record: dict[str, object] = {
        "genome": keep(blobs, pack(files), parent.genome or None),
        "parents": list(individual.parents),
        "patch": None if individual.patch is None else individual.patch.plain(),
        "evaluations": evaluations,
        "stillborn": list(individual.stillborn),
        "steward": individual.steward,
        "fallbacks": list(individual.fallbacks),
    }
    if individual.proposed is not None:
        record["proposed"] = individual.proposed.plain()
    if individual.questions:
        record["questions"] = keep(blobs, pack(list(map(QUESTION, individual.questions))))
    if exchanges:
        record["exchanges"] = exchanges
    return pack(record), blobs


def vouched(said: Mapping[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """The exchanges with models that a record vouches for: the key and the digest of each."""
    pairs = said.get("exchanges", b"")
    return ((pairs[at : at + 32], pairs[at + 32 : at + 64]) for at in range(0, len(pairs), 64))


def unpacked(id: int, line: bytes, record: bytes, blob: Callable[[bytes], bytes]) -> Individual:
    """The individual that a line and a record describe; `blob` gives the content of a digest."""
    try:
        said: Mapping[str, Any] = unpack(record)
        parts = kept(said, blob)
        individual = Individual(
            id=id,
            genome=Genome({name: blob(digest) for name, digest in parts.files.items()}),
            evaluations={split: evaluation(blob(digest)) for split, digest in parts.evaluations.items()},
            questions=() if parts.questions is None else tuple(Question(*q) for q in unpack(blob(parts.questions))),
            **told(said),
        )
    except (KeyError, TypeError, ValueError, PatchError) as error:
        raise ArchiveError(f"individual {id}: the record cannot be read: {error!r:.200}") from None
    expected = PACKED.unpack(line)[5].hex()
    if individual.digest != expected:
        raise ArchiveError(f"individual {id}: genome {individual.digest[:12]}, expected {expected[:12]}")
    return individual


def pruned(id: int, line: bytes, record: bytes) -> Pruned:
    """What a line and a record alone say of an individual whose files and trials are gone."""
    fields = PACKED.unpack(line)
    try:
        said: Mapping[str, Any] = unpack(record)
        genome, splits = PrunedGenome(fields[5].hex()), tuple(said["evaluations"])
        return Pruned(id=id, genome=genome, known_score=fields[3], splits=splits, **told(said))
    except (KeyError, TypeError, ValueError, PatchError) as error:
        raise ArchiveError(f"individual {id}: the record cannot be read: {error!r:.200}") from None


def told(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a record says itself, without the blobs that it names."""
    return {
        "parents": tuple(said["parents"]),
        "patch": None if said["patch"] is None else Patch.from_plain(said["patch"]),
        "stillborn": tuple(said["stillborn"]),
        "steward": said["steward"],
        "fallbacks": tuple(said["fallbacks"]),
        "proposed": None if "proposed" not in said else Patch.from_plain(said["proposed"]),
    }


def kept(said: Mapping[str, Any], blob: Callable[[bytes], bytes]) -> Kept:
    """The blobs that a record names."""
    return Kept(said["genome"], unpack(blob(said["genome"])), said["evaluations"], said.get("questions"))


def evaluation(content: bytes) -> Evaluation:
    """An evaluation from its bytes."""
    return Evaluation(tuple(Trial(*trial) for trial in unpack(content)))


def keep(blobs: Blobs, content: bytes, like: bytes | None = None) -> bytes:
    """Put content among the blobs and return its digest."""
    digest = content_digest(content)
    blobs[digest] = Blob(content, like if like != digest else None)
    return digest


def pack(value: object) -> bytes:
    """Plain data as msgpack."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(data: bytes) -> Any:
    """Msgpack as plain data."""
    return msgpack.unpackb(data, strict_map_key=False)
