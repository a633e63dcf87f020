"""The built-in domain `binpack`: pack items into bins as they come, each before the next one is seen.

The setting of FunSearch (Romera-Paredes et al., Nature 625, 2024): the task agent holds a priority over the open bins.
`binpack` mixes both published distributions, `binpack:uniform` and `binpack:weibull` take one. An answer is the bin of
each item; the host checks and counts the bins. The score is 1 less the excess over the lower bound L2: 1 is the bound.
"""

from collections.abc import Mapping, Sequence

from hyperagent.domain import Domain, Score, Task
from hyperagent.domains.binpack.instances import KINDS, binpack_tasks
from hyperagent.domains.sources import source
from hyperagent.errors import UsageError
from sandbox_runner import Limits

__all__ = ["baselines", "domain"]

LIMITS = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=256 << 20, steps=2_000_000)
ITEMS = 500
SPAN = (0.94, 0.97)
"""A little below first fit, and as far above best fit as is known to be in reach."""


def domain(
    argument: str | None = None,
    *,
    seed: int = 0,
    items: int = ITEMS,
    train: int = 4,
    validation: int = 20,
    test: int = 40,
) -> Domain:
    """The domain on both distributions, or on the one that `argument` names.

    `seed` draws the instances; each has as many `items`.
    """
    kinds = tuple(KINDS) if argument is None else (argument,)
    if not set(kinds) <= set(KINDS):
        raise UsageError(f"binpack:{argument} is unknown, expected binpack, or binpack:{' or binpack:'.join(KINDS)}")
    sizes = {"train": train, "validation": validation, "test": test}
    tasks, splits = binpack_tasks(seed, kinds, items, sizes)
    known = baselines([task for task in tasks if task.id in set(splits["test"])])
    beside = ", ".join(f"{name} {mean:.4f}" for name, mean in known.items())
    return Domain(
        "binpack" if argument is None else f"binpack:{argument}",
        tasks,
        score,
        seed=source(__name__, "seed_agent.py"),
        tools=source(__name__, "tools.py"),
        splits=splits,
        limits=LIMITS,
        span=SPAN,
        about=f"online bin packing; the score is 1 less the excess over the bound L2; on the test tasks: {beside}",
    )


def score(task: Task, answer: object) -> Score:
    """1 less the excess of the bins used over the lower bound, at least 0; 0 for what is no packing."""
    assert isinstance(task.input, Mapping) and isinstance(task.target, Mapping)
    fault = fault_of(answer, task.input["items"], task.input["capacity"])
    if fault:
        return 0.0, fault
    assert isinstance(answer, list)
    used, bound = len(set(answer)), task.target["bound"]
    beside = f"first fit {task.target['first_fit']}, best fit {task.target['best_fit']}"
    return share(used, bound), f"{used} bins, lower bound {bound}, {beside}"


def share(used: int, bound: int) -> float:
    """1 less the excess over the bound."""
    return max(0.0, 1.0 - (used - bound) / bound)


def fault_of(answer: object, items: Sequence[int], capacity: int) -> str:
    """Why an answer is no packing of the items, or ""."""
    if not isinstance(answer, list) or len(answer) != len(items):
        return f"the answer is not a list with the bin of each of {len(items)} items"
    filled: dict[int, int] = {}
    for item, bin in zip(items, answer, strict=True):
        if type(bin) is not int:
            return f"the bin of an item is a {type(bin).__name__}, expected a whole number"
        filled[bin] = filled.get(bin, 0) + item
        if filled[bin] > capacity:
            return f"bin {bin} holds {filled[bin]}, more than {capacity}"
    return ""


def baselines(tasks: Sequence[Task]) -> dict[str, float]:
    """The mean scores of first fit and best fit."""
    found = {"first fit": 0.0, "best fit": 0.0}
    for task in tasks:
        assert isinstance(task.target, Mapping)
        for name in found:
            found[name] += share(task.target[name.replace(" ", "_")], task.target["bound"]) / len(tasks)
    return found
