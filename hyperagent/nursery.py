"""From a chosen parent to a child that has been tried: propose, build, gate, smoke, evaluate."""

import functools
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archive import RACED, Columns, Evaluation, Individual, Question
from hyperagent.building import Builder, Grown
from hyperagent.contract import (
    Failure,
    compare_call,
    litter_call,
    litter_proposed,
    propose_call,
    proposed,
    rules,
    select_call,
    selected,
)
from hyperagent.domain import Domain
from hyperagent.errors import RunError
from hyperagent.evaluate import Evaluator
from hyperagent.flow import Flow, Future, all_of
from hyperagent.gateway import PROPOSE, Conversation, Gateway
from hyperagent.honesty import QUARANTINE, Noise, Watch
from hyperagent.parents import RULES
from hyperagent.program import Program, module_name
from hyperagent.rehearsal import Rehearsal
from hyperagent.run import Run
from hyperagent.showing import Showing
from hyperagent.streams import stream_seed
from hyperagent.touched import touched
from meta import Genome, Patch, Policy
from sandbox_runner import Plain

SMOKE_CALLS = 2
CONSTITUTION = "constitution"
TASK_AGENT = "task_agent.py"
NOISE_TRIES = 3
EDITED = "edited by a person"
ASKED = 24
"""How many proposals are asked for, at most, until one changes something that is not fixed."""


