"""Who descends from whom, and one digest for a whole lineage."""

import hashlib
from collections.abc import Iterable

from archive.archive import Archive
from archive.individual import Individual


def ancestors(archive: Archive, id: int) -> list[Individual]:
    """The individual and its first parents, from the seed down."""
    line = [archive[id]]
    while line[-1].parent is not None:
        line.append(archive[line[-1].parent])
    return line[::-1]


def lineage_digest(individuals: Iterable[Individual]) -> str:
    """SHA-256, in hex, over every individual's id, genome, parents and scores in order; no measured time is in it."""
    whole = hashlib.sha256()
    for individual in individuals:
        scores = " ".join(
            f"{split}={score.hex()}"
            for split, evaluation in sorted(individual.evaluations.items())
            for score in evaluation.scores
        )
        born = "stillborn" if individual.stillborn else "alive"
        whole.update(f"{individual.id} {individual.digest} {individual.parents} {born} {scores}\n".encode())
    return whole.hexdigest()
