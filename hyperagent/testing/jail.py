"""A function of a file, run in jails as part of a genome: the file is read here, and run nowhere else.

The genome is the one whose folder the file lies in; of a file elsewhere, the built-in seed with the file beside its
own files, or in the place of the one that bears its name.
"""

import importlib.resources
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import cast

from hyperagent.contract import Failure, build_call, built, failure
from hyperagent.domain import Domain, Task
from hyperagent.errors import GenomeError, UsageError
from hyperagent.evolution import pool
from hyperagent.flow import Flow, Future
from hyperagent.program import Program, file_digest, trusted
from hyperagent.seeds import read_genome, seed_genome
from hyperagent.settings import Settings
from hyperagent.testing.laws import LawBroken
from meta import Genome, Policy
from sandbox_runner import Call, Limits, Module, Outcome, Plain, Returned

CONTRACT_FILES = ("task_agent.py", "meta_agent.py", "selection.py")
NOTHING = Domain("nothing", [Task("nothing", None)], score=lambda task, answer: 0.0)  # noqa: ARG005


@dataclass(frozen=True)
class Jailed:
    """A function of a genome that can be called in jails: `name` of the genome's `module`."""

    flow: Flow
    foreign: Mapping[str, Module]
    module: str
    name: str

    def call(
        self, law: str, harness: ModuleType, place: tuple[str, str] | None, *arguments: object, limits: Limits
    ) -> Plain:
        """What `main` of a module of this package returns beside the genome; any other end breaks the law.

        Without a place there is no genome in the jail, and what returns is the word of trusted code.
        """
        name = harness.__name__.rpartition(".")[2]
        call = Call(
            entry=f"{name}:main",
            harness={name: sent(harness)},
            foreign=self.foreign if place else {},
            arguments=cast(tuple[Plain, ...], (*(place or ()), *arguments)),
            limits=limits,
            preload="full",
        )
        outcome = finished(self.flow, self.flow.call(call))
        if isinstance(outcome, Returned):
            return outcome.value
        found = failure(outcome)
        raise LawBroken(law, f"{found.text}\n{found.traceback}".strip())


@contextmanager
def jailed(place: str | Path) -> Iterator[Jailed]:
    """The function that FILE.py:NAME names, in a genome that is compiled, with a pool to call it in."""
    file, name = split_place(place)
    genome, inside = genome_around(file)
    module = "genome." + inside.removesuffix(".py").replace("/", ".")
    with pool(Settings().updated({"workers": 1}), NOTHING) as jails:
        flow = Flow(jails)
        try:
            program = compiled(flow, genome)
            foreign = {**program.closure("operators.py"), **program.closure(inside)}
            yield Jailed(flow, foreign, module, name)
        finally:
            flow.close()


def split_place(place: str | Path) -> tuple[Path, str]:
    """The file and the name of FILE.py:NAME."""
    file, _, name = str(place).rpartition(":")
    if not file.endswith(".py") or not name.isidentifier():
        raise UsageError(f"{str(place)!r}: expected FILE.py:NAME")
    if not Path(file).is_file():
        raise UsageError(f"{file}: no such file, expected Python source that defines {name}")
    return Path(file), name


def genome_around(file: Path) -> tuple[Genome, str]:
    """The genome that a file belongs to, and its name in there."""
    folder = file.resolve().parent
    if all((folder / name).is_file() for name in CONTRACT_FILES):
        return read_genome(folder), file.name
    return seed_genome().with_files({file.name: file.read_bytes()}), file.name


def compiled(flow: Flow, genome: Genome) -> Program:
    """The genome, compiled in a jail."""
    made = built(finished(flow, flow.call(build_call(genome, None, Policy(), ()))), genome)
    if isinstance(made, Failure):
        raise GenomeError(f"the genome cannot be compiled: {made.text}")
    if made.violations:
        raise GenomeError(f"the genome cannot run: {made.violations[0]}")
    return Program(genome, {file_digest(made.genome, name): unit for name, unit in made.units.items()})


def finished(flow: Flow, future: Future[Outcome]) -> Outcome:
    """How a call ended, once it has."""
    while not future.done:
        flow.advance()
    return future.result()


def sent(harness: ModuleType) -> Module:
    """The source of a module of this package, to be run beside a genome or in the place of one."""
    name = harness.__name__.rpartition(".")[2]
    source = importlib.resources.files("hyperagent.testing").joinpath(f"{name}.py").read_text("utf-8")
    return trusted(source, f"<{name}>")
