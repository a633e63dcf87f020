"""Trials: a task agent's answer to a task, in a jail, and its score, on the host."""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from archive import Evaluation, Trial, Work
from hyperagent.contract import failure, run_call, solve_call
from hyperagent.domain import Domain, Score, Task, checked_score, plain
from hyperagent.errors import DomainError, HyperagentError
from hyperagent.flow import Flow, Future, all_of
from hyperagent.gateway import SOLVE, Gateway
from hyperagent.program import Program
from hyperagent.streams import named, stream_seed
from sandbox_runner import Call, Outcome, Plain, Returned

TEXT = 2000
MOST_REMEMBERED = 50_000
ENOUGH_TO_TELL = 6


class Evaluator:
    """Evaluates programs on the splits of a domain.

    What a call of `solve` can see is the task, the files that task_agent.py imports, and a random stream that depends
    on the task alone. So two genomes that agree in those files have equal trials, and are tried once. What a process
    before this one has tried for a generation that it did not finish is found among the work in flight.
    """

    def __init__(
        self, flow: Flow, domain: Domain, seed: int, gateway: Gateway | None, work: Work | None = None
    ) -> None:
        self.splits = domain.split(seed)
        self._flow = flow
        self._domain = domain
        self._seed = seed
        self._gateway = gateway
        self._work = work or Work()
        self._known: dict[tuple[str, str], Future[Trial]] = {}
        self._turns: Counter[tuple[str, str]] = Counter()

    def remember(self, program: Program, evaluations: Mapping[str, Evaluation]) -> None:
        """Take trials from the archive as done."""
        closure = program.closure_digest("task_agent.py")
        for trial in (trial for evaluation in evaluations.values() for trial in evaluation.trials):
            if (closure, trial.task) not in self._known:
                done: Future[Trial] = Future()
                done.resolve(trial)
                self._known[closure, trial.task] = done

    def claim(self, program: Program, generation: int) -> None:
        """Say for which generation a program is tried, so that its trials outlive this process."""
        self._work.claim(program.closure_digest("task_agent.py"), generation)

    async def evaluation(self, program: Program, split: str) -> Evaluation:
        """All trials of a program on a split."""
        return Evaluation(tuple(await all_of([self._tried(program, task) for task in self.splits[split]])))

    async def race(self, program: Program, split: str, reference: Evaluation) -> tuple[Evaluation, bool]:
        """The trials of a program on a split, and whether it was worth all of them, held against `reference`.

        It is given up where it is at all behind after half of the tasks, or clearly behind after a quarter, an eighth
        and so on, and where it gave the same answers so far. A domain's stages stand in the place of those, and say
        what it must reach. A child that only had bad luck there is lost; what it would have cost tries others.
        """
        tasks = self.splits[split]
        for count, least in self._domain.stages or [(count, -math.inf) for count in halvings(len(tasks))]:
            trials, others = await all_of([self._tried(program, t) for t in tasks[:count]]), reference.trials[:count]
            if trials and Evaluation(tuple(trials)).mean < least:
                return Evaluation(tuple(trials)), False
            is_behind = behind if 2 * count >= len(tasks) - 1 else clearly_behind
            if is_behind(trials, others) or (count >= ENOUGH_TO_TELL and alike(trials, others)):
                return Evaluation(tuple(trials)), False
        return await self.evaluation(program, split), True

    async def smoke(self, program: Program) -> str:
        """Why a first call of `solve` gives no answer, or "" if it gives one."""
        first, *_ = self.splits["validation"] or self.splits["train"] or self.splits["test"]
        trial = await self._tried(program, first)
        return "" if trial.outcome == "Returned" else f"smoke call: {trial.feedback.splitlines()[0]}"

    async def scored_again(self, trial: Trial) -> tuple[float, str]:
        """The score and the feedback of the answer of a trial, found anew; those of one without are as they were."""
        task = self._domain.task(trial.task)
        if trial.outcome != "Returned":
            return self._domain.worst, trial.feedback
        score, feedback = await self._scored(task, cast(Plain, trial.answer), FlowJail(self._flow))
        return score, feedback[:TEXT]

    async def train_trials(self, program: Program, ids: Sequence[str]) -> list[Trial]:
        """Trials on those of the train tasks that are named."""
        return await all_of([self._tried(program, task) for task in self.splits["train"] if task.id in ids])

    @property
    def worst(self) -> float:
        """What a trial without an answer scores."""
        return self._domain.worst

    async def again(self, program: Program, split: str) -> Evaluation:
        """New trials on a split, whatever is known: what differs from the known ones is noise."""
        return Evaluation(tuple(await all_of([self._flow.spawn(self._anew(program, t)) for t in self.splits[split]])))

    async def watched(self, program: Program) -> tuple[list[Trial], list[tuple[Trial, Trial]]]:
        """The trials on the canaries, and each task that has a twin with that twin's trial on the same stream."""
        canaries = [self._tried(program, task) for task in self._domain.canaries]
        twins = [self._flow.spawn(self._trial(program, twin, id)) for id, twin in self._domain.twins.items()]
        firsts = [self._tried(program, self._domain.tasks[id]) for id in self._domain.twins]
        return await all_of(canaries), list(zip(await all_of(firsts), await all_of(twins), strict=True))

    def account(self, program: Program) -> str:
        """What the trials of a program are charged to, where they ask a model."""
        return f"{SOLVE} {program.closure_digest('task_agent.py')[:16]}"

    def _tried(self, program: Program, task: Task) -> Future[Trial]:
        key = program.closure_digest("task_agent.py"), task.id
        if key not in self._known:
            self._forget()
            self._known[key] = self._flow.spawn(self._trial(program, task))
        return self._known[key]

    def _forget(self) -> None:
        """Keep the memory bounded: drop the oldest trial that is complete."""
        if len(self._known) > MOST_REMEMBERED:
            oldest = next((key for key, future in self._known.items() if future.done), None)
            if oldest is not None:
                del self._known[oldest]

    async def _anew(self, program: Program, task: Task) -> Trial:
        key = program.closure_digest("task_agent.py"), task.id
        self._turns[key] += 1
        return await self._trial(program, task, turn=self._turns[key])

    async def _trial(self, program: Program, task: Task, stream: str = "", turn: int = 0) -> Trial:
        """The trial of a task, on its own random stream or on that of another one, for the first time or in turn."""
        closure = program.closure_digest("task_agent.py")
        attempt = hashlib.sha256(repr([self._seed, task.id, stream, turn]).encode()).digest()
        known = self._work.find(closure, attempt)
        if known is not None:
            return known
        trial = await self._made(program, task, stream)
        self._work.keep(closure, attempt, trial)
        return trial

    async def _made(self, program: Program, task: Task, stream: str) -> Trial:
        outcome = await self._solve(program, task, stream_seed(self._seed, "solve", named(stream or task.id)))
        jail = FlowJail(self._flow)
        if isinstance(outcome, Returned):
            answer, (score, feedback) = outcome.value, await self._scored(task, outcome.value, jail)
        else:
            answer, score, feedback = None, self._domain.worst, described(outcome)
        return Trial(
            task=task.id,
            outcome=type(outcome).__name__,
            answer=answer,
            score=score,
            feedback=feedback[:TEXT],
            cpu_seconds=outcome.cost.cpu_seconds,
            wall_seconds=outcome.cost.wall_seconds,
            peak_bytes=outcome.cost.peak_bytes,
            refused=outcome.cost.refused + jail.refused,
        )

    def _solve(self, program: Program, task: Task, seed: int) -> Future[Outcome]:
        call = solve_call(
            program,
            cast(Plain, plain(task.input)),
            seed,
            limits=self._domain.limits,
            preload=self._domain.preload,
            without=self._domain.without,
            models=() if self._gateway is None else self._gateway.models,
            has_tools=self._domain.tools is not None,
        )
        if self._gateway is None:
            return self._flow.call(call)
        account = self.account(program)
        return self._flow.call(call, self._gateway.conversation(f"{account} {task.id}", account))

    async def _scored(self, task: Task, answer: Plain, jail: "FlowJail") -> tuple[float, str]:
        return checked_score(self._domain.name, task, await self._user_score(task, answer, jail))

    async def _user_score(self, task: Task, answer: Plain, jail: "FlowJail") -> Score:
        domain = self._domain
        try:
            if domain.score is not None:
                return domain.score(task, answer)
            assert domain.judge is not None
            return await domain.judge(task, answer, jail)
        except HyperagentError:
            raise
        except Exception as error:
            raise DomainError(
                f"domain {domain.name}: scoring task {task.id} raised {type(error).__name__}: {error}"
            ) from error


