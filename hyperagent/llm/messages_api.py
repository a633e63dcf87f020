"""The Messages API through its own client: the only door to `anthropic`, and the only place that holds the key.

What may pass is tried again here, with growing pauses and chance in them, or after as long as the server asks for:
rate limits, overload, timeouts, cut connections, garbled answers, errors of the server. Not covered: what a server
bills for an answer that never arrived.
"""

import os
import random
import threading
from collections.abc import Callable
from typing import Any, cast

from hyperagent.errors import LLMError, UsageError
from hyperagent.llm.protocol import EMPTY, REJECTED, Completion, Request, Usage
from sandbox_runner import Plain

ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
TIMEOUT = 600.0
STREAM_FROM = 8192
"""Answers that may be longer than this are streamed, so that no connection lies silent for minutes."""

KEPT = {
    "text": ("type", "text"),
    "tool_use": ("type", "id", "name", "input"),
    "thinking": ("type", "thinking", "signature"),
    "redacted_thinking": ("type", "data"),
}
"""The blocks of an answer that are passed on, and which of their fields."""

TEMPORARY = (408, 409, 429)
FAULTY_REQUEST = (400, 413, 422)


class Anthropic:
    """Models behind the Messages API of Anthropic, or of a compatible server at `base_url`."""

    def __init__(
        self,
        models: tuple[str, ...] | str,
        base_url: str = "",
        *,
        attempts: int = ATTEMPTS,
        pause: Callable[[float], object] | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        import anthropic

        key = os.environ.get("ANTHROPIC_API_KEY")
        if not base_url and not key:
            raise UsageError("--llm needs ANTHROPIC_API_KEY in the environment, found none")
        self.models = (models,) if isinstance(models, str) else models
        self._anthropic = anthropic
        self._attempts = attempts
        self._pause = pause or threading.Event().wait
        self._chance = random.Random()
        self._client = anthropic.Anthropic(
            api_key=key or "none", base_url=base_url or None, max_retries=0, timeout=timeout
        )

    def complete(self, request: Request) -> Completion:
        """One request, answered."""
        for attempt in range(self._attempts):
            try:
                return completion(self._asked(request))
            except self._anthropic.APIStatusError as error:
                if error.status_code in FAULTY_REQUEST and not is_about_credit(error.message):
                    return Completion(({"type": "text", "text": error.message[:2000]},), REJECTED)
                if error.status_code not in TEMPORARY and error.status_code < 500:
                    raise LLMError(f"{request.model}: {described(error)}") from None
                why, wish = described(error), wished_pause(error.response.headers.get("retry-after"))
            except Exception as error:  # noqa: BLE001 - the client reports a broken answer by what it stumbles on
                why, wish = described(error), None
            if attempt + 1 < self._attempts:
                self._pause(pause_before(attempt, wish, self._chance.random()))
        raise LLMError(f"{request.model}: no answer in {self._attempts} attempts, the last: {why}")

    def _asked(self, request: Request) -> Any:
        asked: dict[str, Any] = {"model": request.model, "max_tokens": request.max_tokens}
        for name in ("system", "tools", "messages"):
            if getattr(request, name):
                asked[name] = list(getattr(request, name))
        if request.max_tokens <= STREAM_FROM:
            return self._client.messages.create(**asked)
        with self._client.messages.stream(**asked) as stream:
            return stream.get_final_message()


class Garbled(Exception):
    """An answer that is not what the API describes."""


def completion(message: Any) -> Completion:
    """The client's message as plain data. Raises `Garbled` where it is none, or was cut before its end."""
    if not message or isinstance(message, str) or not message.stop_reason or not isinstance(message.content, list):
        raise Garbled(f"found {message!r:.100}, expected a whole message")
    content = tuple(kept(block.to_dict()) for block in message.content if block.type in KEPT)
    says = any(block["type"] in ("text", "tool_use") for block in content)
    usage = message.usage
    counted = Usage(
        usage.input_tokens or 0,
        usage.output_tokens or 0,
        usage.cache_read_input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
    )
    reason = str(message.stop_reason)
    return Completion(cast(tuple[Plain, ...], content), reason if says or reason != "end_turn" else EMPTY, counted)


def kept(block: dict[str, Any]) -> dict[str, Any]:
    """The fields of a block that are passed on."""
    return {name: block[name] for name in KEPT[block["type"]] if name in block}


def pause_before(attempt: int, wish: float | None, chance: float) -> float:
    """Seconds to wait: what the server asks for, or twice as long each time, in either case with chance on top.

    Chance (0 to 1) keeps calls that failed together from coming back together.
    """
    if wish is not None:
        return min(wish, LONGEST_PAUSE) + chance * FIRST_PAUSE
    return float(min(FIRST_PAUSE * 2**attempt, LONGEST_PAUSE) * (0.5 + chance / 2))


def wished_pause(header: str | None) -> float | None:
    """The seconds in a retry-after header; None where there is none, or a date."""
    try:
        return max(0.0, float(header or ""))
    except ValueError:
        return None


def is_about_credit(message: str) -> bool:
    """Whether a refused request is no fault of the request: nothing is left to pay with."""
    return "credit balance" in message.lower()


def described(error: Exception) -> str:
    """An error on one line, without the request that it may quote."""
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:300]
