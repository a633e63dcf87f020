"""What is asked of a language model, and what it answers: data in the words of the Messages API."""

import hashlib
from dataclasses import astuple, dataclass
from typing import Protocol

import msgpack

from sandbox_runner import Plain

END_TURN, TOOL_USE, MAX_TOKENS, REFUSAL = "end_turn", "tool_use", "max_tokens", "refusal"
EMPTY = "empty"
"""The stop reason of an answer without a word or a tool in it."""
REJECTED = "rejected"
"""The stop reason where the server found fault with the request itself: asking again would not help."""
BUDGET = "budget"
"""The stop reason where the gateway did not ask, because nothing is left to spend on it."""


@dataclass(frozen=True)
class Request:
    """One request. `place` says which call of the run asks ("propose 17"), `occurrence` how often it has asked the same
    before; neither is sent. `system`, `messages` and `tools` are as in the Messages API.
    """

    model: str
    messages: tuple[Plain, ...]
    max_tokens: int
    system: tuple[Plain, ...] = ()
    tools: tuple[Plain, ...] = ()
    place: str = ""
    occurrence: int = 0

    @property
    def key(self) -> bytes:
        """A digest of all of it: the key under which its answer is kept."""
        return hashlib.sha256(msgpack.packb(astuple(self))).digest()

    @property
    def bytes(self) -> int:
        """The size of what is sent. A token is at least one byte, so this bounds the tokens of the input."""
        return len(msgpack.packb([self.system, self.messages, self.tools]))


@dataclass(frozen=True)
class Usage:
    """Tokens that a server counted; `input` without those that were read from its cache or written to it."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    @property
    def prompt(self) -> int:
        """All tokens of the prompt."""
        return self.input + self.cache_read + self.cache_write

    @property
    def total(self) -> int:
        """All tokens."""
        return self.prompt + self.output


@dataclass(frozen=True)
class Completion:
    """What a model answered: blocks of content as in the Messages API, why it stopped, and what it counted."""

    content: tuple[Plain, ...]
    stop_reason: str = END_TURN
    usage: Usage = Usage()

    @property
    def text(self) -> str:
        """The words of the answer."""
        found = [block for block in self.content if isinstance(block, dict) and block.get("type") == "text"]
        return "".join(str(block["text"]) for block in found)


class LLM(Protocol):
    """One or several language models, by name."""

    models: tuple[str, ...]

    def complete(self, request: Request) -> Completion:
        """The answer, from any of several threads. Raises `LLMError` where there is none after every retry."""
