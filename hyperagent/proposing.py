"""What meta agents propose: patches for one child, or for the whole litter that a parent has in a block."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from archive import Individual, Question
from hyperagent.building import Builder
from hyperagent.contract import (
    Failure,
    litter_call,
    litter_proposed,
    propose_call,
    proposed,
    rules,
)
from hyperagent.evaluate import Evaluator
from hyperagent.flow import Flow, all_of
from hyperagent.gateway import PROPOSE, Conversation, Gateway
from hyperagent.program import Program, module_name
from hyperagent.rehearsal import Rehearsal
from hyperagent.run import Run
from hyperagent.showing import Showing
from hyperagent.streams import stream_seed
from hyperagent.touched import touched
from meta import Genome, Patch
from sandbox_runner import Plain

FIRST_CALLS = 2
CONSTITUTION = "constitution"
TASK_AGENT = "task_agent.py"
ASKED = 24
"""How many proposals are asked for, at most, until one changes something that is not fixed."""


class Proposals:
    """Asks meta agents for patches. `always` is the one genome whose meta agent proposes, in the place of the parents'.

    Where a model may be asked, or something is fixed, children have to be asked for one by one.
    """

    def __init__(
        self,
        run: Run,
        flow: Flow,
        builder: Builder,
        evaluator: Evaluator,
        gateway: Gateway | None,
        showing: Showing,
        always: Genome | None,
    ) -> None:
        self._archive = run.archive
        self._settings = run.settings
        self._flow = flow
        self._builder = builder
        self._evaluator = evaluator
        self._gateway = gateway
        self._showing = showing
        self._always = always

    @property
    def one_by_one(self) -> bool:
        """Whether no litter may be asked for."""
        return self._gateway is not None or bool(self._settings.fixed)

    async def alone(
        self, id: int, parent: Individual, program: Program, history: tuple[Plain, ...], donors: Sequence[Plain]
    ) -> tuple[Patch | Failure, tuple[Question, ...]]:
        """A proposal for the one child `id`, and what was asked of models for it.

        It is without its edits of what is fixed; where nothing is left of it, another one is asked for.
        """
        asked = list[Question]()
        answer = self._conversation(id, parent, asked.append)
        proposer = await self._proposer(program)
        for attempt in range(ASKED):
            seed = stream_seed(self._settings.seed, f"propose {attempt}" if attempt else "propose", id)
            patch = await self._proposal(proposer, parent, history, donors, seed, answer)
            if isinstance(patch, Failure) or not self._settings.fixed:
                return patch, tuple(asked)
            kept = tuple(edit for edit in patch.edits if all(self._is_open(name, program) for name in touched(edit)))
            if kept:
                return replace(patch, edits=kept), tuple(asked)
        return Failure(f"{ASKED} proposals changed nothing but what is fixed"), tuple(asked)

    async def litter(
        self, parent: Individual, program: Program, history: tuple[Plain, ...], donors: Mapping[int, Sequence[Plain]]
    ) -> list[Patch | Failure]:
        """A proposal for each of the children that `donors` are drawn for."""
        seeds = [stream_seed(self._settings.seed, "propose", id) for id in donors]
        return await self._together(await self._proposer(program), parent, history, [*donors.values()], seeds)

    async def fault(
        self, id: int, parent: Individual, program: Program, history: tuple[Plain, ...], donors: Sequence[Plain]
    ) -> str:
        """Why one of the first calls of the meta agent of a child gives nothing, or "".

        There are none where others propose in its place, nor with a model, where they would cost.
        """
        if self._always is not None or self._gateway is not None:
            return ""
        seeds = [stream_seed(self._settings.seed, "smoke", id * FIRST_CALLS + call) for call in range(FIRST_CALLS)]
        found = await self._together(program, parent, history, [donors] * FIRST_CALLS, seeds)
        return next((f"smoke call: propose: {one.text}" for one in found if isinstance(one, Failure)), "")

    async def _proposer(self, program: Program) -> Program:
        return program if self._always is None else await self._builder.program(self._always)

    async def _together(
        self,
        proposer: Program,
        parent: Individual,
        history: tuple[Plain, ...],
        donors: Sequence[Sequence[Plain]],
        seeds: Sequence[int],
    ) -> list[Patch | Failure]:
        """A proposal for each seed, from one call; where one of them spoils that, each by itself."""
        named = {str(donor["id"]): donor for shown in donors for donor in shown}  # type: ignore[call-overload,index]
        drawn: list[Plain] = [[str(donor["id"]) for donor in shown] for shown in donors]  # type: ignore[call-overload,index]
        call = litter_call(proposer, self._showing.parent(parent), [*history], named, drawn, [*seeds])
        found = litter_proposed(await self._flow.call(call), len(seeds))
        if not isinstance(found, Failure):
            return found
        alone = [self._proposal(proposer, parent, history, *each) for each in zip(donors, seeds, strict=True)]
        return await all_of([self._flow.spawn(one) for one in alone])

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
        return proposed(await self._flow.call(call, answer))

    def _conversation(self, id: int, parent: Individual, asked: Callable[[Question], None]) -> Conversation | None:
        """What answers the questions of a proposal; None if there is no model, or it is the turn of the operators."""
        chance = random.Random(stream_seed(self._settings.seed, "operators", id)).random()
        if self._gateway is None or chance < self._settings.operators:
            return None
        gateway, place = self._gateway, f"{PROPOSE} {id}"
        rehearsal = Rehearsal(
            self._evaluator,
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
            self._evaluator.claim(grown.program, id)
        return grown.program or "; ".join(map(str, grown.broken[:5]))
