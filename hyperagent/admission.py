"""How many children may be under way, so that what is left pays for the proposal and the evaluation of each to its end.

Where task agents ask a model too, a proposal that was paid for is worth nothing without the evaluation of its child. So
a share is held back: for each child that has begun what the dearest evaluation so far came to, and a little more. Not
covered: an evaluation that is dearer still. It may end the run unfinished, and is finished by a run that goes on.
"""

import itertools
from dataclasses import dataclass

from hyperagent.budget import Account, Budget, excess, greatest
from hyperagent.errors import BudgetExhausted
from hyperagent.flow import Future

MARGIN = 1.25


@dataclass
class Child:
    """One that has begun: what its proposal and, once that has begun, its evaluation are charged to.

    `waits` says that it waits for those before it, which are to be kept first, or for a person.
    """

    proposal: Account
    evaluation: Account | None = None
    waits: bool = False

    @property
    def is_paid(self) -> bool:
        """Whether anything was spent on it, or is about to be."""
        return self.evaluation is not None or self.proposal.spent + self.proposal.held != Budget()


class Admission:
    """Lets children in by the order of their ids, since each is kept only after those before it.

    A proposal is taken to cost what the dearest so far did, the first ones as much as an evaluation. Where evaluations
    cost nothing everybody is let in at once.
    """

    def __init__(self, run: Account, first: int) -> None:
        self._run = run
        self._next = first
        self._proposal = self._evaluation = self._call = Budget()
        self._inside: dict[int, Child] = {}
        self._waiting: list[Future[None]] = []

    def note_proposal(self, spent: Budget) -> None:
        """What a proposal has come to so far."""
        self._proposal = greatest(self._proposal, spent)

    def note_evaluation(self, spent: Budget, most: Budget = Budget()) -> None:  # noqa: B008 - frozen
        """What an evaluation has come to so far, and the most that a call of it could have cost."""
        self._evaluation, self._call = greatest(self._evaluation, spent), greatest(self._call, most)

    async def enter(self, id: int, proposal: Account) -> None:
        """Wait until a child may begin; raises `BudgetExhausted` where it never may."""
        while id != self._next or (self._inside and self._refusal()):
            turn: Future[None] = Future()
            self._waiting.append(turn)
            await turn
        if refusal := self._refusal():
            raise BudgetExhausted(refusal)
        self._next += 1
        self._inside[id] = Child(proposal)
        self.wake()

    def evaluate(self, id: int, account: Account) -> None:
        """The proposal of a child is done, and its evaluation is charged to an account."""
        if id in self._inside:
            self._inside[id].evaluation = account

    def wait(self, id: int) -> None:
        """A child waits for those before it, or for a person."""
        if id in self._inside:
            self._inside[id].waits = True
        self.wake()

    def leave(self, id: int) -> None:
        """A child is kept, or given up."""
        self._inside.pop(id, None)
        self.wake()

    def wake(self) -> None:
        """Have those that wait look again."""
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            turn.resolve()

    def held_back(self, proposal: Account) -> Budget:
        """What a proposal may not touch: the evaluations of its own child and of those that were paid for already."""
        held = self.least
        for child in self._inside.values():
            if child.proposal is not proposal and child.is_paid:
                held += self._left_to_do(child)
        return held

    @property
    def least(self) -> Budget:
        """What one evaluation needs, and room for the last call of it."""
        return self._whole + (self._evaluation if self._call == Budget() else self._call)

    def has_before(self, proposal: Account) -> bool:
        """Whether children are under way before that of a proposal, which may yet leave some of what they hold."""
        if self._evaluation == Budget():
            return False
        before = itertools.takewhile(lambda child: child.proposal is not proposal, self._inside.values())
        return any(not child.waits for child in before)

    def _refusal(self) -> str:
        """Why one more child cannot be paid for as things stand, or ""."""
        if self._evaluation == Budget():
            return ""
        usual = (self._evaluation if self._proposal == Budget() else self._proposal) * MARGIN
        needed = self.least + usual
        for child in self._inside.values():
            needed += self._left_to_do(child)
            needed += Budget() if child.evaluation is not None else usual.less(child.proposal.spent)
        over = excess(self._run.limit, self._run.spent + needed)
        return f"{self._run.name}: with one more child it could be {over}" if over else ""

    @property
    def _whole(self) -> Budget:
        return self._evaluation * MARGIN

    def _left_to_do(self, child: Child) -> Budget:
        """What the evaluation of a child may still cost."""
        return self._whole if child.evaluation is None else self._whole.less(child.evaluation.spent)
