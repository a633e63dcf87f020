"""The laws of domains: scores that mean something, tasks that give nothing away, and a seed agent that can be tried."""

import copy
import math
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import msgpack
from hypothesis import strategies as st

from archive import Trial
from hyperagent.domain import SPLITS, Domain, Task, checked_score, plain
from hyperagent.errors import DomainError
from hyperagent.evaluate import Evaluator
from hyperagent.evolution import pool
from hyperagent.flow import Flow
from hyperagent.program import Program
from hyperagent.seeds import checked_seed, seed_genome
from hyperagent.settings import Settings
from hyperagent.testing.here import called
from hyperagent.testing.jail import compiled
from hyperagent.testing.laws import LawBroken, Report, uphold
from hyperagent.testing.messages import plain as plain_data
from hyperagent.testing.shown import table

REPEATS = 3
TELLING_BYTES = 8
FINITE = "a score is a finite number"


def check_domain(domain: Domain, *, examples: int | None = None) -> Report:
    """The laws of domains hold; raises `LawBroken` with a table of tasks.

    Inputs and targets are plain data; every split has tasks; no place of the input holds the target, task after task;
    any answer whatever has a finite score, the same each time, and scoring leaves the task as it was; the seed agent
    answers, in its jail, and answers the same when its random stream is the same. The report gives the mean score of
    the seed, its noise floor (the standard deviation of that mean over random streams) and the time of a task. Scores
    are computed in this process, as they are in a run: a score function is its author's own code.
    """
    check_tasks(domain)
    check_leak(domain)
    check_scores(domain, examples)
    figures = check_seed_agent(domain)
    return Report("domain", domain.name, {"tasks": len(domain.tasks), **figures})


def check_tasks(domain: Domain) -> None:
    """Inputs and targets are plain data, and each split has some."""
    for task in domain.tasks.values():
        for role in ("input", "target"):
            try:
                msgpack.packb(plain(getattr(task, role)))
            except (TypeError, ValueError, OverflowError) as error:
                raise LawBroken(f"the {role} of a task is plain data", f"{rows([task])}\n{error}") from None
    empty = [split for split, tasks in domain.split(0).items() if not tasks]
    if empty:
        sizes = [[split, len(tasks)] for split, tasks in domain.split(0).items()]
        raise LawBroken("every split has tasks", table(("split", "tasks"), sizes))


def check_leak(domain: Domain) -> None:
    """No place of the input holds the target in every task, where that can be no chance."""
    tasks = [task for task in domain.tasks.values() if task.target is not None]
    packed = [msgpack.packb(plain(task.target)) for task in tasks]
    if len(set(packed)) < 2 or sum(map(len, packed)) < TELLING_BYTES:
        return
    shared = set.intersection(*({place for place, _ in holding(task)} for task in tasks))
    if shared:
        place = min(shared, key=len)
        where = "".join(f"[{step!r}]" for step in place)
        raise LawBroken("the input does not hold the target", f"task.input{where} is task.target\n{rows(tasks[:8])}")


def holding(task: Task) -> Iterator[tuple[tuple[object, ...], object]]:
    """The places of a task's input that hold its target."""
    target = plain(task.target)
    return (found for found in places(plain(task.input)) if type(found[1]) is type(target) and found[1] == target)


def places(value: object, way: tuple[object, ...] = ()) -> Iterator[tuple[tuple[object, ...], object]]:
    """Every value inside a value, with the keys and indices that lead to it."""
    yield way, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        yield from places(part, (*way, step))


def check_scores(domain: Domain, examples: int | None) -> None:
    """Any answer has a finite score, the same each time. A judge, who runs answers in jails, is not asked here."""
    if domain.score is None:
        return
    tasks = st.sampled_from([*domain.tasks.values()])
    near = tasks.flatmap(
        lambda task: st.tuples(st.just(task), st.sampled_from([plain(task.target), plain(task.input)]))
    )
    uphold(near | st.tuples(tasks, plain_data()), lambda case: check_score(domain, *case), examples)


