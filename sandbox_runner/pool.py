"""The pool: worker processes, a ZeroMQ socket to talk to them, and the table of who runs what.

Covered: workers that die, hang or are stopped are replaced and their jobs run again; nothing is left behind when the
pool is closed or the host is killed, except for a folder if every worker is killed with it, which the next pool sweeps.
Workers have their own session, so that Ctrl-C reaches the host only. Not covered: more than one thread, except for
`answer` and `wake`; a host that never waits, for it is there that the pool looks after its workers.
"""

import itertools
import os
import select
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Literal, TypeAlias

from sandbox_runner import probes, wire
from sandbox_runner.conversation import Conversation
from sandbox_runner.dispatch import Dispatch, Give, Take
from sandbox_runner.folder import Folder
from sandbox_runner.heartbeat import Heartbeats
from sandbox_runner.messages import (
    Asked,
    Broken,
    Cancel,
    Done,
    Fault,
    Hello,
    Message,
    Ping,
    ProtocolError,
    Reply,
    Run,
    Welcome,
    decode,
    encode,
    pack,
    payload_of,
)
from sandbox_runner.outcome import Call, Killed, Plain
from sandbox_runner.preload import DEFAULTS, Preload
from sandbox_runner.process import WorkerProcess
from sandbox_runner.scratch import improper

Event: TypeAlias = Done | Asked

_NO_NAMESPACES = probes.LEVELS["landlock"]
_FALSE_STARTS = 3
_START_SECONDS, _CLOSE_SECONDS = 60.0, 1.5


