"""The built-in domain `repair`: find the fault in a small Python function, with few tries and visible tests.

`repair` makes its tasks out of a corpus of textbook functions; `repair:FOLDER` takes those of a folder. The task agent
is given a faulty source and visible tests, tries candidates within a budget, and returns a source. Hidden tests,
run in a clean jail and compared on the host, decide: 1 if all of them hold, else 0.
"""

from functools import partial
from pathlib import Path

from hyperagent.domain import Domain
from hyperagent.domains.repair.folder import folder_tasks
from hyperagent.domains.repair.judge import remembering_judge
from hyperagent.domains.repair.tasks import RUNS, more_tasks, repair_tasks
from hyperagent.domains.repair.watched import CANARIES, TWINS, canary, twin
from hyperagent.domains.sources import source
from sandbox_runner import Limits

__all__ = ["domain"]

LIMITS = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=512 << 20, steps=3_000_000)

WITHOUT = ("exec", "eval", "compile", "open", "input", "breakpoint")
"""Builtins with which an agent could run a candidate of its own, past the budget."""


def domain(
    argument: str | None = None,
    *,
    seed: int = 0,
    runs: int = RUNS,
    train: int = 3,
    validation: int = 112,
    test: int = 48,
    fold: str = "",
) -> Domain:
    """The domain with made tasks, or with the tasks of the folder `argument`, whose splits the run draws.

    `seed` draws the made tasks and their splits; `runs` is the number of candidates that may be tried for a task;
    `fold` K/N takes the K-th of N parts of the corpus, which share no function.
    """
    if argument is None:
        tasks, splits = repair_tasks(seed, train, validation, test, runs=runs, fold=fold)
        posed = {task.id: task for task in tasks}
        watched = [posed[id] for id in splits["validation"][:TWINS]]
    else:
        tasks, splits, watched = folder_tasks(Path(argument), runs=runs), None, []
    return Domain(
        "repair" if argument is None else f"repair:{argument}",
        tasks,
        judge=remembering_judge(),
        seed=source(__name__, "seed_agent.py"),
        tools=source(__name__, "tools.py"),
        splits=splits,
        limits=LIMITS,
        preload="code",
        without=WITHOUT,
        more=None if argument is not None else partial(more_tasks, seed, train, validation, test, runs=runs, fold=fold),
        canaries=[canary(task) for task in watched[:CANARIES]],
        twins={task.id: twin(task) for task in watched},
        about="repair a faulty Python function; the score is the share of tasks whose hidden tests all hold",
    )
