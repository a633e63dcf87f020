"""What a jailed genome may ask of its host: an answer of a language model, within a budget.

The key, the client and the network are on this side. A question is plain data from hostile code, so its shape and size
are checked before anything is spent on it. Each answer is written down before the genome hears of it.
"""

import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from archive import Question
from archive.store import Store
from hyperagent.admission import Admission
from hyperagent.budget import Account, Budget
from hyperagent.errors import BudgetExhausted
from hyperagent.flow import Flow, Future
from hyperagent.llm.exchanges import Exchange, Exchanges
from hyperagent.llm.prices import OVERHEAD, Price, prices
from hyperagent.llm.protocol import BUDGET, LLM, Completion, Request
from hyperagent.llm.recorded import Recorded
from hyperagent.questions import BadQuestion, read_request
from hyperagent.settings import Settings
from sandbox_runner import Plain

SPENT = "dollars"
PROPOSE, SOLVE = "propose", "solve"

Other = Callable[[dict[str, Plain], Callable[[], None]], Awaitable[Plain]]
"""Answers the questions of a call that are not for a model."""


@dataclass(frozen=True)
class Limits:
    """What one call, one account (a proposal, or the evaluation of one task agent) and the whole run may use."""

    call: Budget
    generation: Budget
    run: Budget

    @classmethod
    def of(cls, settings: Settings) -> "Limits":
        """As the settings of a run say."""
        s = settings
        return cls(
            Budget(tokens=s.call_tokens, dollars=s.call_dollars),
            Budget(s.generation_calls, s.generation_tokens, s.generation_dollars),
            Budget(s.calls, s.tokens, s.dollars),
        )


class Gateway:
    """Answers until the budget is spent. `exhausted` says why no more can be asked, and is "" until then."""

    def __init__(self, llm: LLM, settings: Settings, store: Store, flow: Flow) -> None:
        self.models = llm.models
        self.exhausted = ""
        self._llm = llm
        self._flow = flow
        self._store = store
        self._limits = Limits.of(settings)
        self._prices: dict[str, Price] = {} if isinstance(llm, Recorded) else prices(llm.models, settings.prices)
        self._exchanges = Exchanges(store)
        self._run = Account("this run", self._limits.run, self._spent_at(""))
        self._accounts: dict[str, Account] = {}
        self._waiting: list[Future[None]] = []
        self._usual = 0.0
        self._exchanges.models = llm.models
        self._admission = Admission(self._run, max(1, len(store)))
        for name in {" ".join(place.split(" ")[:2]) for place in self._exchanges.calls}:
            self._note(self._account(name), Budget())

    @property
    def spent(self) -> float:
        """Dollars, since the run was begun."""
        return self._run.spent.dollars

    def conversation(
        self, place: str, account: str, other: Other | None = None, asked: Callable[[Question], None] | None = None
    ) -> "Conversation":
        """What answers the questions of one call; `asked` is told of each that was put to a model."""
        return Conversation(self, place, account, other, asked)

    async def begin(self, id: int) -> None:
        """Wait until a child can be paid for to the end of its evaluation; `BudgetExhausted` where it never can."""
        if not isinstance(self._llm, Recorded):
            await self._admission.enter(id, self._account(f"{PROPOSE} {id}"))

    def evaluate(self, id: int, account: str) -> None:
        """The proposal of a child is done: what is held back for its evaluation may be spent, by an account."""
        self._admission.evaluate(id, self._account(account))

    def wait(self, id: int) -> None:
        """A child waits for those before it, or for a person."""
        self._admission.wait(id)
        self._wake()

    def end(self, id: int) -> None:
        """A child is kept, or given up."""
        self._admission.leave(id)
        self._wake()

    def may_rehearse(self, place: str, number: int) -> bool:
        """Whether a proposal may make trials without spending what is held back. A no is written down, and stays."""
        request = Request(self.models[0], ("trials",), 0, place=place, occurrence=number)
        refusal: str | Exchange | None = self._exchanges.find(request)
        if isinstance(self._llm, Recorded):
            refusal = refusal or self._llm.find(request)
        elif refusal is None:
            refusal = self._run.refusal(self._admission.least + self._admission.held_back(self._account(place)))
        if refusal:
            self._exchanges.keep(request, refused(request))
        return not refusal

    async def answered(self, request: Request, account: str) -> Exchange:
        """The exchange that answers a request: one that is written down, or a new one."""
        known = self._exchanges.find(request)
        if known is not None and known.completion.stop_reason != BUDGET:
            return known
        if isinstance(self._llm, Recorded):
            exchange = replace(self._llm.exchange(request), paid=False)
        else:
            exchange = await self._bought(request, self._account(account))
        self._exchanges.keep(request, exchange)
        self._store.set(SPENT, repr(self.spent))
        return exchange

    async def _bought(self, request: Request, account: Account) -> Exchange:
        price = self._prices[request.model]
        most = Budget(1, request.bytes + OVERHEAD + request.max_tokens, price.most(request))
        if await self._reserved(account, most):
            return refused(request)
        begun, cost = time.monotonic(), Budget()
        try:
            completion = await self._flow.in_thread(lambda: self._llm.complete(request))
            cost = Budget(1, completion.usage.total, price.dollars(completion.usage))
        finally:
            for each in (account, self._run):
                each.settle(most, cost)
            self._note(account, most)
            self._wake()
        return Exchange(
            request.place, request.model, completion, cost.dollars, seconds=round(time.monotonic() - begun, 3)
        )

    async def _reserved(self, account: Account, most: Budget) -> str:
        """Hold what a call may cost, as soon as calls in flight leave room; why it can never be, or ""."""
        while True:
            refusal = Account("one call", self._limits.call).refusal(replace(most, tokens=0)) or account.refusal(most)
            if refusal:
                return refusal
            for_trials = account.name.startswith(SOLVE)
            needed = most if for_trials else most + self._admission.held_back(account)
            refusal = self._run.refusal(needed)
            if refusal and (for_trials or not self._admission.has_before(account)):
                self._end(most, most if for_trials else most + self._admission.least)
                if for_trials:
                    raise BudgetExhausted(refusal)
                return refusal
            if not refusal and not self._run.must_wait(needed) and not account.must_wait(most):
                self._usual = max(self._usual, most.dollars)
                self._run.hold(most)
                account.hold(most)
                return ""
            turn: Future[None] = Future()
            self._waiting.append(turn)
            await turn

    def _end(self, most: Budget, needed: Budget) -> None:
        """Say that nothing more can be asked, unless what is usual may still be affordable, or others hold it back."""
        if most.dollars <= self._usual or not self._usual:
            self.exhausted = self._run.refusal(needed)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            turn.resolve()
        self._admission.wake()

    def _note(self, account: Account, most: Budget) -> None:
        """Learn from what an account has come to what others will."""
        if account.name.startswith(SOLVE):
            self._admission.note_evaluation(account.spent, most)
        else:
            self._admission.note_proposal(account.spent)

    def _account(self, name: str) -> Account:
        if name not in self._accounts:
            self._accounts[name] = Account(name, self._limits.generation, self._spent_at(name))
        return self._accounts[name]

    def _spent_at(self, prefix: str) -> Budget:
        """What this run has paid at places that begin so, as its archive says."""
        found, whole = self._exchanges, Budget()
        for place in found.calls:
            if f"{place} ".startswith(f"{prefix} " if prefix else ""):
                whole += Budget(found.calls[place], found.tokens[place], found.dollars[place])
        return whole


