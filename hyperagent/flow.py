"""Coroutines over a pool of jails: `await flow.call(...)` reads as a call and lets everything else go on meanwhile.

A scheduler of its own rather than asyncio, so that `evolve` can be a plain generator, in a notebook too, where an event
loop is running already.
"""

from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar, cast

from sandbox_runner import Asked, Call, Outcome, Plain, Pool

T = TypeVar("T")
Answer = Callable[[Plain], Plain]


class Future(Generic[T]):
    """A value that will be there."""

    def __init__(self) -> None:
        self.done = False
        self._value: T | None = None
        self._error: BaseException | None = None
        self._then: list[Callable[[], None]] = []

    def resolve(self, value: T | None = None, error: BaseException | None = None) -> None:
        """Set the value, or the error, and wake up whoever awaits it."""
        self.done, self._value, self._error = True, value, error
        for wake in self._then:
            wake()
        self._then.clear()

    def result(self) -> T:
        """The value; raises the error if that is what came."""
        if self._error is not None:
            raise self._error
        return cast(T, self._value)

    def then(self, wake: Callable[[], None]) -> None:
        """Call `wake` once the value is there."""
        if self.done:
            wake()
        else:
            self._then.append(wake)

    def __await__(self) -> Generator["Future[T]", None, T]:
        if not self.done:
            yield self
        return self.result()


class Flow:
    """Runs coroutines whose calls are answered by a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._calls: dict[int, tuple[Future[Outcome], Answer | None]] = {}
        self._ready: deque[Callable[[], None]] = deque()
        self._open: set[Coroutine[Any, Any, Any]] = set()

    def call(self, call: Call, answer: Answer | None = None) -> Future[Outcome]:
        """Start a call; `answer` answers the questions that it asks its host."""
        future: Future[Outcome] = Future()
        self._calls[self._pool.submit(call)] = (future, answer)
        return future

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine; its result is the future's."""
        future: Future[T] = Future()
        self._open.add(coroutine)
        self._ready.append(lambda: self._step(coroutine, future))
        return future

    def advance(self, timeout: float | None = None) -> None:
        """Run whatever can run; if nothing can, wait for the pool, `timeout` seconds at most."""
        if not self._ready and self._calls:
            for event in self._pool.wait(timeout):
                if isinstance(event, Asked):
                    self._answer(event)
                else:
                    future, _ = self._calls.pop(event.job)
                    future.resolve(event.outcome)
        while self._ready:
            self._ready.popleft()()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, so that `advance` would wait for ever."""
        return not self._ready and not self._calls

    def close(self) -> None:
        """Give up every coroutine that is not finished."""
        for coroutine in list(self._open):
            coroutine.close()
        self._open.clear()

    def _answer(self, event: Asked) -> None:
        _, answer = self._calls[event.job]
        self._pool.answer(event.job, None if answer is None else answer(event.question))

    def _step(self, coroutine: Coroutine[Any, Any, T], future: Future[T]) -> None:
        try:
            awaited = coroutine.send(None)
        except StopIteration as stop:
            self._open.discard(coroutine)
            future.resolve(stop.value)
        except Exception as error:  # noqa: BLE001 - it is not handled here but raised where the future is awaited
            self._open.discard(coroutine)
            future.resolve(error=error)
        else:
            awaited.then(lambda: self._ready.append(lambda: self._step(coroutine, future)))


async def all_of(futures: list[Future[T]]) -> list[T]:
    """The results of all, in order; the error of the first that has one."""
    return [await future for future in futures]
