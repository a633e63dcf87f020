"""Genomes into programs: patches applied, children checked and compiled, in a jail."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from hyperagent.contract import Built, Failure, all_built, builds_call
from hyperagent.errors import GenomeError
from hyperagent.flow import Flow, all_of
from hyperagent.program import Program, Unit, file_digest
from meta import Genome, Patch, Policy, Violation
from meta.gate import genome_violations

PROGRAMS = 128
"""How many genomes are kept with their units in place."""


@dataclass(frozen=True)
class Grown:
    """What a patch made of a genome: a program, or why it may not run."""

    genome: Genome
    program: Program | None
    broken: tuple[Violation, ...]


class Builder:
    """Builds the genomes of a run. It keeps what is compiled: a file that is known already is not compiled again."""

    def __init__(self, flow: Flow, policy: Policy) -> None:
        self.policy = policy
        self._flow = flow
        self._units: dict[str, Unit] = {}
        self._program = functools.lru_cache(maxsize=PROGRAMS)(lambda genome: Program(genome, self._units))

    async def program(self, genome: Genome) -> Program:
        """The compiled genome of one that is in the archive; raises `GenomeError` where it cannot be compiled."""
        if all(file_digest(genome, name) in self._units for name in genome if name.endswith(".py")):
            return self._program(genome)
        [made] = await self._built(genome, [None])
        if isinstance(made, Failure):
            raise GenomeError(f"the genome cannot be compiled: {made.text}")
        if made.violations:
            raise GenomeError(f"the genome cannot run: {made.violations[0]}")
        return self._program(genome)

    async def grown(self, parent: Genome, patch: Patch) -> Grown | Failure:
        """What a patch makes of a genome."""
        [made] = await self.litter(parent, [patch])
        return made

    async def litter(self, parent: Genome, patches: Sequence[Patch]) -> list[Grown | Failure]:
        """What each of some patches makes of a genome."""
        return [self._grown(made) for made in await self._built(parent, patches)]

    def _grown(self, made: Built | Failure) -> Grown | Failure:
        if isinstance(made, Failure):
            return made
        broken = (*made.violations, *genome_violations(made.genome, self.policy))
        return Grown(made.genome, None if broken else self._program(made.genome), broken)

    async def _built(self, genome: Genome, patches: Sequence[Patch | None]) -> list[Built | Failure]:
        """What came of each patch. They are built in one call, unless one of them crashes it: then each for itself."""
        known = [name for name in genome if file_digest(genome, name) in self._units]
        made = all_built(await self._flow.call(builds_call(genome, patches, self.policy, known)), genome)
        if isinstance(made, Failure):
            if len(patches) < 2:
                return [made]
            return [one for [one] in await all_of([self._flow.spawn(self._built(genome, [p])) for p in patches])]
        for one in made:
            if isinstance(one, Built) and not one.violations:
                self._units |= {file_digest(one.genome, name): unit for name, unit in one.units.items()}
        return made