class Conversation:
    """What one call has asked so far: equal requests are told apart by how often they were made."""

    def __init__(
        self,
        gateway: Gateway,
        place: str,
        account: str,
        other: Other | None,
        told: Callable[[Question], None] | None,
    ) -> None:
        self._gateway, self._place, self._account, self._other, self._told = gateway, place, account, other, told
        self._asked: defaultdict[bytes, int] = defaultdict(int)

    async def __call__(self, question: Plain, put_aside: Callable[[], None]) -> Plain:
        """The reply: of a model, or of whoever answers other questions; {"error": ...} where there is none."""
        if not isinstance(question, dict):
            return {"error": f"a question is {question!r:.80}, expected a mapping"}
        try:
            if question.get("ask") == "model":
                return await self._from_model(question)
            if self._other is not None:
                return await self._other(question, put_aside)
        except BadQuestion as error:
            return {"error": str(error)}
        return {"error": f"{self._place} asked {question.get('ask')!r:.80}, expected 'model'"}

    async def _from_model(self, question: dict[str, Plain]) -> Plain:
        gateway = self._gateway
        request = read_request(question, gateway.models, gateway._limits.call.tokens, self._place)
        asked = self._asked[request.key]
        self._asked[request.key] += 1
        exchange = await gateway.answered(replace(request, occurrence=asked), self._account)
        completion = exchange.completion
        if self._told is not None:
            self._told(recorded(request, exchange))
        return {
            "content": list(completion.content),
            "stop_reason": completion.stop_reason,
            "tokens": completion.usage.total,
            "dollars": exchange.dollars,
        }


def refused(request: Request) -> Exchange:
    """An exchange that costs nothing, since the model was not asked."""
    return Exchange(request.place, request.model, Completion((), BUDGET), 0.0)


def recorded(request: Request, exchange: Exchange) -> Question:
    """An exchange as the record of an individual tells it: the last words before it, and the answer in words."""
    completion, usage = exchange.completion, exchange.completion.usage
    return Question(
        purpose=request.place.partition(" ")[0],
        prompt=in_words(request.messages[-1:]),
        text=in_words(completion.content),
        stop_reason=completion.stop_reason,
        input_tokens=usage.prompt,
        output_tokens=usage.output,
        dollars=exchange.dollars,
    )


def in_words(blocks: Sequence[Plain]) -> str:
    """What is said in some blocks or messages: text as it is, tools with their arguments."""
    return "\n".join(words(block) for block in blocks if isinstance(block, dict))


def words(block: dict[str, Plain]) -> str:
    """One block or message."""
    match block:
        case {"type": "text", "text": str(text)}:
            return text
        case {"type": "tool_use", "name": str(name), "input": arguments}:
            return f"{name} {json.dumps(arguments)}"
        case {"content": str(text)}:
            return text
        case {"content": list(blocks)}:
            return in_words(blocks)
    return ""
