"""The language model: one protocol, and the only door to `anthropic`."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from hyperagent.errors import LLMError, UsageError
from hyperagent.settings import Settings

MAX_TOKENS = 4096


@dataclass(frozen=True)
class Completion:
    """What a model answered, and what it counted, in tokens."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    stop_reason: str = "end_turn"


class LLM(Protocol):
    """A language model that completes a prompt."""

    model: str

    def complete(self, prompt: str, max_tokens: int) -> Completion:
        """The completion of one user message. Raises `LLMError` where there is none after every retry."""


class Scripted:
    """A model that gives prepared answers in order: for tests, of ours and of users."""

    def __init__(self, answers: Iterator[str] | list[str], model: str = "scripted") -> None:
        self.model = model
        self._answers = iter(answers)

    def complete(self, prompt: str, max_tokens: int) -> Completion:
        """The next answer; `LLMError` when there are no more."""
        del max_tokens
        try:
            text = next(self._answers)
        except StopIteration:
            raise LLMError("the scripted model has no more answers") from None
        return Completion(text, len(prompt) // 4, len(text) // 4)


class Anthropic:
    """A model behind the Messages API. The key stays in the client, which retries what may pass."""

    def __init__(self, model: str, base_url: str = "") -> None:
        import anthropic

        if not base_url and not os.environ.get("ANTHROPIC_API_KEY"):
            raise UsageError("--llm needs ANTHROPIC_API_KEY in the environment, found none")
        self.model = model
        self._anthropic = anthropic
        self._client = anthropic.Anthropic(base_url=base_url or None, max_retries=4, timeout=120)

    def complete(self, prompt: str, max_tokens: int) -> Completion:
        """One message, answered."""
        try:
            message = self._client.messages.create(
                model=self.model, max_tokens=max_tokens, messages=[{"role": "user", "content": prompt}]
            )
        except self._anthropic.AnthropicError as error:
            raise LLMError(f"{self.model}: {type(error).__name__}: {error}"[:500]) from None
        text = "".join(block.text for block in message.content if block.type == "text")
        usage = message.usage
        return Completion(text, usage.input_tokens, usage.output_tokens, str(message.stop_reason))


def language_model(settings: Settings) -> LLM | None:
    """The model that the settings name, or None."""
    return Anthropic(settings.llm, settings.base_url) if settings.llm else None
