"""A run again: every choice, patch and genome is made anew from what was recorded, and held against what was recorded.

It is the run's own nursery that works here, in jails, on the archive as it stood for each block. Nothing is written. A
proposal that asked a language model is answered as it was then. Scores are found anew from the recorded answers;
with `evaluations` the answers too, by trying each genome again.

What cannot differ between two runs cannot be checked: measured times, and a culled child's unfinished validation.
"""

import json
from collections.abc import Coroutine, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import msgpack

from archive import RACED, Archive, Evaluation, Individual, Pruned, Trial, examined
from archive.store import PRUNED
from hyperagent.domain import Domain
from hyperagent.errors import LLMError, RunError, UsageError
from hyperagent.evaluate import Evaluator
from hyperagent.evolution import pool
from hyperagent.flow import Flow, all_of
from hyperagent.frozen import frozen_of
from hyperagent.gateway import Gateway
from hyperagent.honesty import QUARANTINE
from hyperagent.llm import Recorded
from hyperagent.llm.exchanges import MODELS
from hyperagent.nursery import Draft, Litter, Nursery
from hyperagent.policy import run_policy
from hyperagent.population import Block, block_of
from hyperagent.program import Program
from hyperagent.review import REFUSED
from hyperagent.run import ARCHIVE, Run, reading, settings_of

MOST_SCORES = 20_000


@dataclass(frozen=True)
class Divergence:
    """Where the replay and the record part: which individual (None: the file), what of it, and both sides."""

    individual: int | None
    what: str
    recorded: object
    replayed: object


Work: TypeAlias = Coroutine[Any, Any, list[Divergence]]


def replay(
    domain: Domain, folder: Path, *, workers: int = 0, evaluations: bool = False
) -> Iterator[tuple[int, list[Divergence]]]:
    """Replay a run: yield after each block how many individuals are done, and where they parted from the record.

    Raises `RunError` where the domain is not the run's, `UsageError` for `evaluations` of a run with a model.
    """
    damage = examined(folder / ARCHIVE).damage
    if damage:
        yield 0, [Divergence(None, found.where, found.what, "what was written") for found in damage]
    else:
        yield from _replayed(domain, folder, workers, evaluations)


def _replayed(domain: Domain, folder: Path, workers: int, evaluations: bool) -> Iterator[tuple[int, list[Divergence]]]:
    with closing(reading(folder)) as archive:
        settings = settings_of(archive, folder).updated({"generations": max(0, len(archive) - 1)})
        settings = replace(settings, workers=workers or settings.workers, cluster="")
        if archive.store.setting("domain") != domain.fingerprint():
            raise RunError(f"{folder}: was begun with another domain or other tasks than {domain.name} has now")
        if evaluations and archive.store.setting(MODELS) is not None:
            raise UsageError("a run whose tasks were tried with a language model cannot be tried again without asking")
        with pool(settings, domain) as jails:
            again = Again(Run(folder, archive, settings), Flow(jails), domain, evaluations)
            try:
                yield from again.blocks()
            finally:
                again.close()


