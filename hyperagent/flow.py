"""Coroutines over a pool of jails: `await flow.call(...)` reads as a call and lets everything else go on meanwhile.

A scheduler of its own rather than asyncio, so that `evolve` can be a plain generator, in a notebook too, where an event
loop is running already. What waits for the network runs in a thread (`in_thread`), and only its result comes back.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, cast

from sandbox_runner import Asked, Call, Done, Outcome, Plain

T = TypeVar("T")


class Answer(Protocol):
    """Answers the questions of one call."""

    def __call__(self, question: Plain, put_aside: Callable[[], None]) -> Coroutine[Any, Any, Plain]:
        """The reply. One that needs jails itself must call `put_aside` first, so that the asking call lends its own."""


class Jails(Protocol):
    """Where calls run: `sandbox_runner.Pool`, which says what is expected of each, or a cluster."""

    def submit(self, call: Call) -> int: ...
    def wait(self, timeout: float | None = None) -> list[Done | Asked]: ...
    def wake(self) -> None: ...
    def answer(self, job: int, reply: Plain) -> None: ...
    def cancel(self, job: int) -> None: ...


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


@dataclass
class _Talk:
    """A call with what it has asked and been told; `heard` is how much of that its present run has asked again."""

    call: Call
    future: Future[Outcome]
    answer: Answer | None
    said: list[tuple[Plain, Plain]] = field(default_factory=list)
    heard: int = 0
    aside: bool = False


class Flow:
    """Runs coroutines whose calls are answered by a pool."""

    def __init__(self, pool: Jails) -> None:
        self._pool = pool
        self._calls: dict[int, _Talk] = {}
        self._ready: deque[Callable[[], None]] = deque()
        self._open: set[Coroutine[Any, Any, Any]] = set()
        self._arrived: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._threads = 0

    def call(self, call: Call, answer: Answer | None = None) -> Future[Outcome]:
        """Start a call; `answer` answers the questions that it asks its host."""
        future: Future[Outcome] = Future()
        self._calls[self._pool.submit(call)] = _Talk(call, future, answer)
        return future

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine; its result is the future's."""
        future: Future[T] = Future()
        self._open.add(coroutine)
        self._ready.append(lambda: self._step(coroutine, future))
        return future

    def in_thread(self, work: Callable[[], T]) -> Future[T]:
        """Start work that waits for something else than a jail, in a thread that ends with the process."""
        future: Future[T] = Future()
        self._threads += 1

        def run() -> None:
            try:
                value = work()
            except Exception as error:  # noqa: BLE001 - it is not handled here but raised where the future is awaited
                found = error
                self._arrived.put(lambda: future.resolve(error=found))
            else:
                self._arrived.put(lambda: future.resolve(value))
            self._pool.wake()

        threading.Thread(target=run, daemon=True).start()
        return future

    def advance(self, timeout: float | None = None) -> None:
        """Run whatever can run; if nothing can, wait for the pool or a thread, `timeout` seconds at most."""
        if not self._ready and self._calls:
            for event in self._pool.wait(timeout):
                if isinstance(event, Asked):
                    self._asked(event)
                else:
                    self._calls.pop(event.job).future.resolve(event.outcome)
        elif not self._ready and self._threads:
            self._take_in(timeout)
        while not self._arrived.empty():
            self._take_in(None)
        while self._ready:
            self._ready.popleft()()

    @property
    def idle(self) -> bool:
        """Whether nothing is under way, so that `advance` would wait for ever."""
        return not self._ready and not self._calls and not self._threads

    def close(self) -> None:
        """Give up every coroutine that is not finished."""
        for coroutine in list(self._open):
            coroutine.close()
        self._open.clear()

    def _take_in(self, timeout: float | None) -> None:
        try:
            arrived = self._arrived.get(timeout=timeout)
        except queue.Empty:
            return
        self._threads -= 1
        arrived()

    def _asked(self, event: Asked) -> None:
        talk = self._calls[event.job]
        if talk.answer is None:
            self._pool.answer(event.job, None)
        elif talk.heard < len(talk.said) and talk.said[talk.heard][0] == event.question:
            self._pool.answer(event.job, talk.said[talk.heard][1])
            talk.heard += 1
        else:
            del talk.said[talk.heard :]
            self.spawn(self._answered(event.job, talk, talk.answer, event.question))

    async def _answered(self, job: int, talk: _Talk, answer: Answer, question: Plain) -> None:
        """Have a question answered; a call that was put aside begins anew and is told again what it was told before."""

        def put_aside() -> None:
            if self._calls.pop(job, None) is not None:
                talk.aside = True
                self._pool.cancel(job)

        try:
            reply = await answer(question, put_aside)
        except Exception as error:  # noqa: BLE001 - it is not handled here but raised where the call is awaited
            put_aside()
            talk.future.resolve(error=error)
            return
        talk.said.append((question, reply))
        talk.heard = len(talk.said)
        if talk.aside:
            talk.heard, talk.aside = 0, False
            self._calls[self._pool.submit(talk.call)] = talk
        else:
            self._pool.answer(job, reply)

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
