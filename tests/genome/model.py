"""A meta agent's desk in a test: the bench that it works with in its jail, and a model with prepared replies."""

import importlib.util
import random
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from seed import FILES, SEED

from meta.gate import seed_policy

GUEST = Path(__file__).parents[2] / "hyperagent" / "guests" / "bench.py"
TRIALS = [
    {"task": "a", "input": "ab", "outcome": "Returned", "answer": "ab", "score": 0.0, "feedback": "expected ba"},
    {"task": "b", "input": "aa", "outcome": "Returned", "answer": "aa", "score": 1.0, "feedback": ""},
]
PARENT: dict[str, Any] = {"id": 4, "files": FILES, "score": 0.5, "train": 0.5, "trials": TRIALS}


class Llm:
    """Gives prepared replies in order, or those of a function of the messages, and keeps what it was asked."""

    def __init__(self, replies: Iterable[Any] | Callable[..., Any] = (), models: tuple[str, ...] = ("m",)) -> None:
        self.models = [*models]
        self.asked: list[Any] = []
        self._replies = replies if callable(replies) else iter(replies)

    def __call__(self, prompt: str) -> str:
        """The words of the next reply."""
        reply = self.message([{"role": "user", "content": prompt}])
        return "".join(block["text"] for block in reply["content"] if block["type"] == "text")

    def message(self, messages: list[Any], **options: Any) -> Any:
        """The next reply."""
        self.asked.append((messages, options))
        return self._replies(messages, **options) if callable(self._replies) else next(self._replies)


def says(text: str, stop_reason: str = "end_turn", tokens: int = 10) -> dict[str, Any]:
    """A reply in words; without any it is empty."""
    content = [{"type": "text", "text": text}] if text else []
    return {"content": content, "stop_reason": stop_reason, "tokens": tokens, "dollars": 0.01}


def uses(name: str, **arguments: Any) -> dict[str, Any]:
    """A reply that uses one tool."""
    block = {"type": "tool_use", "id": f"toolu_{name}", "name": name, "input": arguments}
    return {"content": [block], "stop_reason": "tool_use", "tokens": 10, "dollars": 0.01}


def tools(llm: Any = None, asked: Callable[[Any], Any] | None = None) -> SimpleNamespace:
    """What a meta agent is handed with a language model; `asked` answers what its bench asks the host."""
    spec = importlib.util.spec_from_file_location("bench", GUEST)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    bench = module.Bench(SimpleNamespace(ask=asked), seed_policy(SEED).plain())
    return SimpleNamespace(rng=random.Random(0), llm=llm, donors=[], bench=bench, constitution="")
