"""A member of the population, with all that was measured of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from meta import Genome, Patch

NEVER = -math.inf
RACED = "raced"
"""Where the trials of a culled individual stand among its evaluations."""


@dataclass(frozen=True)
class Trial:
    """One task attempted once.

    `outcome` is "Returned", "Raised", "TimedOut" or "Killed"; `answer` is plain data, None unless one was returned;
    times are in seconds and measured outside the jail, where `refused` forbidden system calls were counted, those of
    running the answer among them.
    """

    task: str
    outcome: str
    answer: object
    score: float
    feedback: str = ""
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0
    peak_bytes: int = 0
    refused: int = 0


@dataclass(frozen=True)
class Evaluation:
    """All trials of a genome on one split."""

    trials: tuple[Trial, ...]

    @property
    def mean(self) -> float:
        """The mean score, in the domain's own unit; NaN where the split has no tasks."""
        return math.fsum(self.scores) / len(self.trials) if self.trials else math.nan

    @property
    def scores(self) -> list[float]:
        """The score of each trial, in the order of the tasks."""
        return [trial.score for trial in self.trials]


@dataclass(frozen=True)
class Question:
    """What a call asked the language model, and what came of it: `text`, or `error` where there was no answer."""

    purpose: str
    prompt: str
    text: str
    error: str = ""
    stop_reason: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    dollars: float = 0.0


@dataclass(frozen=True)
class Individual:
    """A genome with its parents, the patch that made it and its evaluations by split.

    `stillborn` says why it was not evaluated, and is empty for one that lives. A `culled` individual fell
    behind its parent on the first validation tasks: it was not evaluated further and is offered to no selection. Its
    trials on those stand under "raced" instead of a split.
    `questions` are those that its proposal asked the language model. `proposed` is the patch as it was proposed,
    where a person put another one in its place.
    """

    id: int
    genome: Genome
    parents: tuple[int, ...] = ()
    patch: Patch | None = None
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    stillborn: tuple[str, ...] = ()
    steward: int = 0
    fallbacks: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    proposed: Patch | None = None

    @property
    def generation(self) -> int:
        """The generation, which is also the id: a generation is one offspring."""
        return self.id

    @property
    def digest(self) -> str:
        """The digest of the genome."""
        return self.genome.digest

    @property
    def parent(self) -> int | None:
        """The first parent's id; the seed has none."""
        return self.parents[0] if self.parents else None

    @property
    def score(self) -> float:
        """The mean on the validation split, which selection reads; minus infinity if it was never evaluated there."""
        evaluation = self.evaluations.get("validation")
        return evaluation.mean if evaluation is not None and evaluation.trials else NEVER

    @property
    def culled(self) -> bool:
        """Whether it was given up on the way through the validation split."""
        return not self.stillborn and "validation" not in self.evaluations


class PrunedGenome(Genome):
    """The genome of an individual that was pruned: its digest is known, and none of its files."""

    def __init__(self, digest: str) -> None:
        super().__init__({})
        self._digest = digest


@dataclass(frozen=True)
class Pruned(Individual):
    """An individual of which only the record is kept: neither files nor trials, but its score and how far it came."""

    known_score: float = NEVER
    splits: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """The mean on the validation split, as the archive has it."""
        return self.known_score

    @property
    def culled(self) -> bool:
        """Whether it was given up on the way through the validation split."""
        return not self.stillborn and "validation" not in self.splits
