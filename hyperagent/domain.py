"""What a user brings: tasks, and how an answer to one is scored."""

import copy
import hashlib
import inspect
import math
import random
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from numbers import Real
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import msgpack

from hyperagent.checks import check_signature, check_source, known_ids, named_splits, seed_source, unplain
from hyperagent.checks import plain as plain
from hyperagent.errors import DomainError
from hyperagent.scoring import Batches, Whole, combined, one_by_one
from sandbox_runner import Call, Limits, Outcome

SPLITS = ("train", "validation", "test")
PRELOADS = ("bare", "code", "numbers", "full")
MOST_TASKS = 100_000


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


Values: TypeAlias = float | Mapping[str, float]
Score: TypeAlias = Values | tuple[Values, str]
"""A number, the higher the better, or that number and a line of feedback for the meta agent.

A domain with `weights` may give a number for each of several objectives instead; their weighted sum counts.
"""

Stage: TypeAlias = tuple[int, float]
"""So many validation tasks, and the mean score on them below which a child is given up."""


class Jail(Protocol):
    """A clean jail that never held the genome, for running an answer that is code."""

    def call(self, source: str, function: str, inputs: Sequence[object]) -> Awaitable[Outcome]:
        """Run `function` of `source` on each argument list of `inputs`.

        A `Returned` outcome holds a list with one item per input: `{"value": plain}` or `{"error": text}`.
        """

    def submit(self, call: Call) -> Awaitable[Outcome]:
        """Make a call of the domain's own, whose harness knows what to do with the answer."""


ScoreFunction: TypeAlias = Callable[[Task, object], Score]
TaskSource: TypeAlias = Iterable[Task] | Callable[[random.Random], Iterable[Task]]
JudgeFunction: TypeAlias = Callable[[Task, object, Jail], Awaitable[Score]]