class FlowJail:
    """`Jail` over the pool of the run, for one answer."""

    def __init__(self, flow: Flow) -> None:
        self._flow = flow
        self._pure: list[Future[Outcome]] = []

    @property
    def refused(self) -> int:
        """The forbidden system calls of what has run in it; those of programs, who try much, apart."""
        return sum(outcome.result().cost.refused for outcome in self._pure if outcome.done)

    def call(self, source: str, function: str, inputs: Sequence[object]) -> Future[Outcome]:
        """Run a function of an answer on each argument list; see `hyperagent.domain.Jail`."""
        return self.submit(run_call(source, function, cast(Plain, plain(list(inputs)))))

    def submit(self, call: Call) -> Future[Outcome]:
        """Make a call of the domain's own."""
        outcome = self._flow.call(call)
        if call.profile == "pure":
            self._pure.append(outcome)
        return outcome


def described(outcome: Outcome) -> str:
    """A failed call as feedback: the line, and the traceback if there is one."""
    failed = failure(outcome)
    return f"{failed.text}\n{failed.traceback}".strip()


def halvings(count: int) -> list[int]:
    """Half and a quarter of so many tasks, and smaller parts that are enough to tell by, the smallest first."""
    found = [count // 4, count // 2]
    while found[0] // 2 > ENOUGH_TO_TELL:
        found.insert(0, found[0] // 2)
    return found


def clearly_behind(trials: Sequence[Trial], reference: Sequence[Trial]) -> bool:
    """Whether the trials lose to the reference on the same tasks by more than a standard error of the difference."""
    differences = [a.score - b.score for a, b in zip(trials, reference, strict=True)]
    count = len(differences)
    if count < 2:
        return False
    mean = math.fsum(differences) / count
    variance = math.fsum((difference - mean) ** 2 for difference in differences) / (count - 1)
    return mean < -math.sqrt(variance / count)


def behind(trials: Sequence[Trial], reference: Sequence[Trial]) -> bool:
    """Whether the trials score less in all than the reference on the same tasks."""
    return math.fsum(trial.score for trial in trials) < math.fsum(trial.score for trial in reference)


def alike(trials: Sequence[Trial], reference: Sequence[Trial]) -> bool:
    """Whether each trial gave the answer that the reference gave to the same task."""
    return all(a.answer == b.answer and a.outcome == b.outcome for a, b in zip(trials, reference, strict=True))
