"""A model that gives prepared answers: for tests, of ours and of users."""

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from hyperagent.errors import LLMError
from hyperagent.llm.protocol import Completion, Request, Usage
from sandbox_runner import Plain

Script: TypeAlias = str | Completion


class Scripted:
    """Gives prepared answers: in order, or those of a function of the request, which suits calls made at once.

    An answer is text, or a `Completion` where tools or other endings are wanted. Text counts a token for four
    characters.
    """

    def __init__(
        self, answers: Iterable[Script] | Callable[[Request], Script], models: tuple[str, ...] = ("scripted",)
    ) -> None:
        self.models = models
        self._lock = threading.Lock()
        self._answer = answers if callable(answers) else self._next
        self._answers: Iterator[Script] = iter(()) if callable(answers) else iter(answers)

    def complete(self, request: Request) -> Completion:
        """The next answer; `LLMError` when there are no more."""
        answer = self._answer(request)
        if isinstance(answer, Completion):
            return answer
        return Completion(({"type": "text", "text": answer},), usage=Usage(request.bytes // 4, len(answer) // 4))

    def _next(self, _request: Request) -> Script:
        with self._lock:
            for answer in self._answers:
                return answer
        raise LLMError("the scripted model has no more answers")


def tool_use(name: str, **arguments: Plain) -> Completion:
    """An answer that uses one tool."""
    return Completion(({"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": arguments},), "tool_use")