class Domain:
    """Tasks with a way to score an answer.

    `tasks` is a list, or a function from a random generator to tasks; `draw` seeds the generator.

    One of three scores an answer. `score(task, answer)` runs on the host and is for answers that are data; if it is
    an `async` function, several run side by side. `score_all(tasks, answers)`, plain or async, is given as many answers
    as have come in and returns a list. `judge(task, answer, jail)` is an `async` function for answers that are code: it
    awaits `jail.call(...)` and never hands it an expected output. `weights` has a weight for each objective where
    scores are mappings. A trial without an answer scores `worst`.

    `splits` names the tasks of train, validation and test; with `held_out` alone the test tasks are named and the rest
    is dealt out by the seed of the run. Each task is tried `repeats` times, each time with other random numbers. A
    child is given up after a `Stage` of the validation tasks if it does not reach the score of the stage.

    `seed` is the task agent to begin with, as source or as the path of its file (a module with `solve(task, tools)`);
    `tools` is the source of a module, run in the jail before the genome is loaded, whose `tools(task)` returns what the
    domain adds to the agent's tools, by name. `limits` and `preload` are those of each call of `solve`. `without` names
    builtins that a genome does not see, so that a budget counted by `tools` cannot be walked round.

    Three things keep the figures honest, where the domain can give them. `more(count)` makes further test tasks, which
    no run has used, for trying the reported best again. `canaries` are tasks that no honest answer can score on: who
    does is put aside. `twins` pose some tasks again in other words, by the id of the first: who does worse on
    them knows the words and not the task.
    """

    def __init__(
        self,
        name: str,
        tasks: TaskSource,
        score: ScoreFunction | Callable[[Task, object], Awaitable[Score]] | None = None,
        *,
        judge: JudgeFunction | None = None,
        score_all: Whole | None = None,
        weights: Mapping[str, float] | None = None,
        seed: str | Path | None = None,
        tools: str | None = None,
        splits: Mapping[str, Sequence[str]] | None = None,
        held_out: Sequence[str] | None = None,
        stages: Sequence[Stage] = (),
        repeats: int = 1,
        draw: int = 0,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        preload: str = "bare",
        worst: float = 0.0,
        without: Sequence[str] = (),
        span: tuple[float, float] = (0.0, 1.0),
        about: str = "",
        more: Callable[[int], Sequence[Task]] | None = None,
        canaries: Sequence[Task] = (),
        twins: Mapping[str, Task] | None = None,
    ) -> None:
        if not isinstance(name, str) or not name:
            raise DomainError(f"the name of a domain is {name!r:.80}, expected a non-empty string")
        self.name = name
        self.tasks = {task.id: task for task in checked_tasks(name, drawn(name, tasks, draw))}
        self.seed = seed_source(name, seed)
        self.tools = tools
        self.limits = limits
        self.preload = preload
        self.worst = worst
        self.without = tuple(without)
        self.span = span
        self.about = about
        self.repeats = repeats
        self.stages = tuple(stages)
        self.weights = dict(weights or {})
        self.more = more
        self.canaries = tuple(canaries)
        self.twins = dict(
            zip(known_ids(name, self.tasks, list(twins or ()), "twins"), (twins or {}).values(), strict=True)
        )
        self.named_splits = None if splits is None else named_splits(name, self.tasks, splits, SPLITS)
        self.held_out = None if held_out is None else known_ids(name, self.tasks, held_out, "held_out")
        self.score, self.judge = self._scoring(score, judge, score_all)
        self._check_options()

    def _scoring(
        self, score: Callable[[Task, object], Any] | None, judge: JudgeFunction | None, score_all: Whole | None
    ) -> tuple[ScoreFunction | None, JudgeFunction | None]:
        """The one way to score that was given, as a plain function or as a judge."""
        given = {"score": score, "judge": judge, "score_all": score_all}
        named = [role for role, function in given.items() if function is not None]
        if len(named) != 1:
            found = " and ".join(f"{role}=" for role in named) or "none"
            raise DomainError(
                f"domain {self.name}: expected exactly one of score=, judge= and score_all=, found {found}"
            )
        (role,) = named
        parameters = {
            "score": ("task", "answer"),
            "judge": ("task", "answer", "jail"),
            "score_all": ("tasks", "answers"),
        }
        check_signature(self.name, role, given[role], parameters[role])
        if score_all is not None:
            return None, self._weighted_judge(Batches(self.name, score_all).judge)
        if judge is not None:
            if not inspect.iscoroutinefunction(judge):
                raise DomainError(f"domain {self.name}: judge is a plain function, expected an async one")
            return None, self._weighted_judge(judge)
        assert score is not None
        if inspect.iscoroutinefunction(score):
            return None, self._weighted_judge(Batches(self.name, one_by_one(score)).judge)
        return self._weighted_score(score), None

    def _weighted_score(self, score: Callable[[Task, object], Score]) -> ScoreFunction:
        if not self.weights:
            return score
        return lambda task, answer: combined(self.name, task.id, score(task, answer), self.weights)

    def _weighted_judge(self, judge: JudgeFunction) -> JudgeFunction:
        if not self.weights:
            return judge

        async def weighted(task: Task, answer: object, jail: Jail) -> Score:
            summed: Score = combined(self.name, task.id, await judge(task, answer, jail), self.weights)
            return summed

        return weighted

    def _check_options(self) -> None:
        """Refuse options that would go wrong only in the middle of a run."""
        if not isinstance(self.limits, Limits):
            raise DomainError(f"domain {self.name}: limits is {self.limits!r:.80}, expected hyperagent.Limits(...)")
        if self.preload not in PRELOADS:
            raise DomainError(f"domain {self.name}: preload is {self.preload!r}, expected one of {', '.join(PRELOADS)}")
        if type(self.repeats) is not int or self.repeats < 1:
            raise DomainError(f"domain {self.name}: repeats is {self.repeats!r:.80}, expected a whole number from 1")
        if not isinstance(self.worst, Real) or not math.isfinite(self.worst):
            raise DomainError(f"domain {self.name}: worst is {self.worst!r:.80}, expected a finite number")
        if not (isinstance(self.span, tuple) and len(self.span) == 2 and self.span[0] < self.span[1]):
            raise DomainError(f"domain {self.name}: span is {self.span!r:.80}, expected (low, high)")
        for stage in self.stages:
            if not (isinstance(stage, tuple) and len(stage) == 2 and type(stage[0]) is int and stage[0] > 0):
                raise DomainError(f"domain {self.name}: a stage is {stage!r:.80}, expected (tasks, least mean score)")
        for objective, weight in self.weights.items():
            if not isinstance(weight, Real) or not math.isfinite(weight):
                raise DomainError(f"domain {self.name}: the weight of {objective} is {weight!r:.80}, expected a number")
        if self.tools is not None:
            check_source(self.name, "tools", self.tools)

    def renewed(self, count: int) -> "Domain | None":
        """The domain with `count` test tasks that no run has used and no others; None where it cannot make any."""
        if self.more is None:
            return None
        fresh = copy.copy(self)
        fresh.tasks = {task.id: task for task in checked_tasks(self.name, self.more(count))}
        fresh.named_splits = {"train": (), "validation": (), "test": tuple(fresh.tasks)}
        return fresh

    def split(self, seed: int) -> dict[str, list[Task]]:
        """The tasks of each split. Named splits are kept; otherwise they are dealt out by `seed`, a third each."""
        if self.named_splits is not None:
            return {split: self._repeated(ids) for split, ids in self.named_splits.items()}
        ids = sorted(set(self.tasks) - set(self.held_out or ()))
        random.Random(f"split {seed}").shuffle(ids)
        test = list(self.held_out) if self.held_out is not None else [ids.pop() for _ in range(len(ids) // 3)]
        train = ids[: (len(ids) + 1) // 2]
        validation = ids[len(train) :] or train
        test = test or validation
        dealt = zip(SPLITS, (train, validation, test), strict=True)
        return {split: self._repeated(sorted(names)) for split, names in dealt}

    def task(self, id: str) -> Task:
        """The task of an id, which may be that of one of its repetitions."""
        if id in self.tasks:
            return self.tasks[id]
        first = self.tasks[id.rpartition("#")[0]]
        return Task(id, first.input, first.target)

    def _repeated(self, ids: Iterable[str]) -> list[Task]:
        """Each task as often as it is tried. A repetition has an id of its own, of which its random stream is made."""
        tasks = [self.tasks[id] for id in ids]
        again = [Task(f"{t.id}#{k}", t.input, t.target) for k in range(2, self.repeats + 1) for t in tasks]
        return tasks + again

    def fingerprint(self) -> str:
        """A digest of the name, the tasks and the seed: a run refuses to go on with another one."""
        tasks = [[task.id, plain(task.input), plain(task.target)] for task in self.tasks.values()]
        parts: list[object] = [self.name, tasks, self.seed, self.tools]
        if self.repeats > 1 or self.stages or self.weights:
            parts.append([self.repeats, plain(self.stages), sorted(self.weights.items())])
        return hashlib.sha256(msgpack.packb(parts)).hexdigest()


def checked_score(name: str, task: Task, found: object) -> tuple[float, str]:
    """The score and feedback of one answer, or a `DomainError` that shows what the user's function returned."""
    value, feedback = found if isinstance(found, tuple) and len(found) == 2 else (found, "")
    if not isinstance(value, Real) or not isinstance(feedback, str):
        raise DomainError(
            f"domain {name}: the score of task {task.id} is {found!r:.80}, expected a number or (number, text)"
            f"{'; several objectives need weights=' if isinstance(value, Mapping) else ''}"
        )
    if not math.isfinite(value):
        raise DomainError(f"domain {name}: the score of task {task.id} is {value}, expected a finite number")
    return float(value), feedback


def drawn(name: str, tasks: TaskSource, draw: int) -> list[Task]:
    """The tasks as a list, however they are given."""
    if callable(tasks):
        check_signature(name, "tasks", tasks, ("rng",))
        tasks = tasks(random.Random(f"tasks {draw}"))
    if isinstance(tasks, (str, Mapping, Task)) or not isinstance(tasks, Iterable):
        raise DomainError(f"domain {name}: tasks are {tasks!r:.80}, expected a list of hyperagent.Task")
    found = list(islice(tasks, MOST_TASKS + 1))
    if len(found) > MOST_TASKS:
        raise DomainError(f"domain {name}: more than {MOST_TASKS} tasks, expected a generator that ends before that")
    return found


def checked_tasks(name: str, found: Sequence[Task]) -> Sequence[Task]:
    """The tasks, each with its own id and with input that can be sent to a jail; all with a target, or none."""
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
        fault = unplain(plain(task.input), "input")
        if fault:
            raise DomainError(f"domain {name}: the input of task {task.id} is not plain data: {fault}")
    without = [task.id for task in found if task.target is None]
    if 0 < len(without) < len(found):
        had = len(found) - len(without)
        raise DomainError(f"domain {name}: task {without[0]} has no target, expected one as {had} other tasks have")
    return found
