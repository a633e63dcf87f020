"""What was said to language models in a run and what they answered, kept in its archive by the digest of the request.

Durable before the genome hears of it, so that an answer that was received is never paid for again: not by a call that
is made again, not after `kill -9`. Parts that requests share (sources, tools, earlier messages) are kept once.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import msgpack

from archive import ArchiveError
from archive.store import Blob, Store
from hyperagent.llm.protocol import BUDGET, Completion, Request, Usage

MODELS = "models"
"""The setting of an archive that names the models of its run, in order."""


@dataclass(frozen=True)
class Exchange:
    """A request by its place and model, the answer, what it cost, and whether this run paid it or an earlier one."""

    place: str
    model: str
    completion: Completion
    dollars: float
    paid: bool = True
    seconds: float = 0.0


class Exchanges:
    """The exchanges of a run. `dollars`, `tokens` and `calls` are what this run has paid, by place."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.dollars: defaultdict[str, float] = defaultdict(float)
        self.tokens: defaultdict[str, int] = defaultdict(int)
        self.calls: defaultdict[str, int] = defaultdict(int)
        for exchange in self:
            self._count(exchange)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the run could ask, in order."""
        return tuple(json.loads(self._store.setting(MODELS) or "[]"))

    @models.setter
    def models(self, names: tuple[str, ...]) -> None:
        self._store.set(MODELS, json.dumps(names))

    def keep(self, request: Request, exchange: Exchange) -> None:
        """Write down an exchange, in one transaction, for good.

        A refusal for want of money has a key of its own, since its request may be asked again when there is more.
        """
        refused = exchange.completion.stop_reason == BUDGET
        self._store.keep_exchange(refusal_key(request) if refused else request.key, *packed(request, exchange))
        self._count(exchange)

    def find(self, request: Request) -> Exchange | None:
        """The exchange in which this request was answered."""
        content = self._store.exchange(request.key) or self._store.exchange(refusal_key(request))
        return None if content is None else unpacked(content)

    def __iter__(self) -> Iterator[Exchange]:
        return (unpacked(content) for content in self._store.contents())

    def _count(self, exchange: Exchange) -> None:
        if exchange.paid and exchange.completion.stop_reason != BUDGET:
            self.dollars[exchange.place] += exchange.dollars
            self.tokens[exchange.place] += exchange.completion.usage.total
            self.calls[exchange.place] += 1


def refusal_key(request: Request) -> bytes:
    """Under which a request is kept that was not put to a model."""
    return hashlib.sha256(b"refused " + request.key).digest()


def packed(request: Request, exchange: Exchange) -> tuple[bytes, dict[bytes, Blob]]:
    """An exchange as bytes, and the parts of the request by digest."""
    parts: dict[bytes, Blob] = {}

    def part(value: object) -> bytes:
        content: bytes = msgpack.packb(value)
        digest = hashlib.sha256(content).digest()
        parts[digest] = Blob(content)
        return digest

    record = {
        **asdict(exchange),
        "request": {
            "model": request.model,
            "max_tokens": request.max_tokens,
            "occurrence": request.occurrence,
            "system": [part(block) for block in request.system],
            "tools": [part(tool) for tool in request.tools],
            "messages": [part(message) for message in request.messages],
        },
    }
    return msgpack.packb(record), parts


def unpacked(content: bytes) -> Exchange:
    """The exchange that bytes describe."""
    try:
        fields: dict[str, Any] = msgpack.unpackb(content)
        answer = fields["completion"]
        completion = Completion(tuple(answer["content"]), answer["stop_reason"], Usage(**answer["usage"]))
        return Exchange(
            fields["place"], fields["model"], completion, fields["dollars"], fields["paid"], fields["seconds"]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ArchiveError(f"an exchange with a model cannot be read: {error!r:.200}") from None
