"""From a chosen parent to a child that has been tried: draft, gate, smoke, evaluate."""

import functools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archive import RACED, Columns, Evaluation, Individual, Trial
from hyperagent.building import Builder, Grown
from hyperagent.contract import (
    Failure,
    compare_call,
    proposed,
    select_call,
    selected,
)
from hyperagent.domain import Domain
from hyperagent.evaluate import Evaluator
from hyperagent.flow import Flow, Future
from hyperagent.gateway import Gateway
from hyperagent.honesty import QUARANTINE, Noise, Watch
from hyperagent.parents import RULES
from hyperagent.program import Program
from hyperagent.proposing import Proposals
from hyperagent.run import Run
from hyperagent.showing import Showing
from meta import Genome, Patch, Policy
from sandbox_runner import Plain

NOISE_TRIES = 3
EDITED = "edited by a person"
NEWBORN = 64


@dataclass(frozen=True)
class Draft:
    """A child before it is known whether it is kept: not evaluated, and with what the proposal of it was shown."""

    individual: Individual
    program: Program | None = None
    history: tuple[Plain, ...] = ()
    donors: Sequence[Plain] = ()


@dataclass
class Litter:
    """The children that a parent has in one block, by their ids, and their drafts once somebody wants one."""

    parent: int
    ids: Sequence[int]
    drafts: Future[dict[int, Draft]] | None = None


