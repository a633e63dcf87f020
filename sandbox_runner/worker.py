"""A worker: takes jobs from the host over ZeroMQ, has them run by its zygotes one at a time, reports how they ended.

It forks nothing itself, since ZeroMQ has threads; a zygote is a new program. It ends when its host does, however that
ends, and everything below ends with it. Not guarded: a host that lives on but hangs.
"""

import os
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Never

from sandbox_runner import wire
from sandbox_runner.job import Job
from sandbox_runner.launch import Gone, Zygote
from sandbox_runner.messages import (
    Asked,
    Broken,
    Cancel,
    Done,
    Fault,
    Hello,
    Message,
    Ping,
    Pong,
    ProtocolError,
    Reply,
    Run,
    Welcome,
    decode,
    encode,
)
from sandbox_runner.outcome import Killed, Outcome, Profile, Returned
from sandbox_runner.preload import Preload
from sandbox_runner.scratch import TooLarge, remove
from sandbox_runner.verdict import Ended, fault, verdict

# How much longer than a job may take its zygote may be silent, and how long it may take to import its preload.
_GRACE, _START = 10.0, 120.0


def main(endpoint: str, identity: str, host: int, lifeline: int) -> Never:
    """Serve the pool at `endpoint` until the process behind the pidfd `host` is gone; then remove what it leaves."""
    folder = wire.folder(endpoint)
    worker = Worker(wire.dealer(endpoint, identity), host, lifeline, folder)
    worker.say(Hello())
    while worker.step():
        pass
    remove(folder)
    os._exit(0)


class Worker:
    """The jobs sent ahead, the one that runs, and a zygote for each preload that was ever asked for."""

    def __init__(self, socket: wire.Socket, host: int, lifeline: int, folder: Path) -> None:
        self._socket, self._host, self._lifeline, self._folder = socket, host, lifeline, folder
        self._self = os.pidfd_open(os.getpid())
        self._level = "namespaces"
        self._preloads: Mapping[str, Preload] = {}
        self._zygotes: dict[tuple[str, Profile], Zygote] = {}
        self._queue: deque[Run] = deque()
        self._job: Job | None = None
        self._zygote: Zygote | None = None
        self._deadline = 0.0
        self._spoiled: str = ""

    def say(self, message: Message) -> None:
        """Send to the host."""
        wire.send(self._socket, encode(message))

    def step(self) -> bool:
        """Wait until something happens and attend to it; False if there is no host any more."""
        ready = wire.ready(self._interests(), self._patience())
        if self._host in ready:
            return False
        if self._socket in ready:
            self._hear()
        if self._job is not None and self._job.fileno() in ready:
            self._attend(self._job)
        for kind, zygote in list(self._zygotes.items()):
            if zygote.fileno() in ready:
                self._attend_zygote(kind, zygote)
        if self._job is not None and not self._job.waits and time.monotonic() > self._deadline:
            self._give_up("its zygote is silent")
        if self._job is None and self._queue:
            self._start(self._queue.popleft())
        return True

    def _interests(self) -> list[tuple[object, int]]:
        interests: list[tuple[object, int]] = [(self._socket, wire.READABLE), (self._host, wire.READABLE)]
        interests += [(zygote.fileno(), wire.READABLE) for zygote in self._zygotes.values()]
        if self._job is not None:
            events = (0 if self._job.waits else wire.READABLE) | (wire.WRITABLE if self._job.unsent else 0)
            interests += [(self._job.fileno(), events)] if events else []
        return interests

    def _patience(self) -> float | None:
        return None if self._job is None or self._job.waits else self._deadline - time.monotonic()

    def _hear(self) -> None:
        """All that the host has said by now."""
        for (data,) in wire.received(self._socket):
            match decode(data):
                case Welcome(level, preloads):
                    self._level, self._preloads = level, preloads
                case Ping():
                    self.say(Pong())
                case Run() as run:
                    self._queue.append(run)
                case Cancel(number):
                    self._cancel(number)
                case Reply(number, value) if self._job is not None and number == self._job.number and self._job.waits:
                    self._job.reply(value)
                    self._extend(self._job)
                    self._tell("go")

    def _cancel(self, number: int) -> None:
        self._queue = deque(run for run in self._queue if run.job != number)
        if self._job is not None and self._job.number == number:
            self._tell("stop")

    def _start(self, run: Run) -> None:
        kind = (run.preload, run.profile)
        zygote = self._zygotes.get(kind)
        if zygote is None:
            zygote = Zygote(self._level, run.profile, self._preloads[run.preload], self._self, self._lifeline)
            self._zygotes[kind] = zygote
        job = Job(run, self._folder if self._level == "none" else None)
        self._job, self._zygote, self._spoiled = job, zygote, ""
        self._extend(self._job)
        zygote.run(run.limits, self._job.fds, keep=bool(run.collect))
        self._job.started()

    def _extend(self, job: Job) -> None:
        start = 0.0 if self._zygote is None or self._zygote.ready else _START
        self._deadline = time.monotonic() + job.limits.wall_seconds + _GRACE + start

    def _attend(self, job: Job) -> None:
        """Pass on a question and stop the clock, send more of a reply, or end a job that talks nonsense."""
        job.flush()
        if job.waits:
            return
        try:
            for question in job.question():
                self._tell("hold")
                self.say(Asked(job.number, question))
        except ProtocolError as error:
            self._spoiled = f"no question but something else: {error}"
            job.waits = True
            self._tell("stop")

    def _attend_zygote(self, kind: tuple[str, Profile], zygote: Zygote) -> None:
        match zygote.word():
            case Ended() as ended:
                self._finish(ended)
            case Gone():
                del self._zygotes[kind]
                complaint = zygote.complaint()
                zygote.close()
                if complaint and not zygote.ready:
                    self.say(Broken(f"preload {kind[0]}: {complaint}"))
                if zygote is self._zygote:
                    self._drop(f"its zygote died: {complaint}")

    def _finish(self, ended: Ended) -> None:
        try:
            self._report(ended)
        finally:
            if ended.folder >= 0:
                os.close(ended.folder)

    def _report(self, ended: Ended) -> None:
        job = self._job
        if job is None:
            return
        if ended.why == "cancelled" and not self._spoiled:
            self._drop("")
        elif why := fault(ended, job.limits):
            self._drop(why)
        else:
            self.say(Done(job.number, self._outcome(job, ended)))
            self._close()

    def _outcome(self, job: Job, ended: Ended) -> Outcome:
        if self._spoiled:
            return Killed(self._spoiled, ended.cost)
        record = job.record()
        outcome = verdict(ended, job.limits, record)
        if not isinstance(outcome, Returned) or ended.folder < 0:
            return outcome
        try:
            return replace(outcome, files=job.files(ended.folder, job.limits.answer_bytes - len(record)))
        except TooLarge:
            return Killed("answer_bytes", ended.cost)

    def _give_up(self, why: str) -> None:
        for kind, zygote in list(self._zygotes.items()):
            if zygote is self._zygote:
                del self._zygotes[kind]
                zygote.close()
        self._drop(why)

    def _drop(self, fault: str) -> None:
        """The job is over without an outcome."""
        job = self._job
        self._close()
        if job is not None and fault:
            self.say(Fault(job.number, fault))

    def _close(self) -> None:
        if self._job is not None:
            self._job.close()
        self._job = self._zygote = None

    def _tell(self, word: str) -> None:
        if self._zygote is not None:
            self._zygote.tell(word)
