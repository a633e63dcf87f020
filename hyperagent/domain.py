"""What a user brings: tasks, and how an answer to one is scored."""

import hashlib
import inspect
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol, TypeAlias

import msgpack

from hyperagent.errors import DomainError
from sandbox_runner import Limits, Outcome

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True, init=False)
class Task:
    """One problem: `input` is shown to the task agent, `target` never leaves the host. Both are plain data."""

    id: str
    input: object
    target: object

    def __init__(self, id: str, input: object, target: object = None) -> None:
        object.__setattr__(self, "id", id)
        object.__setattr__(self, "input", input)
        object.__setattr__(self, "target", target)


Score: TypeAlias = float | tuple[float, str]
"""A number, the higher the better, or that number and a line of feedback for the meta agent."""


class Jail(Protocol):
    """A clean jail that never held the genome, for running an answer that is code."""

    def call(self, source: str, function: str, inputs: Sequence[object]) -> Awaitable[Outcome]:
        """Run `function` of `source` on each argument list of `inputs`.

        A `Returned` outcome holds a list with one item per input: `{"value": plain}` or `{"error": text}`.
        """


ScoreFunction: TypeAlias = Callable[[Task, object], Score]
JudgeFunction: TypeAlias = Callable[[Task, object, Jail], Awaitable[Score]]


