"""An individual as bytes and back. Genome files and evaluations lie apart, by digest, and are stored once."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import astuple
from typing import Any

import msgpack

from archive.errors import ArchiveError
from archive.individual import Evaluation, Individual, Trial
from meta import Genome, Patch, PatchError

Blobs = dict[bytes, bytes]


def packed(individual: Individual) -> tuple[bytes, Blobs]:
    """The record of an individual and the blobs that it names."""
    blobs: Blobs = {}
    manifest = {name: keep(blobs, individual.genome.raw(name)) for name in individual.genome}
    record = {
        "digest": individual.digest,
        "genome": keep(blobs, pack(manifest)),
        "parents": list(individual.parents),
        "patch": None if individual.patch is None else individual.patch.plain(),
        "evaluations": {
            split: keep(blobs, pack([astuple(trial) for trial in evaluation.trials]))
            for split, evaluation in individual.evaluations.items()
        },
        "stillborn": list(individual.stillborn),
        "steward": individual.steward,
        "fallbacks": list(individual.fallbacks),
    }
    return pack(record), blobs


def unpacked(id: int, record: bytes, blob: Callable[[bytes], bytes]) -> Individual:
    """The individual that a record describes; `blob` gives the content of a digest."""
    try:
        fields: Mapping[str, Any] = unpack(record)
        manifest = unpack(blob(fields["genome"]))
        individual = Individual(
            id=id,
            genome=Genome({name: blob(digest) for name, digest in manifest.items()}),
            parents=tuple(fields["parents"]),
            patch=None if fields["patch"] is None else Patch.from_plain(fields["patch"]),
            evaluations={
                split: Evaluation(tuple(Trial(*trial) for trial in unpack(blob(digest))))
                for split, digest in fields["evaluations"].items()
            },
            stillborn=tuple(fields["stillborn"]),
            steward=fields["steward"],
            fallbacks=tuple(fields["fallbacks"]),
        )
    except (KeyError, TypeError, ValueError, PatchError) as error:
        raise ArchiveError(f"individual {id}: the record cannot be read: {error!r:.200}") from None
    if individual.digest != fields["digest"]:
        raise ArchiveError(f"individual {id}: genome {individual.digest[:12]}, expected {fields['digest'][:12]}")
    return individual


def keep(blobs: Blobs, content: bytes) -> bytes:
    """Put content among the blobs and return its digest."""
    digest = hashlib.sha256(content).digest()
    blobs[digest] = content
    return digest


def pack(value: object) -> bytes:
    """Plain data as msgpack."""
    packed: bytes = msgpack.packb(value)
    return packed


def unpack(data: bytes) -> Any:
    """Msgpack as plain data."""
    return msgpack.unpackb(data, strict_map_key=False)
