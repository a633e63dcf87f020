"""The meta agent of an individual as it is at some moment: its genome, with what its memory makes of the run so far.

A proposal reads the memory in its genome, the history of the run and other good individuals. Elsewhere these are gone,
so they are turned into memory here, by the genome's own `memory.learned` and `memory.known`, in a jail. A genome whose
memory cannot do that stays as it is.
"""

from dataclasses import dataclass

from archive import Archive, Individual
from hyperagent.confirm import compiled
from hyperagent.contract import Failure, failure
from hyperagent.flow import Flow
from hyperagent.program import Program, guest, package_sources
from hyperagent.showing import DONOR_POOL, leading, summary, texts
from meta import Genome
from sandbox_runner import Call, Limits, Plain, Pool, Preload, Returned

MEMORY = "memory.py"
LIMITS = Limits(wall_seconds=60, cpu_seconds=20)
LARGEST = 400_000


@dataclass(frozen=True)
class Frozen:
    """A genome whose meta agent is to be used elsewhere, and why it goes without the run's history, if it does."""

    genome: Genome
    without_history: str = ""


def frozen(archive: Archive, id: int, *, lessons_only: bool = False) -> Frozen:
    """The genome of an individual with the history of its run, up to the last individual, in its memory.

    With `lessons_only` the memory has no definitions, those neither that it had before.
    """
    genome = archive[id].genome
    if MEMORY not in genome:
        return Frozen(genome, f"no {MEMORY}")
    seen = None if lessons_only else [shown(archive[one]) for one in dict.fromkeys((id, *leaders(archive)))]
    found = remembered(genome, history_of(archive), seen)
    if isinstance(found, Failure):
        return Frozen(genome, found.text)
    return Frozen(genome.with_files({MEMORY: found}))


def history_of(archive: Archive) -> list[Plain]:
    """The run as proposals are shown it."""
    scores: list[Plain] = []
    for individual in archive:
        parent = None if individual.parent is None else archive[individual.parent]
        scores.append(summary(individual, parent))
    return scores


def leaders(archive: Archive) -> list[int]:
    """The individuals that a proposal might be shown at this moment: those with the highest scores."""
    return leading(archive.candidates(), DONOR_POOL)


def shown(individual: Individual) -> Plain:
    """An individual as the memory is shown it."""
    return {"id": individual.id, "score": individual.score, "files": texts(individual.genome)}


def remembered(genome: Genome, history: list[Plain], individuals: list[Plain] | None) -> str | Failure:
    """The text of memory.py after the history and a look at individuals; with None for these it has no definitions."""
    code = Preload(("ast", "libcst", "libcst.metadata"), {**package_sources("meta")})
    with Pool(1, {"bare": Preload(), "code": code}) as jails:
        flow = Flow(jails)
        future = flow.spawn(recalled(flow, genome, history, individuals))
        while not future.done:
            flow.advance(1.0)
        return future.result()


async def recalled(flow: Flow, genome: Genome, history: list[Plain], individuals: list[Plain] | None) -> str | Failure:
    """Compile the genome and let its memory read the history."""
    program = await compiled(flow, genome)
    outcome = await flow.call(recall_call(program, history, individuals))
    if not isinstance(outcome, Returned):
        return failure(outcome)
    if not isinstance(outcome.value, str) or len(outcome.value) > LARGEST:
        return Failure(f"the memory is {outcome.value!r:.80}, expected text of at most {LARGEST} characters")
    return outcome.value


def recall_call(program: Program, history: list[Plain], individuals: list[Plain] | None) -> Call:
    """Ask the memory of a genome what it makes of a history and of individuals."""
    return Call(
        entry="recall:main",
        harness={"recall": guest("recall")},
        foreign=program.closure(MEMORY),
        arguments=(program.genome.raw(MEMORY).decode(), history, individuals),
        limits=LIMITS,
        preload="bare",
    )