class Domain:
    """Tasks with a way to score an answer.

    `score(task, answer)` runs on the host and is for answers that are data. `judge(task, answer, jail)` is an
    `async` function for answers that are code: it awaits `jail.call(...)` and never hands it an expected output.
    `seed` is the source of the task agent to begin with (a module with `solve(task, tools)`); `tools` is the source
    of a module, run in the jail before the genome is loaded, whose `tools(task)` returns what the domain adds to the
    agent's tools, by name. `splits` names the tasks of train, validation and test; with `held_out` alone the test
    tasks are named and the rest is dealt out by the seed of the run. A trial without an answer scores `worst`.
    `without` names builtins that a genome does not see, so that a budget counted by `tools` cannot be walked round.
    """

    def __init__(
        self,
        name: str,
        tasks: Iterable[Task],
        score: ScoreFunction | None = None,
        *,
        judge: JudgeFunction | None = None,
        seed: str | None = None,
        tools: str | None = None,
        splits: Mapping[str, Sequence[str]] | None = None,
        held_out: Sequence[str] | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        preload: str = "bare",
        worst: float = 0.0,
        without: Sequence[str] = (),
        about: str = "",
    ) -> None:
        self.name = name
        self.tasks = {task.id: task for task in checked_tasks(name, tasks)}
        self.score = score
        self.judge = judge
        self.seed = seed
        self.tools = tools
        self.limits = limits
        self.preload = preload
        self.worst = worst
        self.without = tuple(without)
        self.about = about
        self.named_splits = None if splits is None else named_splits(name, self.tasks, splits)
        self.held_out = None if held_out is None else known_ids(name, self.tasks, held_out, "held_out")
        if (score is None) == (judge is None):
            raise DomainError(f"domain {name}: expected exactly one of score= and judge=")
        if score is not None:
            check_signature(name, "score", score, ("task", "answer"))
        if judge is not None:
            check_signature(name, "judge", judge, ("task", "answer", "jail"))
            if not inspect.iscoroutinefunction(judge):
                raise DomainError(f"domain {name}: judge is a plain function, expected an async one")

    def split(self, seed: int) -> dict[str, list[Task]]:
        """The tasks of each split. Named splits are kept; otherwise they are dealt out by `seed`, a third each."""
        if self.named_splits is not None:
            return {split: [self.tasks[id] for id in ids] for split, ids in self.named_splits.items()}
        ids = sorted(set(self.tasks) - set(self.held_out or ()))
        random.Random(f"split {seed}").shuffle(ids)
        test = list(self.held_out) if self.held_out is not None else [ids.pop() for _ in range(len(ids) // 3)]
        train = ids[: (len(ids) + 1) // 2]
        validation = ids[len(train) :] or train
        test = test or validation
        return {
            split: [self.tasks[id] for id in sorted(names)]
            for split, names in zip(SPLITS, (train, validation, test), strict=True)
        }

    def fingerprint(self) -> str:
        """A digest of the name, the tasks and the seed: a run refuses to go on with another one."""
        tasks = [[task.id, plain(task.input), plain(task.target)] for task in self.tasks.values()]
        return hashlib.sha256(msgpack.packb([self.name, tasks, self.seed, self.tools])).hexdigest()


def checked_score(name: str, task: Task, found: object) -> tuple[float, str]:
    """The score and feedback of one answer, or a `DomainError` that shows what the user's function returned."""
    value, feedback = found if isinstance(found, tuple) and len(found) == 2 else (found, "")
    if not isinstance(value, Real) or not isinstance(feedback, str):
        raise DomainError(
            f"domain {name}: the score of task {task.id} is {found!r:.80}, expected a number or (number, text)"
        )
    if not math.isfinite(value):
        raise DomainError(f"domain {name}: the score of task {task.id} is {value}, expected a finite number")
    return float(value), feedback


def checked_tasks(name: str, tasks: Iterable[Task]) -> list[Task]:
    """The tasks as a list, each with its own id and with input that can be sent to a jail."""
    found = list(tasks)
    if not found:
        raise DomainError(f"domain {name}: no tasks, expected at least one")
    seen: set[str] = set()
    for task in found:
        if not isinstance(task, Task):
            raise DomainError(f"domain {name}: {task!r:.80} is not a hyperagent.Task")
        if not isinstance(task.id, str) or not task.id:
            raise DomainError(f"domain {name}: a task's id is {task.id!r:.80}, expected a non-empty string")
        if task.id in seen:
            raise DomainError(f"domain {name}: two tasks are called {task.id!r}")
        seen.add(task.id)
        try:
            msgpack.packb(plain(task.input))
        except (TypeError, ValueError, OverflowError) as error:
            raise DomainError(f"domain {name}: the input of task {task.id} is not plain data: {error}") from None
    return found


def plain(value: object) -> object:
    """The value with tuples as lists and numpy scalars as numbers; anything else is left as it is."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def named_splits(
    name: str, tasks: Mapping[str, Task], splits: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """The user's splits, checked: the three names, known tasks, no task in two splits."""
    if set(splits) != set(SPLITS):
        raise DomainError(f"domain {name}: splits are {', '.join(sorted(splits))}, expected {', '.join(SPLITS)}")
    checked = {split: known_ids(name, tasks, splits[split], split) for split in SPLITS}
    named = [id for ids in checked.values() for id in ids]
    twice = {id for id in named if named.count(id) > 1}
    if twice:
        raise DomainError(f"domain {name}: task {min(twice)!r} is in more than one split")
    return checked


def known_ids(name: str, tasks: Mapping[str, Task], ids: Sequence[str], where: str) -> tuple[str, ...]:
    """The ids as a tuple, if each of them names a task."""
    for id in ids:
        if id not in tasks:
            raise DomainError(f"domain {name}: {where} names task {id!r}, which is not among the {len(tasks)} tasks")
    return tuple(ids)


def check_signature(name: str, role: str, function: object, parameters: tuple[str, ...]) -> None:
    """Refuse a function that cannot be called with as many arguments as its role has."""
    expected = f"{role}({', '.join(parameters)})"
    if not callable(function):
        raise DomainError(f"domain {name}: {role} is {function!r:.80}, expected a function {expected}")
    try:
        signature = inspect.signature(function)
    except ValueError:
        return
    try:
        signature.bind(*parameters)
    except TypeError:
        found = f"{getattr(function, '__name__', role)}{signature}"
        raise DomainError(f"domain {name}: {role} is {found}, expected {expected}") from None
