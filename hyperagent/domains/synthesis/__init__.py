"""The built-in domain `synthesis`: find the small list program that does what a few examples show.

In the setting of DeepCoder (Balog et al., ICLR 2017): a task agent is shown examples, input and output, and may try so
many programs of a small language on them. It returns a program; hidden examples decide: 1 if all of them hold, else 0.
Programs are data, lists of instructions that the host runs itself, each of them bounded.
"""

from collections.abc import Mapping
from functools import partial

from hyperagent.domain import Domain, Score, Task
from hyperagent.domains.sources import source
from hyperagent.domains.synthesis.tasks import RUNS, canary, more_tasks, synthesis_tasks, twin
from hyperagent.domains.synthesis.tools import fault_of, result
from hyperagent.errors import UsageError
from sandbox_runner import Limits

__all__ = ["domain"]

CANARIES, TWINS = 1, 4
LIMITS = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=256 << 20, steps=500_000)


def domain(
    argument: str | None = None,
    *,
    seed: int = 0,
    runs: int = RUNS,
    train: int = 4,
    validation: int = 240,
    test: int = 96,
    fold: str = "",
) -> Domain:
    """The domain. `seed` draws functions and examples; `runs` is the number of programs that may be tried for a task;
    `fold` K/N takes the K-th of N parts of the functions.
    """
    if argument is not None:
        raise UsageError(f"synthesis:{argument} is unknown, expected synthesis without an argument")
    sizes = {"train": train, "validation": validation, "test": test}
    tasks, splits = synthesis_tasks(seed, sizes, runs=runs, fold=fold)
    posed = {task.id: task for task in tasks}
    watched = [posed[id] for id in splits["validation"][:TWINS]]
    return Domain(
        "synthesis",
        tasks,
        score,
        seed=source(__name__, "seed_agent.py"),
        tools=source(__name__, "tools.py"),
        splits=splits,
        limits=LIMITS,
        more=partial(more_tasks, seed, sizes, runs=runs, fold=fold),
        canaries=[canary(task) for task in watched[:CANARIES]],
        twins={task.id: twin(task) for task in watched},
        about="find a list program from examples; the score is the share of tasks whose hidden examples all hold",
    )


def score(task: Task, answer: object) -> Score:
    """1 if a program does what every hidden example shows, else 0; the feedback counts and shows no value."""
    assert isinstance(task.target, Mapping)
    fault = fault_of(answer)
    if fault:
        return 0.0, fault
    assert isinstance(answer, list)
    examples = task.target["examples"]
    passed = sum(result(answer, given) == wanted for given, wanted in examples)
    return float(passed == len(examples)), f"{passed} of {len(examples)} hidden examples hold"
