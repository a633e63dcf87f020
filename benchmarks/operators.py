"""What share of the children that each operator makes of the seed genome import and run?

python benchmarks/operators.py [--each 20] [--workers 2] [--seed 0] [--only NAME ...]

For each operator, edits are drawn at random over all definitions of the seed genome that it applies to, once as the
meta agent makes them and once without regard to scope and kinds. Each child is built and then called, in jails, as in a
run: for the choice of a parent, a proposal and an answer to a task. It runs if each call gives what can be used.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from archive import Columns
from hyperagent.contract import Failure, build_call, built, propose_call, proposed, select_call, selected, solve_call
from hyperagent.domain import Domain, plain
from hyperagent.domains import load_domain
from hyperagent.flow import Flow, all_of
from hyperagent.preloads import preloads
from hyperagent.program import Program, file_digest
from hyperagent.seeds import seed_genome
from meta import Genome, Patch, Policy
from meta.gate import seed_policy
from sandbox_runner import Pool, Returned

sys.path.insert(0, str(Path(__file__).parents[1]))
from genome import meta_agent, operators

COLUMNS = Columns(*(np.arange(1, 5, dtype=kind) for kind in ("i8", "f8", "i8", "i8", "i8")))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="*", default=list(operators.OPERATORS), help="names of operators")
    options = parser.parse_args()
    domain = load_domain("repair", {})
    genome = seed_genome(domain)
    with Pool(options.workers, preloads(domain)) as pool:
        trial = Trial(Flow(pool), domain, genome)
        found = {
            aware: {
                name: trial.share(list(patches(genome, name, aware, options.each, options.seed)))
                for name in options.only
            }
            for aware in (False, True)
        }
    print(f"{'operator':22} {'without scopes':>18} {'with scopes':>18}")
    for name in options.only:
        print(f"{name:22} {shown(found[False][name]):>18} {shown(found[True][name]):>18}")
    print(f"{'mean of operators':22} {mean(found[False]):>18} {mean(found[True]):>18}")


def patches(genome: Genome, operator: str, aware: bool, count: int, seed: int) -> Iterator[Patch]:
    """Patches of one edit each by one operator, at places drawn at random, no edit twice."""
    places = []
    for file, text in genome.items():
        if file.endswith(".py") and isinstance(text, str):
            for name, definition in meta_agent.definitions(text):
                scope = operators.Scope(definition, aware)
                found = [site for op, site in operators.pairs(scope) if op.name == operator and "." in site.path]
                places += [(f"{file.removesuffix('.py')}:{name}", definition, scope, site) for site in found]
    rng = random.Random(f"{operator} {seed}")
    rng.shuffle(places)
    for address, text, scope, site in places:
        offers = list(operators.changes(operators.OPERATORS[operator], site, scope))
        change = rng.choice(offers) if offers else None
        if change is not None and meta_agent.is_new(scope, text, change):
            yield Patch.from_plain({"edits": operators.edits(change, address), "title": change.title})
            count -= 1
        if not count:
            return


class Trial:
    """Tries children of one genome."""

    def __init__(self, flow: Flow, domain: Domain, genome: Genome) -> None:
        self.flow, self.domain, self.genome = flow, domain, genome
        self.policy = seed_policy(genome)
        self.task = domain.split(0)["train"][0]
        self.units = built(self.now(build_call(genome, None, Policy(), [])), genome).units

    def share(self, drawn: list[Patch]) -> tuple[int, int]:
        """How many of the children run, and how many there are."""
        futures = [self.flow.spawn(self.runs(patch)) for patch in drawn]
        return sum(self.wait(self.flow.spawn(all_of(futures)))), len(drawn)

    async def runs(self, patch: Patch) -> bool:
        """Whether a child can be built and gives something usable to every call."""
        known = list(self.genome)
        made = built(await self.flow.call(build_call(self.genome, patch, self.policy, known)), self.genome)
        if isinstance(made, Failure) or made.violations:
            return False
        mine = {file_digest(self.genome, name): unit for name, unit in self.units.items()}
        mine |= {file_digest(made.genome, name): unit for name, unit in made.units.items()}
        program = Program(made.genome, mine)
        picked = selected(await self.flow.call(select_call(program, COLUMNS, [1, 2])), COLUMNS, 2)
        parent = {"id": 0, "files": dict(self.genome.items()), "score": 0.5, "train": 0.5, "trials": []}
        offered = proposed(await self.flow.call(propose_call(program, parent, [], [], 1, None)))
        answer = await self.flow.call(self.solve(program))
        return not isinstance(picked, Failure) and not isinstance(offered, Failure) and isinstance(answer, Returned)

    def solve(self, program: Program):
        """A call of the task agent on a task."""
        domain = self.domain
        fixed = {"limits": domain.limits, "preload": domain.preload, "without": domain.without}
        return solve_call(program, plain(self.task.input), 1, **fixed, models=(), has_tools=True)

    def now(self, call):
        """The outcome of one call, waited for."""
        return self.wait(self.flow.call(call))

    def wait(self, future):
        """The value of a future."""
        while not future.done:
            self.flow.advance(1.0)
        return future.result()


def shown(found: tuple[int, int]) -> str:
    """A share with its count."""
    ran, count = found
    return f"{ran / count:.2f} of {count:3}" if count else "no edit"


def mean(found: dict[str, tuple[int, int]]) -> str:
    """The mean of the operators' shares."""
    shares = [ran / count for ran, count in found.values() if count]
    return f"{sum(shares) / len(shares):.2f} of {len(shares):3}"


if __name__ == "__main__":
    main()
