"""Evolution: choose a parent, let it propose a patch of itself, build the child, try it, keep it."""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive import Individual
from hyperagent.domain import Domain
from hyperagent.errors import DomainError, UsageError
from hyperagent.flow import Flow
from hyperagent.gateway import Gateway
from hyperagent.llm import LLM, language_model
from hyperagent.nursery import Nursery
from hyperagent.population import Population
from hyperagent.preloads import preloads
from hyperagent.run import Run, opened
from hyperagent.seeds import checked_seed, seed_genome
from hyperagent.settings import Settings
from meta import Genome
from meta.gate import seed_policy
from sandbox_runner import Pool


def evolve(
    domain: Domain,
    run: str | Path | None = None,
    *,
    genome: Genome | None = None,
    llm: LLM | str = "",
    spec: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    **options: object,
) -> Iterator[Individual]:
    """Evolve a genome on a domain: yield the seed, then each child when it is in the archive, in order.

    `run` is the folder that keeps everything; None keeps it in memory. With the folder of an earlier run the evolution
    goes on where that one ended and yields what is new. `options` are fields of `Settings`: `generations` is how many
    children there are to be in all, `seed`, `workers`, `minutes`, ... The lineage depends on the seed and the settings,
    not on the number of workers or on time. `genome` is the seed to begin with, else the built-in one with the
    domain's own task agent. `llm` is the name of a model, or a model; without one operators propose.

    Raises `DomainError`, `RunError`, `GenomeError` or `UsageError` before anything is run if something is not as it
    must be, and `sandbox_runner.SandboxUnavailable` where no safe jail can be had.
    """
    chosen = (settings or Settings()).updated({**options, "llm": llm} if llm and isinstance(llm, str) else options)
    if not isinstance(domain, Domain):
        raise UsageError(f"evolve was given {type(domain).__name__}, expected a hyperagent.Domain")
    seed = checked_seed(seed_genome(domain) if genome is None else genome)
    model = language_model(chosen) if isinstance(llm, str) else llm
    return generations(domain, None if run is None else Path(run), seed, model, chosen, spec or {"name": domain.name})


def generations(
    domain: Domain, folder: Path | None, seed: Genome, model: LLM | None, settings: Settings, spec: Mapping[str, object]
) -> Iterator[Individual]:
    """The individuals of a run, from the first that is not in its archive yet."""
    if settings.generations and not all(domain.split(settings.seed).values()):
        raise DomainError(f"domain {domain.name}: a split has no tasks, expected some for train, validation and test")
    with opened(folder, domain, settings, spec) as run, pool(settings, domain) as jails:
        flow = Flow(jails)
        gateway = Gateway(model, settings.dollars, run.archive.store) if model is not None else None
        seed = run.archive[0].genome if len(run.archive) else seed
        try:
            yield from born(run, Nursery(run, flow, domain, seed, seed_policy(seed), gateway))
        finally:
            flow.close()


def born(run: Run, nursery: Nursery) -> Iterator[Individual]:
    """Keep as many generations under way as the lag allows, and yield what they bring forth."""
    minutes = run.settings.minutes
    deadline = time.monotonic() + 60 * minutes if minutes else None
    ready: deque[Individual] = deque()
    population = Population(run, nursery, ready.append)
    while True:
        if deadline is None or time.monotonic() < deadline:
            population.start()
        if population.idle:
            return
        nursery.flow.advance(1.0)
        population.check()
        while ready:
            yield ready.popleft()


def pool(settings: Settings, domain: Domain) -> Pool:
    """The workers of a run."""
    return Pool(settings.processes, preloads(domain), sandbox=settings.sandbox)
