"""Genomes into programs: patches applied, children checked and compiled, in a jail."""

from dataclasses import dataclass

from hyperagent.contract import Built, Failure, build_call, built
from hyperagent.errors import GenomeError
from hyperagent.flow import Flow
from hyperagent.program import Program, Unit, file_digest
from meta import Genome, Patch, Policy, Violation
from meta.gate import genome_violations


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

    async def program(self, genome: Genome) -> Program:
        """The compiled genome of one that is in the archive; raises `GenomeError` where it cannot be compiled."""
        if all(file_digest(genome, name) in self._units for name in genome if name.endswith(".py")):
            return Program(genome, self._units)
        made = await self._built(genome, None)
        if isinstance(made, Failure):
            raise GenomeError(f"the genome cannot be compiled: {made.text}")
        if made.violations:
            raise GenomeError(f"the genome cannot run: {made.violations[0]}")
        return Program(genome, self._units)

    async def grown(self, parent: Genome, patch: Patch | None) -> Grown | Failure:
        """What a patch makes of a genome."""
        made = await self._built(parent, patch)
        if isinstance(made, Failure):
            return made
        broken = (*made.violations, *genome_violations(made.genome, self.policy))
        return Grown(made.genome, None if broken else Program(made.genome, self._units), broken)

    async def _built(self, genome: Genome, patch: Patch | None) -> Built | Failure:
        known = [name for name in genome if file_digest(genome, name) in self._units]
        made = built(await self._flow.call(build_call(genome, patch, self.policy, known)), genome)
        if isinstance(made, Built) and not made.violations:
            self._units |= {file_digest(made.genome, name): unit for name, unit in made.units.items()}
        return made
