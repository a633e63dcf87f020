"""How a law is tried: on many cases, and told by the smallest one for which it does not hold."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Flaky
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")
SHRINKING = 300
"""How many smaller cases are tried once a law is broken; the last few lines are seldom worth more."""


class LawBroken(AssertionError):
    """A law does not hold: `law` says which, on one line; `counterexample` shows the smallest case that was found."""

    def __init__(self, law: str, counterexample: str) -> None:
        super().__init__(f"{law}\n\n{counterexample}")
        self.law = law
        self.counterexample = counterexample


@dataclass(frozen=True)
class Report:
    """What was checked, and what was counted and measured on the way: all laws held."""

    kind: str
    name: str
    figures: Mapping[str, float | int | str] = field(default_factory=dict)

    def __str__(self) -> str:
        found = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        return f"{self.kind} {self.name}: all laws hold ({found})"


def uphold(cases: SearchStrategy[T], law: Callable[[T], None], examples: int | None) -> None:
    """Try a law, which raises `LawBroken`, on so many cases; as many as the Hypothesis profile says if None."""
    broken: dict[str, LawBroken] = {}
    tries = 0

    @settings(
        max_examples=examples or settings().max_examples,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def try_it(case: T) -> None:
        nonlocal tries
        tries += bool(broken)
        if tries > SHRINKING and repr(case) not in broken:
            return
        try:
            law(case)
        except LawBroken as found:
            broken[repr(case)] = found
            raise

    try:
        try_it()
    # Hypothesis adds notes of its own to what it raises; the counterexample says all there is to say.
    except LawBroken as found:
        raise LawBroken(found.law, found.counterexample) from None
    except Flaky:
        last = [*broken.values()][-1]
        raise LawBroken(f"{last.law} (now and then, on the same case)", last.counterexample) from None
