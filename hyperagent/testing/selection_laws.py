"""The laws of selections: one of the ids that were offered, whatever is offered, and the same one for the same seed."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from archive import Columns
from hyperagent.contract import SELECT_LIMITS
from hyperagent.testing import picks
from hyperagent.testing.candidates import candidates
from hyperagent.testing.here import called
from hyperagent.testing.jail import jailed
from hyperagent.testing.laws import LawBroken, Report, uphold
from hyperagent.testing.shown import table

Select = Callable[..., object]
Ask = Callable[[Columns, int], Any]
NAMES = ("id", "score", "visits", "depth", "size")


def check_selection(select: Select | str | Path, *, examples: int | None = None) -> Report:
    """The laws of selections hold for `select(candidates, rng)`; raises `LawBroken` with a table of candidates.

    It picks one of the ids that it is offered, for one candidate and for many, for equals and for the much visited;
    it raises nothing; and the pick is decided by the candidates and `rng` alone. A function is called in this process,
    as code of the caller's own; "FILE.py:NAME" is run in a jail, as part of a genome, under the limits of a run.
    """
    counted = {"calls": 0}
    with asking(select) as ask:

        def law(case: tuple[Columns, int]) -> None:
            counted["calls"] += 2
            hold(ask, *case)

        uphold(st.tuples(candidates(), st.integers(0, 2**32)), law, examples)
    return Report("selection", getattr(select, "__name__", str(select)), counted)


def hold(ask: Ask, shown: Columns, seed: int) -> None:
    """Every law of selections, for one offer."""
    try:
        first, again = ask(shown, seed)
    except LawBroken as broken:
        raise LawBroken(broken.law, f"{offer(shown, seed)}\n{broken.counterexample}") from None
    if first not in shown.id:
        text = f"{offer(shown, seed)}\npicked {first}, expected one of the {len(shown.id)} ids"
        raise LawBroken("a selection picks an id that it was offered", text)
    if first != again:
        text = f"{offer(shown, seed)}\npicked {first}, and {again} when asked again"
        raise LawBroken("the same candidates and the same seed give the same pick", text)


def offer(shown: Columns, seed: int) -> str:
    """The candidates as a table, and the seed of the random stream."""
    columns = [getattr(shown, name).tolist() for name in NAMES]
    return f"{table(NAMES, zip(*columns, strict=True))}\nrng: random.Random({seed})"


@contextmanager
def asking(select: Select | str | Path) -> Iterator[Ask]:
    """How the selection is asked: here, or in a jail."""
    if callable(select):
        yield lambda shown, seed: called("a selection raises nothing", asked_here, select, shown, seed)
        return
    with jailed(select) as jail:

        def ask(shown: Columns, seed: int) -> object:
            columns = {name: np.ascontiguousarray(getattr(shown, name)).tobytes() for name in NAMES}
            place = (jail.module, jail.name)
            return jail.call("a selection raises nothing", picks, place, columns, seed, limits=SELECT_LIMITS)

        yield ask


def asked_here(select: Select, shown: Columns, seed: int) -> object:
    """The picks in this process, whose own random state stays as it is."""
    states = random.getstate(), np.random.get_state()
    try:
        return picks.picks(select, vars(shown), seed)
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
