"""What models cost. A model without a price here needs an explicit one: nothing is guessed.

Standard prices of the Messages API, from Anthropic's price list. Not covered: batches, priority, other regions.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hyperagent.errors import UsageError
from hyperagent.llm.protocol import Request, Usage

AS_OF = "2026-10-24"
CACHE_WRITE = 1.25
OVERHEAD = 1000
"""Tokens that a server may add to a prompt of its own accord, as it does where tools are offered."""


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens. `cached` is what reading from the cache costs, as a share of `input`.

    A prompt of more than `long` tokens (0: none is) costs `long_factor` times as much, its answer included.
    """

    input: float
    output: float
    cached: float = 0.1
    long: int = 0
    long_factor: float = 1.0

    def dollars(self, usage: Usage) -> float:
        """What an answer cost."""
        read, written = usage.cache_read * self.cached, usage.cache_write * CACHE_WRITE
        millionths = (usage.input + read + written) * self.input + usage.output * self.output
        return round(millionths * self._factor(usage.prompt) / 1e6, 10)

    def most(self, request: Request) -> float:
        """What the answer to a request can cost at most."""
        return self.dollars(Usage(output=request.max_tokens, cache_write=request.bytes + OVERHEAD))

    def _factor(self, prompt: int) -> float:
        return self.long_factor if self.long and prompt > self.long else 1.0


FREE = Price(0.0, 0.0)
PRICES = {
    "claude-fable-5-1": Price(10.0, 50.0, cached=0.025),
    "claude-fable-5": Price(10.0, 50.0),
    "claude-opus-5-5": Price(4.0, 20.0, cached=0.05),
    "claude-opus-5": Price(5.0, 25.0),
    "claude-opus-4-8": Price(5.0, 25.0),
    "claude-opus-4-7": Price(5.0, 25.0),
    "claude-opus-4-6": Price(5.0, 25.0),
    "claude-opus-4-5": Price(5.0, 25.0),
    "claude-sonnet-5-5": Price(2.0, 10.0, cached=0.05),
    "claude-sonnet-5": Price(2.0, 10.0),
    "claude-sonnet-4-6": Price(3.0, 15.0),
    "claude-sonnet-4-5": Price(3.0, 15.0),
    "claude-haiku-5-5": Price(0.1, 0.5, long=100_000, long_factor=5.0),
    "claude-haiku-4-5": Price(1.0, 5.0),
    "scripted": FREE,
}


def prices(models: Iterable[str], explicit: str) -> dict[str, Price]:
    """The price of each model; `explicit` is "MODEL=IN/OUT, ..." and goes before the table.

    Raises `UsageError` for a model that is in neither.
    """
    known = {**PRICES, **read(explicit)}
    return {model: found(model, known) for model in models}


def found(model: str, known: Mapping[str, Price]) -> Price:
    """The price of a model, with or without the date of its version behind its name."""
    name = model if model in known else undated(model)
    if name not in known:
        raise UsageError(f"no price of {model} is known (table of {AS_OF}), expected --set 'prices={model}=IN/OUT' "
                         "in dollars for a million tokens")  # fmt: skip
    return known[name]


def undated(model: str) -> str:
    """The name of a model without the date at its end."""
    head, _, tail = model.rpartition("-")
    return head if tail.isdigit() and len(tail) == 8 else model


def read(text: str) -> dict[str, Price]:
    """Prices as a user writes them: "MODEL=IN/OUT, MODEL=IN/OUT"."""
    return dict(one(part.strip()) for part in text.split(",") if part.strip())


def one(text: str) -> tuple[str, Price]:
    """A model and its price."""
    model, _, figures = text.partition("=")
    low, _, high = figures.partition("/")
    try:
        price = Price(float(low), float(high))
    except ValueError:
        raise UsageError(f"prices has {text!r}, expected MODEL=IN/OUT in dollars for a million tokens") from None
    if not (0 <= price.input < 1e6 and 0 <= price.output < 1e6):
        raise UsageError(f"prices has {text!r}, expected figures of at least 0")
    return model.strip(), price