class Again:
    """A run made again, block by block."""

    def __init__(self, run: Run, flow: Flow, domain: Domain, evaluations: bool) -> None:
        self._archive = run.archive
        self._settings = run.settings
        self._flow = flow
        self._evaluations = evaluations
        self._best = float("-inf")
        self._replayable = kept_by_pruning(run.archive)
        self._scores: dict[bytes, tuple[float, str]] = {}
        seed = run.archive[0].genome
        frozen = frozen_of(run.archive.store)
        self._nursery = Nursery(run, flow, domain, seed, run_policy(seed, run.settings), answering(run, flow), frozen)
        if evaluations:
            self._nursery.evaluator = Anew(flow, domain, run.settings.seed, None)

    def blocks(self) -> Iterator[tuple[int, list[Divergence]]]:
        """The seed, then each block: how many are done, and what differs."""
        seed = self._archive[0]
        yield 1, self._finished(self._seed(seed))
        blocks = -(-self._settings.generations // self._settings.lag)
        for number in range(blocks):
            block = block_of(number, self._archive, self._settings)
            yield block.generations.stop, self._finished(self._block(block))

    def close(self) -> None:
        """Give up what is not finished."""
        self._flow.close()

    def _finished(self, coroutine: Work) -> list[Divergence]:
        future = self._flow.spawn(coroutine)
        while not future.done:
            self._flow.advance(1.0)
        return future.result()

    async def _seed(self, seed: Individual) -> list[Divergence]:
        fresh = await self._nursery.firstborn() if self._evaluations else None
        found = [*await self._evaluated(seed, fresh)]
        self._best = seed.score
        return found

    async def _block(self, block: Block) -> list[Divergence]:
        """The choice of a block, then its children, all at once."""
        found: list[Divergence] = []
        if not any(self._kept(id) for id in block.generations):
            return [differs for id in block.generations for differs in self._held_out(self._archive[id])]
        picks, steward, fallbacks = await self._nursery.choose(block.columns, block.count, block.seeds)
        for id, parent in zip(block.generations, picks, strict=False):
            kept = self._archive[id]
            found += differences(id, ("parents", [*kept.parents], [parent]), ("steward", kept.steward, steward),
                                 ("fallbacks", [*kept.fallbacks], fallbacks))  # fmt: skip
        if found:
            return found
        children = zip(block.generations, block.litters(picks), strict=False)
        made = await all_of([self._flow.spawn(self._child(id, litter, block)) for id, litter in children])
        for id, differs in zip(block.generations, made, strict=True):
            found += [*differs, *self._held_out(self._archive[id])]
        return found

    def _kept(self, id: int) -> bool:
        """Whether all is there that an individual is made from: of a pruned run not of everybody."""
        return self._replayable is None or id in self._replayable

    async def _child(self, id: int, litter: Litter, block: Block) -> list[Divergence]:
        if not self._kept(id):
            return []
        kept = self._archive[id]
        try:
            draft = await self._nursery.draft(id, litter, block.columns, block.count)
        except LLMError as error:
            return [Divergence(id, "questions", [question.text for question in kept.questions], str(error))]
        if kept.proposed is not None and kept.patch is not None:
            found = patched_alike(replace(kept, patch=kept.proposed), draft.individual)
            if found or kept.digest == self._archive[kept.parents[0]].digest:
                return found
            draft = await self._nursery.rebuilt(draft, kept.patch)
        found = made_alike(kept, draft.individual)
        if found or draft.individual.stillborn:
            return found or differences(id, ("stillborn", [*kept.stillborn], [*draft.individual.stillborn]))
        return await self._tried(kept, draft)

    async def _tried(self, kept: Individual, draft: Draft) -> list[Divergence]:
        if any(reason.startswith(REFUSED) for reason in kept.stillborn):
            return []
        fresh = None
        if self._evaluations or kept.stillborn:
            fresh = await self._nursery.tried(draft)
            if not fresh.stillborn and any(reason.startswith(QUARANTINE) for reason in kept.stillborn):
                fresh, _ = await self._nursery.watched(fresh)
            found = differences(kept.id, ("stillborn", [*kept.stillborn], [*fresh.stillborn]))
            if found or kept.stillborn:
                return found
            if "test" in kept.evaluations:
                fresh = await self._nursery.tested(fresh)
        return await self._evaluated(kept, fresh)

    async def _evaluated(self, kept: Individual, fresh: Individual | None) -> list[Divergence]:
        """Whether every trial is on the task that it should be on, and scored as it should be."""
        found: list[Divergence] = []
        if fresh is not None:
            found += differences(kept.id, ("splits", sorted(kept.evaluations), sorted(fresh.evaluations)))
        for split, evaluation in kept.evaluations.items():
            posed = self._nursery.evaluator.splits.get("validation" if split == RACED else split, [])
            tasks = [task.id for task in (posed[: len(evaluation.trials)] if split == RACED else posed)]
            named = differences(kept.id, (f"tasks of {split}", [trial.task for trial in evaluation.trials], tasks))
            found += named or await self._scored(kept.id, split, evaluation, fresh)
        return found

    async def _scored(self, id: int, split: str, evaluation: Evaluation, fresh: Individual | None) -> list[Divergence]:
        again = None if fresh is None else fresh.evaluations.get(split)
        found: list[Divergence] = []
        for number, trial in enumerate(evaluation.trials):
            where = f"{split} {trial.task}"
            if again is not None:
                other = again.trials[number]
                found += differences(id, (f"score of {where}", trial.score, other.score),
                                     (f"outcome of {where}", trial.outcome, other.outcome),
                                     (f"answer of {where}", trial.answer, other.answer))  # fmt: skip
            else:
                score, feedback = await self._score(trial)
                found += differences(id, (f"score of {where}", trial.score, score),
                                     (f"feedback of {where}", trial.feedback, feedback))  # fmt: skip
        return found

    async def _score(self, trial: Trial) -> tuple[float, str]:
        key: bytes = msgpack.packb([trial.task, trial.outcome, trial.answer, trial.feedback])
        if key not in self._scores:
            if len(self._scores) >= MOST_SCORES:
                self._scores.clear()
            self._scores[key] = await self._nursery.evaluator.scored_again(trial)
        return self._scores[key]

    def _held_out(self, kept: Individual) -> list[Divergence]:
        """Whether the held-out split was tried where it should be: by each new best, and by nobody else."""
        best, self._best = self._best, max(self._best, kept.score)
        if isinstance(kept, Pruned):
            return []
        return differences(kept.id, ("tried on test", "test" in kept.evaluations, kept.score > best))


class Anew(Evaluator):
    """An evaluator that takes nothing from the archive as done."""

    def remember(self, program: Program, evaluations: object) -> None:
        """Nothing is remembered."""


def kept_by_pruning(archive: Archive) -> frozenset[int] | None:
    """Those that can be made again where others were pruned; None where nobody was."""
    text = archive.store.setting(PRUNED)
    return None if text is None else frozenset(json.loads(text)["kept"])


def answering(run: Run, flow: Flow) -> Gateway | None:
    """A gateway that answers as was answered then, and writes into an archive that is forgotten."""
    store = run.archive.store
    return Gateway(Recorded(store), run.settings, Archive().store, flow) if store.setting(MODELS) is not None else None


def made_alike(kept: Individual, made: Individual) -> list[Divergence]:
    """Where the patch, what it was asked from, or the genome that came of it differ."""
    return patched_alike(kept, made) + differences(kept.id, ("genome", kept.digest, made.digest))


def patched_alike(kept: Individual, made: Individual) -> list[Divergence]:
    """Where the patch differs, or what it was asked from."""
    old, new = kept.patch, made.patch
    found = differences(kept.id, ("questions", [*kept.questions], [*made.questions]))
    if old is None or new is None:
        found += differences(kept.id, ("patch", old and old.title, new and new.title))
    else:
        found += differences(
            kept.id,
            ("title", old.title, new.title),
            ("hypothesis", old.hypothesis, new.hypothesis),
            ("operators", [*old.operators], [*new.operators]),
            ("edits", old.plain()["edits"], new.plain()["edits"]),
        )
    return found


def differences(id: int, *sides: tuple[str, object, object]) -> list[Divergence]:
    """What differs, of (what, recorded, replayed)."""
    return [Divergence(id, what, old, new) for what, old, new in sides if old != new]