class Nursery:
    """Makes and tries the children of a run. Holds caches, and nothing that decides."""

    def __init__(
        self,
        run: Run,
        flow: Flow,
        domain: Domain,
        seed: Genome,
        policy: Policy,
        gateway: Gateway | None,
        frozen: Genome | None = None,
    ) -> None:
        self.flow = flow
        self.evaluator = Evaluator(flow, domain, run.settings.seed, gateway, run.work)
        self._archive = run.archive
        self._settings = run.settings
        self._seed = seed
        self._frozen = frozen
        self._builder = Builder(flow, policy)
        self._gateway = gateway
        self._living: Counter[int] = Counter()
        self._counted = 0
        self._newborn: dict[int, Individual] = {}
        self.individual = functools.lru_cache(maxsize=512)(self._individual)
        train = self.evaluator.splits["train"]
        self._showing = Showing(self.individual, train, run.settings.seed, run.settings.lag)
        always = seed if run.settings.proposer == "seed" else frozen
        self._proposals = Proposals(run, flow, self._builder, self.evaluator, gateway, self._showing, always)

    def keep(self, child: Individual) -> None:
        """Have a child that was put into the archive at hand for those who will soon ask for it."""
        self._newborn[child.id] = child
        self._newborn.pop(child.id - NEWBORN, None)

    def _individual(self, id: int) -> Individual:
        found = self._newborn.pop(id, None)
        return self._archive[id] if found is None else found

    async def firstborn(self) -> Individual:
        """The seed, evaluated on every split."""
        program = await self._builder.program(self._seed)
        self.evaluator.claim(program, 0)
        splits = {split: await self.evaluator.evaluation(program, split) for split in self.evaluator.splits}
        return Individual(id=0, genome=self._seed, evaluations=splits)

    async def noise(self, seed: Individual) -> Noise | None:
        """How much the trials of the seed differ when they are made again; None with a model, where that would cost."""
        if self._gateway is not None:
            return None
        program, known = await self._builder.program(seed.genome), seed.evaluations
        found = Noise.measured([known["train"], await self.evaluator.again(program, "train")])
        if not found.is_noisy:
            return found
        again = [await self.evaluator.again(program, "validation") for _ in range(NOISE_TRIES)]
        return Noise.measured([known["validation"], *again])

    async def choose(self, columns: Columns, count: int, seeds: Sequence[int]) -> tuple[list[int], int, list[str]]:
        """A parent for each seed, whose `select` gave them, and what failed before: the steward's fallbacks.

        Each pick is the parent of a whole brood, by the first of its seeds. Where no `select` gives any, as may be with
        a run that begins with a genome from elsewhere, parents are drawn uniformly, in the name of the seed.
        """
        brood = self._settings.brood
        seeds, wanted = seeds[::brood], len(seeds)
        if self._settings.parents in RULES:
            return self._ruled(self._settings.parents, columns, count, seeds, wanted), 0, []
        fallbacks: list[str] = []
        for steward, genome in self._stewards(columns, count):
            program = await self._builder.program(genome)
            call = select_call(program, columns, seeds, brood)
            picks = selected(await self.flow.call(call), columns, len(seeds))
            if not isinstance(picks, Failure):
                return broods(picks, brood)[:wanted], steward, fallbacks
            fallbacks.append(f"{steward}: {picks.text}")
        return self._ruled("uniform", columns, count, seeds, wanted), 0, fallbacks

    def _ruled(self, rule: str, columns: Columns, count: int, seeds: Sequence[int], wanted: int) -> list[int]:
        """Parents by a rule of our own, each for a brood."""
        return broods(RULES[rule](columns, self._grown(count), seeds), self._settings.brood)[:wanted]

    def _stewards(self, columns: Columns, count: int) -> Iterator[tuple[int, Genome]]:
        """Whose `select` is asked, in this order: a frozen one stands before the seed's alone."""
        if self._frozen is not None:
            yield 0, self._frozen
        for id in (0,) if self._frozen is not None else steward_ids(columns, self.individual(count - 1)):
            yield id, self.individual(id).genome

    def _grown(self, count: int) -> Counter[int]:
        """How many children that could be run each of the first `count` individuals has; `count` never goes back."""
        for child in map(self.individual, range(max(1, self._counted), count)):
            self._living.update([] if child.stillborn else child.parents[:1])
        self._counted = count
        return self._living

    async def begin(self, id: int) -> None:
        """Wait until a child can be paid for to the end of its evaluation; `BudgetExhausted` where it never can."""
        if self._gateway is not None:
            await self._gateway.begin(id)

    def wait(self, id: int) -> None:
        """A child waits for others, or for a person: nobody should wait for what it leaves of what is held for it."""
        if self._gateway is not None:
            self._gateway.wait(id)

    def end(self, id: int) -> None:
        """Nothing more will be spent on a child."""
        if self._gateway is not None:
            self._gateway.end(id)

    async def draft(self, id: int, litter: Litter, columns: Columns, count: int) -> Draft:
        """A child as the meta agent of its parent wants it, checked and compiled but not tried.

        A whole litter is proposed and built together, for that saves most of the work, unless its children must be
        asked for one by one.
        """
        parent = self.individual(litter.parent)
        program = await self._builder.program(parent.genome)
        self.evaluator.remember(program, parent.evaluations)
        history = self._showing.history(count)
        if len(litter.ids) < 2 or self._proposals.one_by_one:
            return await self._alone(id, parent, program, history, self._showing.donors(id, parent, columns))
        if litter.drafts is None:
            litter.drafts = self.flow.spawn(self._litter(litter.ids, parent, program, history, columns))
        return (await litter.drafts)[id]

    async def _litter(
        self, ids: Sequence[int], parent: Individual, program: Program, history: tuple[Plain, ...], columns: Columns
    ) -> dict[int, Draft]:
        """The drafts of children of one parent, by id."""
        donors = {id: self._showing.donors(id, parent, columns) for id in ids}
        patches = dict(zip(ids, await self._proposals.litter(parent, program, history, donors), strict=True))
        wanted = {id: patch for id, patch in patches.items() if isinstance(patch, Patch)}
        grown = dict(zip(wanted, await self._builder.litter(parent.genome, [*wanted.values()]), strict=True))
        found = {}
        for id, patch in patches.items():
            child = Individual(id=id, genome=parent.genome, parents=(parent.id,))
            made = unproposed(child, patch) if isinstance(patch, Failure) else self._born(child, patch, grown[id])
            found[id] = replace(made, history=history, donors=donors[id])
        return found

    async def _alone(
        self, id: int, parent: Individual, program: Program, history: tuple[Plain, ...], donors: Sequence[Plain]
    ) -> Draft:
        """The draft of a child that is proposed and built by itself."""
        patch, asked = await self._proposals.alone(id, parent, program, history, donors)
        child = Individual(id=id, genome=parent.genome, parents=(parent.id,), questions=asked)
        if isinstance(patch, Failure):
            return unproposed(child, patch)
        return replace(await self._built(child, parent, patch), history=history, donors=donors)

    async def edited(self, draft: Draft, genome: Genome) -> Draft:
        """The draft with what a person made of its genome, by the patch that leads there from the parent."""
        child = draft.individual
        parent = self.individual(child.parents[0])
        if child.patch is None or genome == child.genome:
            return draft
        patch = proposed(await self.flow.call(compare_call(parent.genome, genome)))
        if isinstance(patch, Failure):
            reason = f"edited: {patch.text}"
            return Draft(replace(child, genome=parent.genome, stillborn=(reason,), proposed=child.patch))
        title = f"{child.patch.title[:250]} ({EDITED})"
        return await self.rebuilt(draft, replace(child.patch, edits=patch.edits, title=title))

    async def rebuilt(self, draft: Draft, patch: Patch) -> Draft:
        """The draft by another patch than was proposed, built and gated as any."""
        child = draft.individual
        parent = self.individual(child.parents[0])
        base = replace(child, genome=parent.genome, proposed=child.patch)
        return replace(await self._built(base, parent, patch), history=draft.history, donors=draft.donors)

    async def tried(self, draft: Draft) -> Individual:
        """The child with its evaluations on validation and train; one that is given up on the way has neither.

        A child whose task agent is its parent's has its parent's trials, and is not raced against them. Train comes
        last: its trials are there for the proposals that a parent makes, and most children never become one.
        """
        child, program = draft.individual, draft.program
        if program is None or child.parent is None:
            return child
        self.evaluator.claim(program, child.id)
        if self._gateway is not None:
            self._gateway.evaluate(child.id, self.evaluator.account(program))
        fault = await self.evaluator.smoke(program) or await self._meta_smoke(draft, program)
        if fault:
            return replace(child, stillborn=(fault,))
        validation, whole = await self._raced(program, self.individual(child.parent))
        if not whole:
            return replace(child, evaluations={RACED: validation})
        train = await self.evaluator.evaluation(program, "train")
        if tried := self._forbidden((*train.trials, *validation.trials)):
            return replace(child, stillborn=(f"{QUARANTINE}: {tried}",), evaluations={"train": train})
        return replace(child, evaluations={"train": train, "validation": validation})

    def _forbidden(self, trials: Sequence[Trial]) -> str:
        """What forbidden system calls a child has tried, unless the seed tries some too and means no harm by it."""
        tasks = [trial.task for trial in trials if trial.refused]
        if not tasks or self._seed_tries():
            return ""
        count = sum(trial.refused for trial in trials)
        return f"tried {count} forbidden system call{'s' * (count > 1)} on {', '.join(tasks[:5])}"

    def _seed_tries(self) -> bool:
        known = self.individual(0).evaluations.values()
        return any(trial.refused for evaluation in known for trial in evaluation.trials)

    async def _meta_smoke(self, draft: Draft, program: Program) -> str:
        """Why one of the first calls of a changed `propose` gives nothing, or "".

        They are shown what the proposal of the child itself was shown.
        """
        child, entry = draft.individual, "meta_agent.py"
        parent = self.individual(child.parents[0])
        if program.closure_digest(entry) == (await self._builder.program(parent.genome)).closure_digest(entry):
            return ""
        return await self._proposals.fault(child.id, parent, program, draft.history, draft.donors)

    async def _raced(self, program: Program, parent: Individual) -> tuple[Evaluation, bool]:
        entry = "task_agent.py"
        if program.closure_digest(entry) == (await self._builder.program(parent.genome)).closure_digest(entry):
            return await self.evaluator.evaluation(program, "validation"), True
        return await self.evaluator.race(program, "validation", parent.evaluations["validation"])

    async def tested(self, child: Individual) -> Individual:
        """The child with its evaluation on the held-out split, which nothing but the report reads."""
        test = await self.evaluator.evaluation(await self._builder.program(child.genome), "test")
        return replace(child, evaluations={**child.evaluations, "test": test})

    async def watched(self, child: Individual) -> tuple[Individual, Watch]:
        """The child, put aside if it scored where no honest answer can, and what was seen of it."""
        canaries, twins = await self.evaluator.watched(await self._builder.program(child.genome))
        caught = [trial.task for trial in canaries if trial.score > self.evaluator.worst]
        seen = Watch.seen(child.id, caught, twins)
        if not caught:
            return child, seen
        reason = f"{QUARANTINE}: scored on {', '.join(caught)}, where no honest answer can"
        return replace(child, stillborn=(reason,), evaluations={"train": child.evaluations["train"]}), seen

    async def _built(self, child: Individual, parent: Individual, patch: Patch) -> Draft:
        return self._born(child, patch, await self._builder.grown(parent.genome, patch))

    def _born(self, child: Individual, patch: Patch, grown: Grown | Failure) -> Draft:
        """The draft of what was built, refused where it may not run or is there already."""
        child = replace(child, patch=patch)
        if isinstance(grown, Failure):
            return Draft(replace(child, stillborn=(f"patch: {grown.text}",)))
        child = replace(child, genome=grown.genome)
        if grown.program is None:
            return Draft(replace(child, stillborn=tuple(f"gate: {violation}" for violation in grown.broken[:5])))
        other = self._archive.id_of(child.digest, before=child.id)
        if other is not None:
            return Draft(duplicate(child, other))
        return Draft(child, grown.program)


def unproposed(child: Individual, failure: Failure) -> Draft:
    """The draft of a child for which nothing was proposed."""
    return Draft(replace(child, stillborn=(f"propose: {failure.text}",)))


def steward_ids(columns: Columns, last: Individual) -> list[int]:
    """Whose `select` is asked, one after the other: the best, the steward of the last individual, the seed."""
    return [*dict.fromkeys((int(columns.id[columns.score.argmax()]), last.steward, 0))]


def broods(picks: Sequence[int], brood: int) -> list[int]:
    """Each pick once for every child of its brood."""
    return [pick for pick in picks for _ in range(brood)]


def duplicate(child: Individual, other: int | None) -> Individual:
    """The child, refused because the archive has its genome already."""
    return replace(child, stillborn=(f"gate: the genome of {other} again",), evaluations={})
