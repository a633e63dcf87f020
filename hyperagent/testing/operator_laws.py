"""The laws of operators: candidate edits that apply, that change something, and that keep to their target."""

import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

from hyperagent.errors import UsageError
from hyperagent.testing import faults, offers
from hyperagent.testing.here import called
from hyperagent.testing.jail import Jailed, jailed
from hyperagent.testing.laws import LawBroken, Report, uphold
from hyperagent.testing.shown import text_diff
from hyperagent.testing.sources import definitions
from sandbox_runner import Limits

LIMITS = Limits(wall_seconds=60, cpu_seconds=20, steps=5_000_000)
RAISES = "an operator raises nothing"
JUDGED = 40
PLACES = ("OPERATORS", "Scope", "pairs", "changes", "edits", "applied")


@dataclass(frozen=True)
class Asked:
    """How an operator is asked: for its cases, for its offers on a text, and who judges those."""

    cases: Callable[[], Any]
    offers: Callable[[str], Any]
    faults: Callable[[str, list[Any]], Any]


def check_operator(operator: object, *, examples: int | None = None) -> Report:
    """The laws of operators hold for `operator(site, scope)`; raises `LawBroken` with a diff.

    Its cases hold, and what must never come of it does not. Of any function, every candidate edit applies and gives
    source that parses, changes something and changes nothing outside its target, and the same source gives the same
    candidates. An operator that was registered with `@operator` in this process is called here, as code of the caller's
    own; "FILE.py:NAME" is run in a jail, as part of a genome, and its edits are judged in another one.
    """
    counted = {"sources": 0, "candidates": 0}
    with asking(operator) as asked:
        check_cases(asked)

        def law(text: str) -> None:
            counted["sources"] += 1
            counted["candidates"] += hold(asked, text)

        uphold(definitions(), law, examples)
    name = operator if isinstance(operator, (str, Path)) else getattr(operator, "name", None)
    return Report("operator", str(name or getattr(operator, "__name__", operator)), counted)


def check_cases(asked: Asked) -> None:
    """Refuse an operator without cases, or one that does not do what they say."""
    found = asked.cases()
    if not any(valid for valid, *_ in found):
        raise LawBroken("an operator has a case that shows what it does", "no (before, after) among its cases")
    for valid, before, after, made in found:
        wrong = after not in made if valid else bool(made) if after is None else after in made
        if wrong:
            offered = "\nor\n".join(text_diff(before, text) for text in made) or "nothing"
            wanted = text_diff(before, after) if after is not None else "nothing"
            word = "expected" if valid else "not allowed" if after is not None else "expected"
            law = "a VALID case holds" if valid else "an INVALID case holds"
            raise LawBroken(law, f"{word}\n{wanted}\noffered\n{offered}")


def hold(asked: Asked, text: str) -> int:
    """Every law of operators for the candidates of one definition, and how many there are."""
    try:
        first, again = asked.offers(text)
    except LawBroken as broken:
        raise LawBroken(broken.law, f"{text}\n{broken.counterexample}") from None
    if first != again:
        differing = next(
            (pair for pair in zip(first, again, strict=False) if pair[0] != pair[1]), (len(first), len(again))
        )
        shown = "\n".join(str(one["title"] if isinstance(one, dict) else f"{one} candidates") for one in differing)
        raise LawBroken("the same source gives the same candidates", f"{text}\nfirst and then\n{shown}")
    judged = [*islice(first, 0, None, len(first) // JUDGED + 1)]
    for offer, fault in zip(judged, asked.faults(text, judged), strict=True):
        if fault is not None:
            law, new, why = fault
            shown = text_diff(text, new) or text
            raise LawBroken(law, f"{offer['title']}\nat {offer['target']}\n{shown}\n{why}")
    return len(first)


@contextmanager
def asking(operator: object) -> Iterator[Asked]:
    """How the operator is asked: here, or in jails."""
    if isinstance(operator, (str, Path)):
        with jailed(operator) as jail:
            yield in_jails(jail)
        return
    library, entry = registered(operator)
    yield Asked(
        cases=lambda: called(RAISES, offers.cases, library, entry),
        offers=lambda text: called(RAISES, here, library, entry, text),
        faults=lambda text, found: [faults.fault(text, offer) for offer in found],
    )


def in_jails(jail: Jailed) -> Asked:
    """An operator that is a stranger's: one jail asks it, a clean one judges what it offers."""
    place = (jail.module, jail.name)
    return Asked(
        cases=lambda: jail.call(RAISES, offers, place, None, limits=LIMITS),
        offers=lambda text: jail.call(RAISES, offers, place, [text], limits=LIMITS)[0],  # type: ignore[index]
        faults=lambda text, found: jail.call("edits can be judged", faults, None, text, found, limits=LIMITS),
    )


def here(library: ModuleType, entry: object, text: str) -> object:
    """The offers in this process, whose own random state stays as it is."""
    state = random.getstate()
    try:
        return offers.offers(library, entry, text)
    finally:
        random.setstate(state)


def registered(operator: object) -> tuple[ModuleType, Any]:
    """The library that an operator was registered in, and its entry there."""
    for module in [*sys.modules.values()]:
        found = getattr(module, "__dict__", {})
        if all(name in found for name in PLACES) and isinstance(found["OPERATORS"], dict):
            for entry in found["OPERATORS"].values():
                if operator is entry or operator is getattr(entry, "function", None):
                    return module, entry
    raise UsageError(f"{operator!r:.80} is registered in no library of operators, expected one made with @operator")
