"""The reported best of a run, tried again on tasks that no run has used.

The best of many is chosen by its luck too. So the reported best is the one whose lower bound on validation is highest,
and what is quoted of it is its score on new tasks, beside the seed's on the same ones.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from archive import Archive, Evaluation, Individual
from hyperagent.contract import Failure, build_call, built
from hyperagent.domain import Domain
from hyperagent.errors import DomainError, GenomeError, RunError
from hyperagent.evaluate import Evaluator
from hyperagent.flow import Flow
from hyperagent.honesty import Ledger
from hyperagent.preloads import preloads
from hyperagent.program import Program, file_digest
from hyperagent.run import ARCHIVE, locked
from hyperagent.science.intervals import Interval, mean_interval
from hyperagent.science.members import known
from hyperagent.settings import Settings
from meta import Genome
from meta.gate import limitless, seed_policy
from sandbox_runner import Pool

CONFIRMED = "confirmed"
TASKS = 96
FINALISTS = 20


@dataclass(frozen=True)
class Confirmed:
    """Scores of the seed and of the reported best on the same new tasks, one entry a task."""

    id: int
    seed: tuple[float, ...]
    best: tuple[float, ...]

    @property
    def gain(self) -> Interval:
        """The mean difference, task by task."""
        return mean_interval([after - before for before, after in zip(self.seed, self.best, strict=True)])


def confirm(folder: Path, domain: Domain, settings: Settings, tasks: int = TASKS) -> Confirmed:
    """Try the reported best of a run and its seed on new tasks, and keep the result in the run."""
    renewed = domain.renewed(tasks)
    if renewed is None:
        raise DomainError(f"domain {domain.name} makes no further tasks, expected one with more=")
    with locked(folder):
        archive = Archive(folder / ARCHIVE, create=False)
        try:
            if archive.is_pruned:
                raise RunError(f"{folder}: was pruned, expected a run with the trials of every individual")
            found = tried(archive, renewed, settings)
            archive.store.set(CONFIRMED, json.dumps([found.id, found.seed, found.best]))
        finally:
            archive.close()
    return found


def confirmed(ledger: Ledger) -> Confirmed | None:
    """What was kept of a run's last confirmation."""
    kept = ledger.setting(CONFIRMED)
    if kept is None:
        return None
    id, seed, best = json.loads(kept)
    return Confirmed(id, tuple(seed), tuple(best))


def reported(archive: Archive) -> Individual:
    """The individual with the highest lower bound on validation, of several the one with the highest mean."""
    scores = archive.candidates()
    order = sorted(range(len(scores.id)), key=lambda place: (-scores.score[place], scores.id[place]))
    finalists = [archive[int(scores.id[place])] for place in order[:FINALISTS]]
    return max(finalists, key=lambda one: (lower_bound(one), one.score, -one.id), default=known(archive, None))


def lower_bound(individual: Individual) -> float:
    """The lower end of the 95% interval of the validation mean, the mean where there is none."""
    found = mean_interval(individual.evaluations["validation"].scores)
    return found.low if math.isfinite(found.low) else found.mean


def tried(archive: Archive, domain: Domain, settings: Settings) -> Confirmed:
    """Both on the test tasks of a domain."""
    best = reported(archive)
    before, after = evaluations([archive[0].genome, best.genome], domain, settings)
    return Confirmed(best.id, tuple(before.scores), tuple(after.scores))


def evaluations(genomes: Sequence[Genome], domain: Domain, settings: Settings) -> list[Evaluation]:
    """Genomes on the test tasks of a domain, in jails of their own."""
    with Pool(settings.processes, preloads(domain), sandbox=settings.sandbox) as jails:
        flow = Flow(jails)
        evaluator = Evaluator(flow, domain, settings.seed, None)
        futures = [flow.spawn(evaluation(flow, evaluator, genome)) for genome in genomes]
        while not all(future.done for future in futures):
            flow.advance(1.0)
        return [future.result() for future in futures]


async def evaluation(flow: Flow, evaluator: Evaluator, genome: Genome) -> Evaluation:
    """One genome on the test tasks."""
    return await evaluator.evaluation(await compiled(flow, genome), "test")


async def compiled(flow: Flow, genome: Genome) -> Program:
    """The program of a genome that is in an archive."""
    made = built(await flow.call(build_call(genome, None, limitless(seed_policy(genome)), [])), genome)
    if isinstance(made, Failure):
        raise GenomeError(f"the genome cannot be compiled: {made.text}")
    if made.violations:
        raise GenomeError(f"the genome cannot run: {made.violations[0]}")
    return Program(genome, {file_digest(genome, name): unit for name, unit in made.units.items()})
