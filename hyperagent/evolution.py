"""Evolution: choose a parent, let it propose a patch of itself, build the child, try it, keep it."""

import time
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archive import ArchiveError, Individual
from hyperagent.cluster import cluster
from hyperagent.domain import Domain
from hyperagent.errors import (
    ApprovalNeeded,
    BudgetExhausted,
    DomainError,
    HyperagentError,
    LLMError,
    UsageError,
)
from hyperagent.flow import Flow
from hyperagent.frozen import keep_frozen
from hyperagent.gateway import Gateway
from hyperagent.llm import LLM, language_model
from hyperagent.nursery import Nursery
from hyperagent.policy import run_policy
from hyperagent.population import Population
from hyperagent.preloads import preloads
from hyperagent.proposing import CONSTITUTION
from hyperagent.review import Ask
from hyperagent.run import Run, opened
from hyperagent.seeds import checked_seed, seed_genome
from hyperagent.settings import Settings
from meta import Genome
from sandbox_runner import Pool

if TYPE_CHECKING:
    from hyperagent.cluster.head import Cluster


def evolve(
    domain: Domain,
    run: str | Path | None = None,
    *,
    genome: Genome | None = None,
    frozen: Genome | None = None,
    llm: LLM | str = "",
    spec: Mapping[str, object] | None = None,
    settings: Settings | None = None,
    review: Ask | None = None,
    **options: object,
) -> Iterator[Individual]:
    """Evolve a genome on a domain: yield the seed, then each child when it is in the archive, in order.

    `run` is the folder that keeps everything; None keeps it in memory. With the folder of an earlier run the evolution
    goes on where that one ended and yields what is new. `options` are fields of `Settings`: `generations` is how many
    children there are to be in all, `seed`, `workers`, `minutes`, ... The lineage depends on the seed and the settings,
    not on the number of workers or on time. `genome` is the seed to begin with, else the built-in one with the
    domain's own task agent. `frozen` is a genome whose meta agent and selection make and pick all parents, and which
    no patch changes. `llm` is the name of a model, or a model; without one operators propose.

    With `approve="always"` or `"meta"` children (or those that change more than task_agent.py) are not run before
    `review(child, parent)` has returned "" for them, a reason why not, which later proposals are shown, or a
    `meta.Genome` to run in its place. None leaves a child in the queue that `hyperagent approve` works through; when
    nothing else is left, `ApprovalNeeded` is raised.

    Raises `DomainError`, `RunError`, `GenomeError` or `UsageError` before anything is run if something is not as it
    must be, and `sandbox_runner.SandboxUnavailable` where no safe jail can be had.
    """
    chosen = (settings or Settings()).updated({**options, "llm": llm} if llm and isinstance(llm, str) else options)
    if not isinstance(domain, Domain):
        raise UsageError(f"evolve was given {type(domain).__name__}, expected a hyperagent.Domain")
    seed = checked_seed(seed_genome(domain) if genome is None else genome)
    model = language_model(chosen) if isinstance(llm, str) else llm
    if frozen is not None:
        chosen = chosen.updated({"proposer": "frozen"})
    elif chosen.proposer == "frozen":
        raise UsageError("proposer is 'frozen' and no genome is given, expected evolve(..., frozen=GENOME)")
    folder = None if run is None else Path(run)
    return generations(domain, folder, seed, model, chosen, spec or {"name": domain.name}, review, frozen)


def generations(
    domain: Domain,
    folder: Path | None,
    seed: Genome,
    model: LLM | None,
    settings: Settings,
    spec: Mapping[str, object],
    review: Ask | None,
    frozen: Genome | None = None,
) -> Iterator[Individual]:
    """The individuals of a run, from the first that is not in its archive yet."""
    if settings.generations and not all(domain.split(settings.seed).values()):
        raise DomainError(f"domain {domain.name}: a split has no tasks, expected some for train, validation and test")
    with opened(folder, domain, settings, spec) as run, pool(settings, domain) as jails:
        seed = run.archive[0].genome if len(run.archive) else seed
        policy = run_policy(seed, settings)
        flow = Flow(jails)
        gateway = None if model is None else Gateway(model, settings, run.archive.store, flow)
        keep_constitution(run)
        try:
            keep_frozen(run.archive.store, frozen)
            yield from born(run, Nursery(run, flow, domain, seed, policy, gateway, frozen), gateway, review)
        finally:
            flow.close()
            # Where this fails the archive has said so already, or will; what is not kept is tried again.
            with suppress(ArchiveError):
                run.work.write()


def born(run: Run, nursery: Nursery, gateway: Gateway | None, review: Ask | None) -> Iterator[Individual]:
    """Keep as many generations under way as the lag allows, and yield what they bring forth.

    When the money is spent, or a model cannot be reached, no more are begun, and those under way are brought to their
    end as far as they can be: what was paid for is kept.
    """
    minutes = run.settings.minutes
    deadline = time.monotonic() + 60 * minutes if minutes else None
    ready: deque[Individual] = deque()
    population = Population(run, nursery, ready.append, review)
    ended: HyperagentError | None = None
    while True:
        if gateway is not None and gateway.exhausted:
            ended = ended or BudgetExhausted(gateway.exhausted)
        if ended is None and (deadline is None or time.monotonic() < deadline):
            population.start()
        if population.idle or (ended is not None and nursery.flow.idle):
            break
        if population.waiting and nursery.flow.idle:
            first = min(population.waiting)
            ended = ApprovalNeeded(
                f"{len(population.waiting)} children wait for a yes or no, the first is {first}: see hyperagent approve"
            )
            break
        nursery.flow.advance(1.0)
        run.work.write_if_due()
        try:
            population.check()
        except (BudgetExhausted, LLMError) as error:
            ended = ended or error
        yield from drained(ready)
    if ended is not None:
        raise ended


def drained(ready: deque[Individual]) -> Iterator[Individual]:
    """What is ready, taken out."""
    while ready:
        yield ready.popleft()


def keep_constitution(run: Run) -> None:
    """The user's principles as they stood when the run was begun."""
    path = run.settings.constitution
    if path and run.archive.store.setting(CONSTITUTION) is None:
        try:
            run.archive.store.set(CONSTITUTION, Path(path).read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"constitution {path}: cannot be read: {error}") from None


def pool(settings: Settings, domain: Domain) -> "Pool | Cluster":
    """The workers of a run: processes here, or the machines of a cluster."""
    if settings.cluster:
        return cluster(settings.cluster, preloads(domain), settings.sandbox)
    return Pool(settings.processes, preloads(domain), sandbox=settings.sandbox)
