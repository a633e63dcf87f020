"""What the proposal of a child is shown: its parent, what became of others, and donors of code."""

import functools
import math
import random
from collections.abc import Callable, Sequence

import numpy as np

from archive import Columns, Individual
from hyperagent.domain import Task, plain
from hyperagent.review import REFUSED
from hyperagent.streams import stream_seed
from meta import Genome, Patch
from sandbox_runner import Plain

HISTORY = 150
DONORS = 2
DONOR_POOL = 12
SHOWN_TEXT = 1000
NO_FILES = Genome({})


class Showing:
    """Puts the individuals of a run into the plain data that proposals see. It keeps what it has told."""

    def __init__(self, individual: Callable[[int], Individual], train: Sequence[Task], seed: int, lag: int) -> None:
        self._individual = individual
        self._inputs = {task.id: task.input for task in train}
        self._seed = seed
        self._told = functools.lru_cache(maxsize=HISTORY + 4 * lag)(self._summary)

    def history(self, count: int) -> tuple[Plain, ...]:
        """The last of the first `count` individuals."""
        return tuple(self._told(id) for id in range(max(0, count - HISTORY), count))

    def parent(self, parent: Individual) -> Plain:
        """A parent, with its files and what it did on train."""
        train = parent.evaluations["train"]
        trials: list[Plain] = [
            {
                "task": trial.task,
                "input": shortened(plain(self._inputs.get(trial.task))),
                "outcome": trial.outcome,
                "answer": shortened(trial.answer),
                "score": trial.score,
                "feedback": trial.feedback,
            }
            for trial in train.trials
        ]
        files = texts(parent.genome)
        return {"id": parent.id, "files": files, "score": parent.score, "train": train.mean, "trials": trials}

    def donors(self, id: int, parent: Individual, columns: Columns) -> list[Plain]:
        """Other good individuals, with the files in which they differ from the parent of child `id`."""
        found: list[Plain] = []
        for donor in map(self._individual, donor_ids(self._seed, id, parent.id, columns)):
            found.append({"id": donor.id, "score": donor.score, "files": texts(donor.genome, parent.genome)})
        return found

    def _summary(self, id: int) -> Plain:
        individual = self._individual(id)
        told = summary(individual, None if individual.parent is None else self._individual(individual.parent))
        if individual.questions:
            told["dollars"] = math.fsum(question.dollars for question in individual.questions)
        return told


def donor_ids(seed: int, id: int, parent: int, columns: Columns) -> list[int]:
    """Those good individuals, other than its parent, that the proposal of child `id` is shown."""
    ids = [id for id in leading(columns, DONOR_POOL) if id != parent]
    return random.Random(stream_seed(seed, "donors", id)).sample(ids, min(DONORS, len(ids)))


def leading(columns: Columns, count: int) -> list[int]:
    """The ids of those with the highest scores, the oldest first among equals; ids are in order."""
    score = columns.score
    least = np.partition(score, -count)[-count] if len(score) > count else -np.inf
    among = np.flatnonzero(score >= least)
    found: list[int] = columns.id[among[np.argsort(-score[among], kind="stable")]][:count].tolist()
    return found


def summary(child: Individual, parent: Individual | None) -> dict[str, Plain]:
    """What proposals are shown of an individual: no trial, and no score but train and validation."""
    patch = child.patch or Patch()
    refused = [reason for reason in child.stillborn if reason.startswith(REFUSED)]
    return {
        **({"refused": refused[0]} if refused else {}),
        "id": child.id,
        "parent": child.parent,
        "title": patch.title,
        "operators": [*patch.operators],
        "status": "stillborn" if child.stillborn else "culled" if child.culled else "alive",
        "gain": 0.0 if parent is None or child.stillborn or child.culled else child.score - parent.score,
    }


def texts(genome: Genome, other: Genome = NO_FILES) -> dict[str, Plain]:
    """The files of a genome that are text, without those that another one has as they are."""
    names = [name for name in genome if name not in other or other.raw(name) != genome.raw(name)]
    return {name: text for name in names if isinstance(text := genome[name], str)}


def shortened(value: object) -> Plain:
    """Text cut to what a proposal needs of it."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= SHOWN_TEXT else f"{text[:SHOWN_TEXT]}..."
