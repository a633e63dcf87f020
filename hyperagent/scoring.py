"""Ways to score other than one number for one answer: several objectives, many answers at once, coroutines."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from numbers import Real
from typing import TYPE_CHECKING, Any

from hyperagent.errors import DomainError
from hyperagent.flow import Future

if TYPE_CHECKING:
    from hyperagent.domain import Jail, Task

Whole = Callable[[Sequence["Task"], Sequence[object]], Any]
"""Scores for as many answers as tasks, in order; a coroutine function may await what asyncio can."""

IDLE = "def idle():\n    return None\n"


class Batches:
    """Collects answers and has them scored together.

    The first answer of a batch puts a call that does nothing behind all calls that are waiting for a worker. Whatever
    is answered until that call returns is scored with it.
    """

    def __init__(self, name: str, score: Whole) -> None:
        self._name = name
        self._score = score
        self._waiting: list[tuple[Task, object, Future[Any]]] = []

    async def judge(self, task: "Task", answer: object, jail: "Jail") -> Any:
        """The score of one answer, as a domain's `judge` gives it."""
        mine: Future[Any] = Future()
        self._waiting.append((task, answer, mine))
        if len(self._waiting) == 1:
            await jail.call(IDLE, "idle", [[]])
            self._flush()
        return await mine

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            scores = finished(self._score([task for task, _, _ in batch], [answer for _, answer, _ in batch]))
            self._check(scores, len(batch))
        except Exception as error:  # noqa: BLE001 - raised again where each of the scores is awaited
            for _, _, future in batch:
                future.resolve(error=error)
            return
        for (_, _, future), score in zip(batch, scores, strict=True):
            future.resolve(score)

    def _check(self, scores: object, count: int) -> None:
        if not isinstance(scores, Sequence) or len(scores) != count:
            raise DomainError(
                f"domain {self._name}: score_all returned {scores!r:.80}, expected a list of {count} scores"
            )


def one_by_one(score: Callable[["Task", object], Awaitable[Any]]) -> Whole:
    """The scores of a coroutine function for one answer, run side by side."""

    async def score_all(tasks: Sequence["Task"], answers: Sequence[object]) -> list[Any]:
        return list(await asyncio.gather(*map(score, tasks, answers)))

    return score_all


def finished(value: Any) -> Any:
    """The value, or what a coroutine returns; in a thread of its own, since a notebook has a loop in this one."""
    if not inspect.isawaitable(value):
        return value

    async def awaited() -> Any:
        return await value

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, awaited()).result()


def combined(name: str, task: str, found: Any, weights: Mapping[str, float]) -> Any:
    """The weighted sum of the objectives of a task, with their values as feedback."""
    values, feedback = found if isinstance(found, tuple) and len(found) == 2 else (found, "")
    if not isinstance(values, Mapping) or set(values) != set(weights):
        raise DomainError(f"domain {name}: the score of task {task} is {found!r:.80}, expected {', '.join(weights)}")
    for objective, value in values.items():
        if not isinstance(value, Real):
            raise DomainError(f"domain {name}: {objective} of task {task} is {value!r:.80}, expected a number")
    parts = ", ".join(f"{objective} {float(value):.4g}" for objective, value in values.items())
    return sum(weights[key] * float(values[key]) for key in values), f"{parts}. {feedback}".removesuffix(". ")
