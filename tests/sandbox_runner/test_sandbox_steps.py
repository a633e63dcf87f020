"""Counted steps: the same answers as without, and an end to every loop."""

import builtins
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox_runner.steps import Counter, OutOfSteps, instrumented

CORPUS = {
    "loops": """
def solve(n):
    total = 0
    for i in range(n):
        while i > 3:
            i -= 2
            if i == 5: continue
        else:
            total += 1
        total += i
    return total
""",
    "comprehensions": """
def solve(n):
    k = [x * y for x in range(n) if x % 2 for y in range(x)]
    return k, {x: x for x in k}, sorted({x for x in k}), sum(x for x in k), [[y for y in range(x)] for x in range(n)]
""",
    "closures": '''
"""A module."""
from __future__ import annotations
count = 0
def solve(n):
    """Doc."""
    def inner():
        nonlocal n
        global count
        n += 1; count += n
        return (lambda x, *, y=2: x + y + n)(1)
    return inner(), inner(), count, n, solve.__doc__, __doc__, solve.__annotations__, solve.__code__.co_firstlineno
''',
    "only a docstring": '''
class A:
    """B"""
    def empty(self):
        """C"""
def solve(n):
    return A().empty(), A.__doc__, A.empty.__doc__
''',
    "generators": """
def numbers(n):
    while n:
        got = yield n
        n -= got or 1
def solve(n):
    g = numbers(n + 3)
    out = [next(g), g.send(2)]
    return out + list(g) + list(x for x in numbers(n) if x > 1)
""",
    "coroutines": """
import asyncio
async def numbers(n):
    for i in range(n):
        yield i
async def main(n):
    return [x async for x in numbers(n)] + [await asyncio.sleep(0, 7)]
def solve(n):
    return asyncio.run(main(n))
""",
    "errors": """
def solve(n):
    try:
        for i in range(n):
            1 / (i - 2)
    except ZeroDivisionError as error:
        return error.__traceback__.tb_lineno, str(error)
    finally:
        n = 0
    return n
""",
    "decorators and matches": """
def twice(f):
    return lambda *a: f(*a) * 2
@twice
def solve(n):
    match n:
        case 0 | 1: return n
        case int() as m if m > 3: return [m for m in range(m)]
        case _: return -1
""",
}

ENDLESS = {
    "swallowed": "while True:\n    try: 1 / 0\n    except: pass",
    "nested": "while True:\n  try:\n    while True:\n      try: pass\n      except: pass\n  except: pass",
    "finally": "while True:\n    try:\n        while True: pass\n    finally:\n        continue",
    "recursion": "def f():\n    try: f()\n    except: f()\nf()",
    "lambda": "f = lambda n: f(n - 1) + f(n - 1) if n else 0\nf(60)",
    "comprehension": "import itertools\nany(False for _ in itertools.count())",
    "comprehension with a condition": "import itertools\n[x for x in itertools.count() if False]",
    "generator": "def g():\n    while True: yield\nfor _ in g(): pass",
    "asynchronous": "async def f():\n    while True: pass\nf().send(None)",
}


def module(code: Any, tick: object) -> dict[str, Any]:
    names = {"__builtins__": {**vars(builtins), "__tick__": tick}, "__name__": "specimen"}
    exec(code, names)
    return names


@pytest.mark.parametrize("name", CORPUS)
@pytest.mark.parametrize("n", [0, 1, 2, 5, 9])
def test_counting_changes_no_answer(name: str, n: int) -> None:
    plain = module(compile(CORPUS[name], "specimen", "exec", dont_inherit=True), None)
    counted = module(instrumented(CORPUS[name], "specimen"), Counter(100_000).tick)
    assert counted["solve"](n) == plain["solve"](n)


@pytest.mark.parametrize("name", ENDLESS)
def test_endless_code_runs_out_of_steps(name: str) -> None:
    counter = Counter(5_000)
    with pytest.raises(OutOfSteps):
        module(instrumented(ENDLESS[name], "specimen"), counter.tick)
    assert counter.spent
    assert counter.left == 0


def test_a_swallowed_end_is_remembered() -> None:
    counter = Counter(10)
    module(instrumented("try:\n    while True: pass\nexcept: pass", "specimen"), counter.tick)
    assert counter.spent


@given(st.integers(0, 200))
def test_the_count_is_exact(limit: int) -> None:
    counter = Counter(limit)
    for used in range(limit):
        assert counter.left == limit - used
        assert counter.tick() is True
    assert not counter.spent
    for _ in range(3):
        with pytest.raises(OutOfSteps):
            counter.tick()


def test_the_same_code_takes_the_same_number_of_steps() -> None:
    def used() -> int:
        counter = Counter(100_000)
        module(instrumented(CORPUS["loops"], "specimen"), counter.tick)["solve"](50)
        return 100_000 - counter.left

    assert used() == used() > 50


def test_a_long_expression_is_still_compiled() -> None:
    source = "x = " + " + ".join(["1"] * 500)
    assert module(instrumented(source, "specimen"), Counter(10).tick)["x"] == 500


def test_a_counter_that_runs_out_at_the_recursion_limit_stays_used_up() -> None:
    source = "def dive():\n    try: dive()\n    except RecursionError: tick()\n"
    counter = Counter(0)
    names = {"tick": counter.tick}
    exec(source, names)
    for _ in range(3):
        with pytest.raises((OutOfSteps, RecursionError)):
            names["dive"]()  # type: ignore[operator]
    with pytest.raises(OutOfSteps):
        counter.tick()
    assert counter.spent
