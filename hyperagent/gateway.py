"""What a jailed genome may ask of its host: a completion, within a budget.

The key, the client and the network are on this side. A question is plain data from hostile code, so its shape and size
are checked before anything is spent on it.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from archive import Question
from hyperagent.errors import BudgetExhausted, LLMError
from hyperagent.flow import Answer
from hyperagent.llm import LLM, MAX_TOKENS
from sandbox_runner import Plain

MAX_PROMPT = 400_000
SPENT = "dollars"
MODEL = "model"

# Dollars for a million tokens, in and out, as published for these families of models in the middle of 2026. A model
# that is not among them is charged as the dearest.
PRICES = {"haiku": (1.0, 5.0), "sonnet": (3.0, 15.0), "opus": (15.0, 75.0)}


class Ledger(Protocol):
    """Where texts are kept by name: the store of the run's archive."""

    def setting(self, key: str) -> str | None:
        """What is kept under a name, if anything is."""

    def set(self, key: str, value: str) -> None:
        """Keep a text under a name."""


class Gateway:
    """Answers completions until the dollars are spent; 0 dollars means no limit.

    `ledger` is where the sum is kept, so that a run that is resumed goes on with what it has spent.
    """

    def __init__(self, llm: LLM, dollars: float, ledger: Ledger) -> None:
        self._llm = llm
        self._dollars = dollars
        self._ledger = ledger
        ledger.set(MODEL, llm.model)
        self._price = next((p for name, p in PRICES.items() if name in llm.model), max(PRICES.values()))

    @property
    def spent(self) -> float:
        """Dollars, since the run was begun."""
        return float(self._ledger.setting(SPENT) or 0.0)

    def answer_for(self, purpose: str, number: int = 0, asked: Callable[[Question], None] | None = None) -> Answer:
        """The function that answers the questions of one call, and tells `asked` of each; `number` is the child's."""
        del number

        def answer(question: Plain) -> Plain:
            return self._completed(purpose, question, asked or (lambda _: None))

        return answer

    def _completed(self, purpose: str, question: Plain, asked: Callable[[Question], None]) -> Plain:
        if not isinstance(question, dict) or question.get("ask") != "complete":
            return {"error": f"{purpose} asked {question!r:.80}, expected a completion"}
        prompt = question.get("prompt")
        if not isinstance(prompt, str) or len(prompt) > MAX_PROMPT:
            return {"error": f"the prompt is not text of at most {MAX_PROMPT} characters"}
        self._reserve(prompt)
        try:
            completion = self._llm.complete(prompt, MAX_TOKENS)
        except LLMError as error:
            asked(Question(purpose, prompt, "", str(error)))
            return {"error": str(error)}
        cost = self._cost(completion.input_tokens, completion.output_tokens)
        self._ledger.set(SPENT, repr(self.spent + cost))
        tokens = completion.input_tokens, completion.output_tokens
        asked(Question(purpose, prompt, completion.text, "", completion.stop_reason, *tokens, cost))
        return {"text": completion.text, "stop_reason": completion.stop_reason}

    def _reserve(self, prompt: str) -> None:
        most = self._cost(len(prompt), MAX_TOKENS)
        if self._dollars and self.spent + most > self._dollars:
            raise BudgetExhausted(
                f"spent {self.spent:.4f} of {self._dollars:.2f} dollars; the next call may cost {most:.4f}"
            )

    def _cost(self, tokens_in: int, tokens_out: int) -> float:
        return (tokens_in * self._price[0] + tokens_out * self._price[1]) / 1e6


class Recorded:
    """Answers the questions of proposals as they were answered before, from the archive; nothing is spent."""

    def __init__(self, questions: Callable[[int], Sequence[Question]]) -> None:
        self._questions = questions

    def answer_for(self, purpose: str, number: int = 0, asked: Callable[[Question], None] | None = None) -> Answer:
        """The function that answers as the call for child `number` was answered, question by question."""
        waiting = iter([question for question in self._questions(number) if question.purpose == purpose])

        def answer(question: Plain) -> Plain:
            known = next(waiting, None)
            prompt = question.get("prompt") if isinstance(question, dict) else None
            if known is None or known.prompt != prompt:
                return {"error": "the recorded run asked no such question here"}
            if asked is not None:
                asked(known)
            return {"error": known.error} if known.error else {"text": known.text, "stop_reason": known.stop_reason}

        return answer
