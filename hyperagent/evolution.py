"""Evolution: choose a parent, let it propose a patch of itself, build the child, try it, keep it."""

import importlib.util
import time
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from archive import Individual
from hyperagent.domain import Domain
from hyperagent.errors import DomainError, GenomeError, UsageError
from hyperagent.flow import Flow
from hyperagent.gateway import Gateway
from hyperagent.llm import LLM, language_model
from hyperagent.nursery import Nursery
from hyperagent.population import Population
from hyperagent.program import guest, package_sources, trusted
from hyperagent.run import Run, opened
from hyperagent.settings import Settings
from meta import Genome, GenomeFileError, Policy, violations
from meta.gate import seed_policy
from sandbox_runner import Pool, Preload

CONTRACT_FILES = ("task_agent.py", "meta_agent.py", "selection.py")


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
    """The workers. What every call needs is loaded before the fork: our own code and the domain's, never a genome's."""
    tools = {} if domain.tools is None else {"domain_tools": trusted(domain.tools, f"<tools of {domain.name}>")}
    shared = {"agent_tools": guest("agent_tools"), **tools}
    code = Preload(("ast", "libcst", "libcst.metadata"), {**package_sources("meta"), **shared, "warm": guest("warm")})
    numbers = Preload(("numpy", "numpy.random"), shared)
    full = Preload((*numbers.imports, *code.imports), code.modules)
    preloads = {"bare": Preload(modules=shared), "code": code, "numbers": numbers, "full": full}
    return Pool(settings.processes, preloads, sandbox=settings.sandbox)


def seed_genome(domain: Domain | None = None) -> Genome:
    """The built-in seed, with the domain's task agent if it has one of its own."""
    found = importlib.util.find_spec("hyperagent.seed")
    assert found is not None and found.submodule_search_locations is not None
    genome = read_genome(Path(next(iter(found.submodule_search_locations))))
    return genome if domain is None or domain.seed is None else genome.with_files({"task_agent.py": domain.seed})


def read_genome(folder: Path) -> Genome:
    """The files of a folder as a genome; hidden ones, byte code and package markers are left out."""
    if not folder.is_dir():
        raise GenomeError(f"{folder}: no such folder, expected the files of a genome")
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    files = [path for path in files if path.name != "__init__.py"]
    kept = [p for p in files if not any(part.startswith((".", "__pycache__")) for part in p.relative_to(folder).parts)]
    try:
        return Genome({path.relative_to(folder).as_posix(): path.read_bytes() for path in kept})
    except (GenomeFileError, OSError) as error:
        raise GenomeError(f"{folder}: {error}") from None


def checked_seed(genome: Genome) -> Genome:
    """The genome, if it parses and has the three contract functions; what it imports is its author's business."""
    everything = Policy(imports=_Everything(), forbidden_names=())
    broken = [v for v in violations(genome, everything) if v.rule in ("syntax", "contract", "size")]
    if broken:
        raise GenomeError(f"the seed genome cannot run: {broken[0]}")
    return genome


class _Everything(frozenset[str]):
    """The set that has every name in it."""

    def __contains__(self, name: object) -> bool:
        return True