def check_score(domain: Domain, task: Task, answer: object) -> None:
    """The laws of scores, for one answer."""
    asked = copy.deepcopy(task)
    first, again = (scored(domain, asked, copy.deepcopy(answer)) for _ in range(2))
    shown = f"{rows([task])}\nanswer {answer!r:.200}\n"
    if first != again:
        raise LawBroken("an answer has the same score each time", f"{shown}score {first}, and {again} when asked again")
    if asked != task:
        raise LawBroken("scoring leaves the task as it was", f"{shown}afterwards\n{rows([asked])}")


def scored(domain: Domain, task: Task, answer: object) -> float:
    """What the domain's function says of an answer."""
    shown = f"{rows([task])}\nanswer {answer!r:.200}\n"
    try:
        found = called("scoring raises nothing, whatever the answer", domain.score, task, answer)  # type: ignore[arg-type]
        return checked_score(domain.name, task, found)[0]
    except DomainError as error:
        raise LawBroken(FINITE, f"{shown}{error}") from None
    except LawBroken as broken:
        raise LawBroken(broken.law, f"{shown}{broken.counterexample}") from None


@dataclass(frozen=True)
class Tried:
    """The trials of the seed agent on every task, for one random stream."""

    trials: dict[str, Trial]

    @property
    def mean(self) -> float:
        return math.fsum(trial.score for trial in self.trials.values()) / len(self.trials)


def check_seed_agent(domain: Domain) -> dict[str, float | str]:
    """The seed agent answers, and the same stream gives the same trials; its mean, noise and time."""
    with pool(Settings().updated({"workers": 1}), domain) as jails:
        flow = Flow(jails)
        try:
            program = compiled(flow, checked_seed(seed_genome(domain)))
            first, again, *others = (tried(flow, domain, program, seed) for seed in (0, *range(REPEATS)))
        finally:
            flow.close()
    answered = [trial for trial in first.trials.values() if trial.outcome == "Returned"]
    if not answered:
        failed = [[trial.task, trial.outcome, trial.feedback.split("\n")[0]] for trial in first.trials.values()][:8]
        raise LawBroken("the seed agent answers a task", table(("task", "outcome", "why"), failed))
    check_same(first, again)
    seconds = [trial.wall_seconds for trial in first.trials.values()]
    return {
        "answered": len(answered),
        "seed_score": round(first.mean, 4),
        "noise_floor": round(statistics.stdev([one.mean for one in (first, *others)]), 4),
        "seconds_per_task": round(statistics.median(seconds), 4),
        "slowest_seconds": round(max(seconds), 4),
    }


def tried(flow: Flow, domain: Domain, program: Program, seed: int) -> Tried:
    """The seed agent on all the tasks."""
    evaluator = Evaluator(flow, domain, seed, None)
    futures = [flow.spawn(evaluator.evaluation(program, split)) for split in SPLITS]
    while not all(future.done for future in futures):
        flow.advance()
    try:
        return Tried({trial.task: trial for future in futures for trial in future.result().trials})
    except DomainError as error:
        raise LawBroken("the answers of the seed agent can be scored", str(error)) from None


def check_same(first: Tried, again: Tried) -> None:
    """The same random stream gives the same answers and the same scores."""
    for id, one in first.trials.items():
        other = again.trials[id]
        if (one.outcome, one.answer) != (other.outcome, other.answer):
            shown = table(("task", "outcome", "answer"), [[id, t.outcome, t.answer] for t in (one, other)])
            raise LawBroken("the seed agent answers the same on the same random stream", shown)
        if one.score != other.score:
            shown = table(("task", "answer", "score"), [[id, t.answer, t.score] for t in (one, other)])
            raise LawBroken("an answer has the same score each time", shown)


def rows(tasks: list[Task]) -> str:
    """Tasks as a table."""
    return table(("task", "input", "target"), [[task.id, repr(task.input), repr(task.target)] for task in tasks])
