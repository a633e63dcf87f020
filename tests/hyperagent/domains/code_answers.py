"""Right answers to the exercises in examples/, wrong ones that lie about it, and a jail to judge them in."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from hyperagent.contract import run_call
from hyperagent.domain import Domain, checked_score
from sandbox_runner import Call, Done, Outcome, Pool

EXERCISES = Path(__file__).parents[3] / "examples" / "exercises"

RUN_LENGTHS = """
from itertools import groupby


def squeezed(text):
    return [(letter, len(list(row))) for letter, row in groupby(text)]


def spread(pairs):
    if any(count < 1 for _, count in pairs):
        raise ValueError("a count below 1")
    return "".join(letter * count for letter, count in pairs)
"""
LEDGER = """
class Overdrawn(Exception):
    pass


class Ledger:
    def __init__(self):
        self.balance = 0

    def __eq__(self, other):
        return self.balance == other.balance

    def pay_in(self, amount):
        if amount <= 0:
            raise ValueError("not above 0")
        self.balance += amount

    def pay_out(self, amount):
        if amount > self.balance:
            raise Overdrawn(f"{amount - self.balance} is missing")
        self.pay_in(amount)
        self.balance -= 2 * amount
"""
CLIMBS = """
def longest_climb(values, key=None):
    key = key or (lambda value: value)
    best = climb = []
    for value in values:
        climb = [*climb, value] if climb and key(climb[-1]) < key(value) else [value]
        best = max(best, climb, key=len)
    return best
"""
ROOT = """
int digital_root(long number) { return number < 0 ? -1 : number == 0 ? 0 : (int)(1 + (number - 1) % 9); }
"""
RIGHT: dict[str, object] = {
    "run-lengths": RUN_LENGTHS,
    "ledger": LEDGER,
    "climbs": CLIMBS,
    "digital-root": ROOT,
}


class PoolJail:
    """`Jail` over a pool, one call at a time."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def submit(self, call: Call) -> Outcome:
        self.pool.submit(call)
        (done,) = self.pool.wait(120.0)
        assert isinstance(done, Done)
        return done.outcome

    async def call(self, source: str, function: str, inputs: Sequence[object]) -> Outcome:
        return await self.submit(run_call(source, function, list(inputs)))  # type: ignore[arg-type]


def judged(pool: Pool, domain: Domain, task: str, answer: object) -> tuple[float, str]:
    """Score and feedback of an answer."""
    assert domain.judge is not None
    found = asyncio.run(domain.judge(domain.tasks[task], answer, PoolJail(pool)))
    return checked_score(domain.name, domain.tasks[task], found)
