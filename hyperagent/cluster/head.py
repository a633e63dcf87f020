"""The host's side of a Ray cluster: calls become Ray's tasks, one processor each, and their ends become events.

Ray picks the machine, has a task run again whose machine or process died, and gives up after a few times. The modules
of a call are put into Ray's store once for each digest, and Ray brings them to each machine once.
"""

import hashlib
import itertools
import os
import queue
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from hyperagent.cluster.node import performed
from hyperagent.cluster.parcel import Duties, split, versions
from hyperagent.errors import RunError, UsageError
from sandbox_runner import Asked, Call, Done, Killed, Plain, Preload, ProtocolError, SandboxUnavailable
from sandbox_runner.messages import decode, pack
from sandbox_runner.scratch import improper

# Ray reports on its users to its makers unless it is told not to, and it is told when it is imported.
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
from ray.exceptions import (
    NodeDiedError,
    OutOfMemoryError,
    RayError,
    RayTaskError,
    TaskCancelledError,
    WorkerCrashedError,
)

TRIES, STRAYS = 3, 3
KEPT = 2_000
PATIENCE = 5.0

Event: TypeAlias = Done | Asked


@dataclass
class Job:
    """A call on its way: the task that it is now, what it was told, and the question that waits for a reply."""

    modules: Any
    call: Call
    said: list[tuple[Plain, Plain]] = field(default_factory=list)
    task: Any = None
    question: Plain = None
    asking: bool = False
    strays: int = 0


class Cluster:
    """Runs calls like `sandbox_runner.Pool`, on the machines of the Ray cluster at `address`. A context manager.

    `address` is what Ray takes: HOST:PORT, "auto" for the one that this machine is part of, "local" for a new one on
    this machine alone. RunError if there is none. A machine that cannot jail, or has other versions, ends the run with
    SandboxUnavailable from `wait`.
    """

    def __init__(self, address: str, preloads: Mapping[str, Preload], sandbox: str = "auto") -> None:
        self._ours = connected(address)
        self._preloads = frozenset(preloads)
        self._duties = ray.put(Duties(versions(), preloads, sandbox).pack())
        self._perform = ray.remote(num_cpus=1, max_retries=TRIES)(performed)
        self._parcels: OrderedDict[bytes, Any] = OrderedDict()
        self._jobs: dict[int, Job] = {}
        self._numbers = itertools.count()
        self._inbox: queue.SimpleQueue[Callable[[], Event | None] | None] = queue.SimpleQueue()

    def submit(self, call: Call) -> int:
        """Hand the call to Ray and return the number of the job; ProtocolError if it holds more than plain data."""
        if call.preload not in self._preloads:
            raise ProtocolError(f"preload {call.preload}: not one of {', '.join(sorted(self._preloads))}")
        if wrong := next(filter(None, map(improper, (*call.files, *call.collect))), ""):
            raise ProtocolError(wrong)
        pack(list(call.arguments))
        modules, rest = split(call)
        number = next(self._numbers)
        self._jobs[number] = Job(self._shipped(modules), rest)
        self._start(number)
        return number

    def wait(self, timeout: float | None = None) -> list[Event]:
        """What has happened: one event or more; none after `timeout` seconds, a `wake`, or with no job outstanding."""
        deadline = None if timeout is None else time.monotonic() + timeout
        events: list[Event] = []
        woken = False
        while self._jobs and not events and not woken:
            arrived = self._arrived(None if deadline is None else deadline - time.monotonic())
            if not arrived:
                break
            woken = None in arrived
            events = [event for take in arrived if take is not None and (event := take()) is not None]
        return events

    def wake(self) -> None:
        """Have `wait` return, now or when it is next called. May be called from any thread."""
        self._inbox.put(None)

    def answer(self, job: int, reply: Plain) -> None:
        """Reply to the question of a job; ignored if it has ended. May be called from any thread."""
        pack(reply)
        self._inbox.put(lambda: self._told(job, reply))

    def cancel(self, job: int) -> None:
        """Forget the job: no more is heard of it, and it ends soon if it runs."""
        found = self._jobs.pop(job, None)
        if found is not None and found.task is not None:
            ray.cancel(found.task)

    def close(self) -> None:
        """End everything that is under way. A second call does nothing."""
        for job in list(self._jobs):
            self.cancel(job)
        self._parcels.clear()
        if self._ours:
            self._ours = False
            ray.shutdown()

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _arrived(self, seconds: float | None) -> list[Callable[[], Event | None] | None]:
        """All that has come in, once there is something; nothing after so many seconds."""
        try:
            arrived = [self._inbox.get(timeout=None if seconds is None else max(0.0, seconds))]
        except queue.Empty:
            return []
        while not self._inbox.empty():
            arrived.append(self._inbox.get())
        return arrived

    def _shipped(self, modules: bytes) -> Any:
        """Modules in Ray's store, once for each digest; those that were not used for long are let go."""
        digest = hashlib.sha256(modules).digest()
        if digest not in self._parcels:
            self._parcels[digest] = ray.put(modules)
        self._parcels.move_to_end(digest)
        if len(self._parcels) > KEPT:
            self._parcels.popitem(last=False)
        return self._parcels[digest]

    def _start(self, number: int) -> None:
        job = self._jobs[number]
        task = job.task = self._perform.remote(self._duties, job.modules, job.call, job.said)
        task.future().add_done_callback(lambda future: self._inbox.put(lambda: self._ended(number, task, future)))

    def _ended(self, number: int, task: Any, future: Any) -> Event | None:
        """What the end of a task means for its job, if that has not been cancelled meanwhile."""
        job = self._jobs.get(number)
        if job is None or job.task is not task:
            return None
        job.task = None
        match found(future):
            case Done(_, outcome):
                del self._jobs[number]
                return Done(number, outcome)
            case Asked(heard, question):
                return self._asked(number, job, heard, question)
        raise ProtocolError("a task ended with neither an outcome nor a question")

    def _asked(self, number: int, job: Job, heard: int, question: Plain) -> Event:
        """A question; a job that asks otherwise each time that it is begun anew would never come to its end."""
        job.strays += heard < len(job.said)
        if job.strays > STRAYS:
            del self._jobs[number]
            return Done(number, Killed("asks something else each time"))
        del job.said[heard:]
        job.question, job.asking = question, True
        return Asked(number, question)

    def _told(self, number: int, reply: Plain) -> None:
        job = self._jobs.get(number)
        if job is not None and job.asking:
            job.said.append((job.question, reply))
            job.asking = False
            self._start(number)


