"""Faults put into a correct source: one slip of a programmer, at times two, and not a byte changed beside it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from hyperagent.domains.repair.program import Edit, Program
from hyperagent.domains.repair.slips import KINDS

DOUBLE = 0.1
"""How many of the faults are two slips, as long as there are single ones."""

LOSSES = {"condition", "initial", "missing", "order", "returned"}
LOSS = 0.3
"""How often a slip is drawn that loses something a repair would have to invent, when another kind is drawn once."""


@dataclass(frozen=True)
class Fault:
    """A faulty source and the one or two edits that made it out of the correct one."""

    source: str
    edits: tuple[Edit, ...]


def faults(source: str, rng: random.Random) -> Iterator[Fault]:
    """Different faults of a source, drawn by kind: each single slip once or as part of a pair, then the other pairs.

    Most of the sources compile; some do what the correct one does.
    """
    program = Program(source)
    edits = drawn(slips(program), rng)
    seen = {source}
    for chosen in choices(edits, rng):
        faulty = edited(program.source, chosen)
        if faulty not in seen:
            seen.add(faulty)
            yield Fault(faulty, chosen)


def slips(program: Program) -> list[list[Edit]]:
    """Every edit of a program, one list for each kind that finds any."""
    return [found for kind in KINDS if (found := list(kind(program)))]


def drawn(groups: list[list[Edit]], rng: random.Random) -> list[Edit]:
    """All edits in random order, drawn by kind, so that a kind with few edits comes up as often as one with many."""
    left = [rng.sample(group, len(group)) for group in groups]
    order = []
    while left:
        weights = [LOSS if group[0].kind in LOSSES else 1.0 for group in left]
        [group] = rng.choices(left, weights)
        order.append(group.pop())
        left = [group for group in left if group]
    return order


def choices(edits: list[Edit], rng: random.Random) -> Iterator[tuple[Edit, ...]]:
    """Single edits, now and then with a second one; when they run out, every pair."""
    for edit in edits:
        other = rng.choice(edits)
        yield (edit, other) if rng.random() < DOUBLE and apart(edit, other) else (edit,)
    pairs = [pair for pair in combinations(edits, 2) if apart(*pair)]
    yield from rng.sample(pairs, len(pairs))


def apart(one: Edit, other: Edit) -> bool:
    """Neither edit touches a byte of the other, so that both can be made."""
    return one.end < other.start or other.end < one.start


def edited(source: bytes, edits: tuple[Edit, ...]) -> str:
    """The source with edits that are apart from each other."""
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text.encode() + source[edit.end :]
    return source.decode()