class Pool:
    """`workers` processes that run calls in jails. Use it as a context manager, and from one thread.

    Raises SandboxUnavailable here if this machine cannot jail, and from `wait` if a preload cannot be imported.
    `level` says how calls are jailed: "namespaces", "landlock", or "none". `sandbox="auto"` takes the strongest to be
    had and never "none"; anything else asks for that level and no other. A worker that has been silent for `patience`
    seconds is replaced; that says nothing about how long calls may take.
    """

    def __init__(
        self,
        workers: int,
        preloads: Mapping[str, Preload] | None = None,
        sandbox: Literal["auto", "namespaces", "landlock", "none"] = "auto",
        patience: float = 10.0,
    ) -> None:
        self.level = "none" if sandbox == "none" else probes.level(sandbox)
        self._preloads = {**DEFAULTS, **(preloads or {})}
        self._dispatch = Dispatch()
        self._calls: dict[int, Run] = {}
        self._conversations: dict[int, Conversation] = {}
        self._events: deque[Event] = deque()
        self._replies: deque[tuple[int, Plain]] = deque()
        self._wakeup = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._woken = False
        self._numbers = itertools.count()
        self._false_starts = 0
        self._closed = threading.Event()
        self._folder = Folder()
        self._self = os.pidfd_open(os.getpid())
        self._alive, self._lifeline = os.pipe()
        self._socket = wire.router(self._endpoint)
        self._workers: dict[str, WorkerProcess] = {}
        self._heartbeats = Heartbeats(patience=patience)
        self._names = itertools.count()
        for _ in range(workers):
            self._hire()

    def submit(self, call: Call) -> int:
        """Put the call in line and return the number of the job.

        ProtocolError if it holds more than plain data, SandboxUnavailable if it needs what this level does not have.
        """
        if call.preload not in self._preloads:
            raise ProtocolError(f"preload {call.preload}: not one of {', '.join(sorted(self._preloads))}")
        if wrong := next(filter(None, map(improper, (*call.files, *call.collect))), ""):
            raise ProtocolError(wrong)
        if self.level == "landlock" and (call.profile == "tools" or call.files or call.collect):
            raise probes.SandboxUnavailable(f"calls with programs or files need namespaces; here: {_NO_NAMESPACES}")
        if self.level == "namespaces" and call.profile == "tools":
            probes.need("programs")
        job = next(self._numbers)
        payload = payload_of(call, self._preloads[call.preload])
        self._calls[job] = Run(job, call.preload, call.profile, call.limits, call.collect, payload)
        self._conversations[job] = Conversation()
        self._dispatch.submit(job)
        self._send_moves()
        return job

    def wait(self, timeout: float | None = None) -> list[Event]:
        """What has happened: one event or more; none after `timeout` seconds, a `wake`, or with no job outstanding."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._events and self._dispatch.outstanding and not self._woken:
            patience = None if deadline is None else deadline - time.monotonic()
            if patience is not None and patience < 0:
                break
            self._step(patience)
        self._woken = False
        events = list(self._events)
        self._events.clear()
        return events

    def wake(self) -> None:
        """Have `wait` return, now or when it is next called. May be called from any thread."""
        self._woken = True
        # A thread may end while the pool is being closed, and the descriptor with it.
        with suppress(OSError):
            if not self._closed.is_set():
                os.eventfd_write(self._wakeup, 1)

    def answer(self, job: int, reply: Plain) -> None:
        """Reply to the question of a job; ignored if it has ended. May be called from any thread, and wakes `wait`."""
        pack(reply)
        self._replies.append((job, reply))
        if not self._closed.is_set():
            os.eventfd_write(self._wakeup, 1)

    def cancel(self, job: int) -> None:
        """Forget the job: no more is heard of it, and it ends soon if it runs."""
        worker = self._dispatch.cancel(job)
        if worker is not None:
            self._send(worker, Cancel(job))
        self._forget(job)
        self._events = deque(event for event in self._events if event.job != job)
        self._send_moves()

    def close(self) -> None:
        """End everything at once, whatever is running, and wait until it has ended. A second call does nothing."""
        if self._closed.is_set():
            return
        self._closed.set()
        for worker in self._workers.values():
            worker.close()
        wire.close(self._socket)
        os.close(self._lifeline)
        # Whoever is still alive below holds the other end of this pipe.
        select.select([self._alive], [], [], _CLOSE_SECONDS)
        for fd in (self._alive, self._self, self._wakeup):
            os.close(fd)
        self._folder.close()

    def __enter__(self) -> "Pool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def _endpoint(self) -> str:
        return wire.endpoint(self._folder.path)

    def _step(self, patience: float | None) -> None:
        """Wait until something happens and attend to it."""
        interests: list[tuple[object, int]] = [(self._socket, wire.READABLE), (self._wakeup, wire.READABLE)]
        interests += [(worker.pidfd, wire.READABLE) for worker in self._workers.values()]
        next_beat = self._heartbeats.until_next(time.monotonic())
        ready = wire.ready(interests, next_beat if patience is None else min(patience, next_beat))
        if self._wakeup in ready:
            os.eventfd_read(self._wakeup)
        self._deliver_replies()
        if self._socket in ready:
            self._hear()
        for name, worker in list(self._workers.items()):
            if worker.pidfd in ready:
                self._replace(name)
        self._check_pulses()
        self._send_moves()

    def _check_pulses(self) -> None:
        for name in self._heartbeats.silent(time.monotonic()):
            self._replace(name)
        for name in self._heartbeats.to_ask(time.monotonic()):
            self._send(name, Ping())

    def _hear(self) -> None:
        for identity, data in wire.received(self._socket):
            worker = identity.decode()
            if worker in self._workers:
                self._heartbeats.heard(worker, time.monotonic())
                self._attend(worker, decode(data))

    def _attend(self, worker: str, message: Message) -> None:
        match message:
            case Hello():
                self._false_starts = 0
                self._send(worker, Welcome(self.level, self._preloads))
                self._dispatch.join(worker)
            case Done(job) if self._dispatch.finish(worker, job):
                self._end(message)
            case Asked(job, question) if self._dispatch.owns(worker, job):
                if self._conversations[job].ask(question):
                    self._events.append(message)
                self._deliver(job)
            case Fault(job, why) if self._dispatch.owns(worker, job):
                if self._dispatch.fault(worker, job):
                    self._end(Done(job, Killed(f"the machinery failed each time: {why}")))
                else:
                    self._restart(job)
            case Broken(why):
                raise probes.SandboxUnavailable(why)

    def _deliver_replies(self) -> None:
        while self._replies:
            job, reply = self._replies.popleft()
            if job in self._conversations and self._conversations[job].answer(reply):
                self._deliver(job)

    def _deliver(self, job: int) -> None:
        owner = self._dispatch.owner(job)
        if owner is not None:
            for reply in self._conversations[job].due():
                self._send(owner, Reply(job, reply))

    def _send_moves(self) -> None:
        for move in self._dispatch.plan():
            match move:
                case Give(worker, job):
                    self._send(worker, self._calls[job])
                case Take(worker, job):
                    self._send(worker, Cancel(job))

    def _send(self, worker: str, message: Message) -> None:
        # A worker that has just died cannot be reached; its pidfd will say so.
        with suppress(wire.Unreachable):
            wire.send(self._socket, worker.encode(), encode(message))

    def _end(self, done: Done) -> None:
        self._forget(done.job)
        self._events.append(done)

    def _forget(self, job: int) -> None:
        self._calls.pop(job, None)
        self._conversations.pop(job, None)

    def _restart(self, job: int) -> None:
        self._conversations[job].restart()

    def _replace(self, name: str) -> None:
        """A worker has died or fallen silent: hire another, and have its jobs run again."""
        complaint = self._workers.pop(name).close()
        self._heartbeats.lost(name)
        again, given_up = self._dispatch.lose(name)
        for job in again:
            self._restart(job)
        for job in given_up:
            self._end(Done(job, Killed("worker died")))
        self._false_starts += 1
        if self._false_starts > _FALSE_STARTS * (1 + len(self._workers)):
            raise probes.SandboxUnavailable(f"workers do not start: {complaint}")
        self._hire()

    def _hire(self) -> None:
        name = f"worker-{next(self._names)}"
        self._workers[name] = WorkerProcess(self._endpoint, name, self._self, self._lifeline)
        self._heartbeats.heard(name, time.monotonic() + _START_SECONDS)