def connected(address: str) -> bool:
    """Be connected to a cluster with at least one processor; whether this made the connection."""
    if ray.is_initialized():
        return False
    check_listening(address)
    try:
        ray.init(address=address, log_to_driver=False, logging_level="error", **LOCAL.get(address, {}))
    except (ConnectionError, ValueError, RuntimeError, OSError, RayError) as error:
        raise RunError(f"cluster {address}: cannot be reached: {first_line(error)}") from None
    if ray.cluster_resources().get("CPU", 0) < 1:
        ray.shutdown()
        raise RunError(f"cluster {address}: has no processors, expected at least 1")
    return True


def check_listening(address: str) -> None:
    """RunError at once where nobody listens at HOST:PORT, which Ray would try again for minutes."""
    host, colon, port = address.rpartition(":")
    if "://" in address or (colon and not port.isdecimal()):
        raise UsageError(f"cluster {address}: expected HOST:PORT, auto or local")
    if colon:
        try:
            socket.create_connection((host.strip("[]"), int(port)), PATIENCE).close()
        except (OSError, OverflowError) as error:
            raise RunError(f"cluster {address}: cannot be reached: {error}") from None


LOCAL: Mapping[str, Mapping[str, Any]] = {"local": {"include_dashboard": False}}


def found(future: Any) -> object:
    """The message that a task ended with; the death of machine or process, once Ray has given up, is that of a worker.

    SandboxUnavailable and RunError where the machine or the cluster is at fault: no outcome may be made of that.
    """
    try:
        return decode(future.result())
    except (WorkerCrashedError, NodeDiedError, OutOfMemoryError, TaskCancelledError):
        return Done(0, Killed("worker died"))
    except RayTaskError as error:
        cause: object = error.cause
        if isinstance(cause, SandboxUnavailable):
            raise SandboxUnavailable(str(cause)) from None
        raise RunError(f"a machine of the cluster cannot run a call: {first_line(cause)}") from error
    except RayError as error:
        raise RunError(f"the cluster failed: {first_line(error)}") from error


def first_line(error: object) -> str:
    """What an error of Ray's says, without its pages of advice."""
    return next(iter(str(error).strip().splitlines()), type(error).__name__)
