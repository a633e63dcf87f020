"""What does it cost to count steps? `repair`'s task agent, and its candidates, with and without the counting.

    python benchmarks/steps.py [--tasks 79] [--rounds 9]

Processor time of this process, without a jail, since a jail does not run what is not counted. Both ways solve the same
tasks with the same random numbers, in turn; each figure is the quickest of its rounds.
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from types import ModuleType, SimpleNamespace
from typing import Any

from hyperagent.domain import Task, plain
from hyperagent.domains import load_domain
from hyperagent.domains.repair import tools
from hyperagent.seeds import seed_genome
from sandbox_runner import steps

Solve = Callable[[Any, Any], object]
Run = Callable[[tools.Meter, Callable[[], object]], object]


class Sources(MetaPathFinder, Loader):
    """Finds the modules of a genome, with their steps counted or not."""

    def __init__(self, files: dict[str, str], counted: bool) -> None:
        self.files, self.counted = files, counted

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        file = name.removeprefix("genome.").replace(".", "/") + ".py"
        if name == "genome" or (name.startswith("genome.") and file in self.files):
            return spec_from_loader(name, self, is_package=name == "genome")
        return None

    def exec_module(self, module: ModuleType) -> None:
        file = module.__name__.removeprefix("genome.").replace(".", "/") + ".py"
        if file in self.files:
            source = self.files[file]
            code = steps.instrumented(source, file) if self.counted else compile(source, file, "exec")
            vars(module)["__builtins__"] = {**vars(sys.modules["builtins"]), steps.TICK: steps.Counter(10**12).tick}
            exec(code, vars(module))


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tasks", type=int, default=79)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    domain = load_domain("repair", {})
    tasks = [task for split in domain.split(0).values() for task in split][: options.tasks]
    files = {name: text for name, text in seed_genome(domain).items() if isinstance(text, str)}
    bare, counted = agent(files, False), agent(files, True)
    ending = [number for number, task in enumerate(tasks) if ends(counted, number, task)]
    posed = [(number, tasks[number]) for number in ending]
    print(f"{len(posed)} of {len(tasks)} tasks, those on which every candidate comes to an end by itself")
    ways = [(bare, uncounted), (counted, uncounted), (counted, METER)]
    times = in_turn([lambda way=way: solved(*way, posed) for way in ways], options.rounds)
    for what, taken in zip(("nothing counted", "the task agent's steps", "and its candidates'"), times, strict=True):
        tell(what, taken / len(posed), times[0] / len(posed))


def tell(what: str, taken: float, bare: float) -> None:
    """One line: the time for a task, and what counting adds."""
    print(f"{what:24} {1000 * taken:.2f} ms a task, {100 * (taken / bare - 1):+.1f} % (target: under 15)")


def agent(files: dict[str, str], counted: bool) -> Solve:
    """`solve` of the genome."""
    finder = Sources(files, counted)
    sys.meta_path.insert(0, finder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "genome"]:
        del sys.modules[name]
    try:
        from genome import task_agent

        solve: Solve = task_agent.solve
        return solve
    finally:
        sys.meta_path.remove(finder)


def solved(solve: Solve, run: Run, tasks: Sequence[tuple[int, Task]]) -> None:
    """Every task solved once, its candidates run in one way or the other."""
    tools.Meter.run = run  # type: ignore[method-assign]
    try:
        for number, task in tasks:
            given: Any = plain(task.input)
            solve(given, SimpleNamespace(rng=random.Random(number), llm=None, **tools.tools(given)))
    finally:
        tools.Meter.run = METER  # type: ignore[method-assign]


def ends(solve: Solve, number: int, task: Task) -> bool:
    """Whether all the candidates of a task come to an end, so that they may be run without a limit."""
    given: Any = plain(task.input)
    made: Any = tools.tools(given)
    faults: list[str] = []

    def watched(source: str, quick: bool = False) -> tools.Report:
        report: tools.Report = made["run"](source, quick)
        faults.extend(report.failures)
        return report

    solve(given, SimpleNamespace(rng=random.Random(number), llm=None, **{**made, "run": watched}))
    return not any("no end" in line for line in faults)


def uncounted(_meter: tools.Meter, call: Callable[[], object]) -> object:
    """A call without its lines being counted."""
    return call()


METER = tools.Meter.run


def in_turn(ways: Sequence[Callable[[], None]], rounds: int) -> list[float]:
    """The quickest processor time of each way, taken in turn."""
    times: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, taken in zip(ways, times, strict=True):
            begun = time.process_time()
            way()
            taken.append(time.process_time() - begun)
    return [min(taken) for taken in times]


if __name__ == "__main__":
    main()