@dataclass(frozen=True)
class Draft:
    """A child before it is known whether it is kept: not evaluated, and with what the proposal of it was shown."""

    individual: Individual
    program: Program | None = None
    history: tuple[Plain, ...] = ()
    donors: Sequence[Plain] = ()


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
        self._proposer = seed if run.settings.proposer == "seed" else frozen
        self._builder = Builder(flow, policy)
        self._gateway = gateway
        self._living: Counter[int] = Counter()
        self._counted = 0
        self._litters: dict[tuple[int, ...], Future[dict[int, Draft]]] = {}
        self.individual = functools.lru_cache(maxsize=512)(run.archive.__getitem__)
        train = self.evaluator.splits["train"]
        self._showing = Showing(self.individual, train, run.settings.seed, run.settings.lag)

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

        Each pick is the parent of a whole brood, by the first of its seeds.
        """
        brood = self._settings.brood
        seeds, wanted = seeds[::brood], len(seeds)
        if self._settings.parents in RULES:
            ruled = RULES[self._settings.parents](columns, self._grown(count), seeds)
            return broods(ruled, brood)[:wanted], 0, []
        fallbacks: list[str] = []
        for steward, genome in self._stewards(columns, count):
            program = await self._builder.program(genome)
            call = select_call(program, columns, seeds, brood)
            picks = selected(await self.flow.call(call), columns, len(seeds))
            if not isinstance(picks, Failure):
                return broods(picks, brood)[:wanted], steward, fallbacks
            fallbacks.append(f"{steward}: {picks.text}")
        raise RunError(f"no select gives a parent, not even the seed's: {fallbacks[-1]}")

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

    async def draft(self, id: int, litter: Sequence[int], parent_id: int, columns: Columns, count: int) -> Draft:
        """A child of a parent as its meta agent wants it, checked and compiled but not tried.

        `litter` are the children of this parent in the same block, `id` among them. They are proposed and built
        together, for that saves most of the work, unless a model is asked or the patches must leave something alone.
        """
        parent = self.individual(parent_id)
        program = await self._builder.program(parent.genome)
        self.evaluator.remember(program, parent.evaluations)
        history = self._showing.history(count)
        if len(litter) < 2 or self._gateway is not None or self._settings.fixed:
            return await self._alone(id, parent, program, history, self._showing.donors(id, parent, columns))
        key = tuple(litter)
        if key not in self._litters:
            self._litters[key] = self.flow.spawn(self._litter(key, parent, program, history, columns))
            # No more than two blocks are under way.
            while len(self._litters) > 2 * self._settings.lag:
                del self._litters[next(iter(self._litters))]
        return (await self._litters[key])[id]

    async def _litter(
        self, ids: Sequence[int], parent: Individual, program: Program, history: tuple[Plain, ...], columns: Columns
    ) -> dict[int, Draft]:
        """The drafts of children of one parent, by id."""
        donors = {id: self._showing.donors(id, parent, columns) for id in ids}
        patches = await self._proposals(program, parent, history, donors)
        wanted = {id: patch for id, patch in patches.items() if isinstance(patch, Patch)}
        grown = dict(zip(wanted, await self._builder.litter(parent.genome, [*wanted.values()]), strict=True))
        found = {}
        for id, patch in patches.items():
            base = Individual(id=id, genome=parent.genome, parents=(parent.id,))
            if isinstance(patch, Failure):
                found[id] = Draft(replace(base, stillborn=(f"propose: {patch.text}",)))
            else:
                draft = self._born(replace(base, patch=patch), grown[id])
                found[id] = replace(draft, history=history, donors=donors[id])
        return found

    async def _proposals(
        self, program: Program, parent: Individual, history: tuple[Plain, ...], donors: Mapping[int, Sequence[Plain]]
    ) -> dict[int, Patch | Failure]:
        """A proposal for each of the ids that has donors; where one of them spoils the call, each by itself."""
        proposer = program if self._proposer is None else await self._builder.program(self._proposer)
        seeds = {id: stream_seed(self._settings.seed, "propose", id) for id in donors}
        found = await self._litter_proposed(proposer, parent, history, [*donors.values()], [*seeds.values()])
        if isinstance(found, Failure):
            alone = {id: self._proposal(proposer, parent, history, donors[id], seeds[id]) for id in donors}
            found = await all_of([self.flow.spawn(one) for one in alone.values()])
        return dict(zip(donors, found, strict=True))

    async def _litter_proposed(
        self,
        proposer: Program,
        parent: Individual,
        history: Sequence[Plain],
        donors: Sequence[Sequence[Plain]],
        seeds: Sequence[int],
    ) -> list[Patch | Failure] | Failure:
        """What one call proposes for several children."""
        named = {str(donor["id"]): donor for shown in donors for donor in shown}  # type: ignore[call-overload,index]
        drawn: list[Plain] = [[str(donor["id"]) for donor in shown] for shown in donors]  # type: ignore[call-overload,index]
        call = litter_call(proposer, self._showing.parent(parent), [*history], named, drawn, [*seeds])
        return litter_proposed(await self.flow.call(call), len(seeds))

    async def _alone(
        self, id: int, parent: Individual, program: Program, history: tuple[Plain, ...], donors: Sequence[Plain]
    ) -> Draft:
        """The draft of a child that is proposed and built by itself."""
        base = Individual(id=id, genome=parent.genome, parents=(parent.id,))
        asked = list[Question]()
        answer = self._conversation(id, parent, asked.append)
        patch = await self._permitted(parent, program, history, donors, id, answer)
        base = replace(base, questions=tuple(asked))
        if isinstance(patch, Failure):
            return Draft(replace(base, stillborn=(f"propose: {patch.text}",)))
        return replace(await self._built(replace(base, patch=patch), parent), history=history, donors=donors)

    async def _permitted(
        self,
        parent: Individual,
        program: Program,
        history: Sequence[Plain],
        donors: Sequence[Plain],
        number: int,
        answer: Conversation | None,
    ) -> Patch | Failure:
        """A proposal without its edits of what is fixed; where nothing is left of it, another one is asked for."""
        proposer = program if self._proposer is None else await self._builder.program(self._proposer)
        for attempt in range(ASKED):
            seed = stream_seed(self._settings.seed, f"propose {attempt}" if attempt else "propose", number)
            patch = await self._proposal(proposer, parent, history, donors, seed, answer)
            if isinstance(patch, Failure) or not self._settings.fixed:
                return patch
            kept = tuple(edit for edit in patch.edits if all(self._is_open(name, program) for name in touched(edit)))
            if kept:
                return replace(patch, edits=kept)
        return Failure(f"{ASKED} proposals changed nothing but what is fixed")

    def _is_open(self, name: str, program: Program) -> bool:
        """Whether a file may be changed, given what is fixed."""
        if self._settings.fixed == "task":
            return name != TASK_AGENT
        return module_name(name) in program.closure(TASK_AGENT)

    async def _proposal(
        self,
        program: Program,
        parent: Individual,
        history: Sequence[Plain],
        donors: Sequence[Plain],
        seed: int,
        answer: Conversation | None = None,
    ) -> Patch | Failure:
        model = None if answer is None else self._model()
        call = propose_call(program, self._showing.parent(parent), [*history], [*donors], seed, model)
        return proposed(await self.flow.call(call, answer))

    def _conversation(self, id: int, parent: Individual, asked: Callable[[Question], None]) -> Conversation | None:
        """What answers the questions of a proposal; None if there is no model, or it is the turn of the operators."""
        chance = random.Random(stream_seed(self._settings.seed, "operators", id)).random()
        if self._gateway is None or chance < self._settings.operators:
            return None
        gateway, place = self._gateway, f"{PROPOSE} {id}"
        rehearsal = Rehearsal(
            self.evaluator,
            lambda patch: self._rehearsed(id, parent, patch),
            lambda number: gateway.may_rehearse(place, number),
        )
        return gateway.conversation(place, place, rehearsal, asked)

    def _model(self) -> Plain:
        """What a proposal is told of its models."""
        assert self._gateway is not None
        constitution = self._archive.store.setting(CONSTITUTION) or ""
        return {"models": [*self._gateway.models], "constitution": constitution, "rules": rules(self._builder.policy)}

    async def _rehearsed(self, id: int, parent: Individual, patch: Patch) -> Program | str:
        """The program that a patch would give a child, or why there would be none."""
        grown = await self._builder.grown(parent.genome, patch)
        if isinstance(grown, Failure):
            return grown.text
        if grown.program is not None:
            self.evaluator.claim(grown.program, id)
        return grown.program or "; ".join(map(str, grown.broken[:5]))

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
        base = replace(child, genome=parent.genome, patch=patch, proposed=child.patch)
        return replace(await self._built(base, parent), history=draft.history, donors=draft.donors)

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
        return replace(child, evaluations={"train": train, "validation": validation})

    async def _meta_smoke(self, draft: Draft, program: Program) -> str:
        """Why one of the first calls of a changed `propose` gives nothing, or "".

        They are shown what the proposal of the child itself was shown. With a model there are none: they would cost.
        """
        parent = self.individual(draft.individual.parents[0])
        entry = "meta_agent.py"
        same = program.closure_digest(entry) == (await self._builder.program(parent.genome)).closure_digest(entry)
        if same or self._proposer is not None or self._gateway is not None:
            return ""
        first = draft.individual.id * SMOKE_CALLS
        seeds = [stream_seed(self._settings.seed, "smoke", first + call) for call in range(SMOKE_CALLS)]
        found = await self._litter_proposed(program, parent, draft.history, [draft.donors] * SMOKE_CALLS, seeds)
        failures = [found] if isinstance(found, Failure) else [one for one in found if isinstance(one, Failure)]
        return f"smoke call: propose: {failures[0].text}" if failures else ""

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

    async def _built(self, child: Individual, parent: Individual) -> Draft:
        assert child.patch is not None, "a child that is built has a patch"
        return self._born(child, await self._builder.grown(parent.genome, child.patch))

    def _born(self, child: Individual, grown: Grown | Failure) -> Draft:
        """The draft of what was built, refused where it may not run or is there already."""
        if isinstance(grown, Failure):
            return Draft(replace(child, stillborn=(f"patch: {grown.text}",)))
        child = replace(child, genome=grown.genome)
        if grown.program is None:
            return Draft(replace(child, stillborn=tuple(f"gate: {violation}" for violation in grown.broken[:5])))
        other = self._archive.id_of(child.digest, before=child.id)
        if other is not None:
            return Draft(duplicate(child, other))
        return Draft(child, grown.program)


def steward_ids(columns: Columns, last: Individual) -> list[int]:
    """Whose `select` is asked, one after the other: the best, the steward of the last individual, the seed."""
    return [*dict.fromkeys((int(columns.id[columns.score.argmax()]), last.steward, 0))]


def broods(picks: Sequence[int], brood: int) -> list[int]:
    """Each pick once for every child of its brood."""
    return [pick for pick in picks for _ in range(brood)]


def duplicate(child: Individual, other: int | None) -> Individual:
    """The child, refused because the archive has its genome already."""
    return replace(child, stillborn=(f"gate: the genome of {other} again",), evaluations={})
