"""The process that forks jobs: it has imported what they need, knows no secret and never sees a payload.

Each job is a fork of the zygote; it reads its payload from, and leaves its answer in, files in memory
that belong to the worker. Time and memory are measured here, outside the job.

Not guarded: the zygote's own start, which imports the modules of the preload without a time limit; the worker has one.
"""

import gc
import importlib
import math
import os
import random
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from types import CodeType, ModuleType
from typing import Any, NamedTuple, Never

import msgpack

from sandbox_runner import jail, oblivion, syscalls, veil
from sandbox_runner.birth import Birth
from sandbox_runner.census import Census
from sandbox_runner.holes import filling
from sandbox_runner.outcome import Profile

_MESSAGE_BYTES = 4096


class Order(NamedTuple):
    """What the worker asks for: a job with these limits; `keep` its folder for the worker to look into."""

    wall: float
    memory: int
    cpu: int
    file_bytes: int
    answer_bytes: int
    files: int
    processes: int
    keep: bool


class End(NamedTuple):
    """How a job ended: was it inside the walls, who ended it, its wait status, and its cost."""

    inside: bool
    why: str
    status: int
    cpu: float
    wall: float
    peak: int
    refused: int


def main(
    config: dict[str, Any],
    guest_code: CodeType,
    control: int,
    supervisor: int,
    pid_namespace: int,
    statm: int,
    woven: int,
    told: int,
) -> Never:
    """Load what `config` names and serve the socket `control` until it is closed."""
    if config["level"] == "namespaces":
        syscalls.drop_bounding_set()
    syscalls.die_with_parent()
    profile: Profile = config["profile"]
    walls = jail.Walls(config["level"], config["visible"], config["masked"], pid_namespace, statm, profile)
    guest = _guest(guest_code)
    veiled = bool(config["veiled"])
    if veiled and profile == "pure":
        veil.load_large()
    _preload(guest, **{part: config[part] for part in ("imports", "modules", "held", "ready", "warming")})
    # Until the guardian closes its end.
    os.read(woven, 1)
    os.close(woven)
    if veiled:
        # The guardian keeps its own sight of its program, which it may not have started yet.
        syscalls.unshare(syscalls.NEWNS)
        veil.draw(config["veiled"], profile)
    # Nobody has use for it any more.
    config.clear()
    oblivion.forget(told)
    if veiled and profile == "pure":
        jail.close_proc()
    kept = _tidy()  # noqa: F841 - it only has to be there
    walls.measure()
    _serve(socket.socket(fileno=control), supervisor, walls, guest)


def _guest(code: CodeType) -> ModuleType:
    """The guest, under no name by which anyone could import it."""
    module = ModuleType("guest")
    exec(code, vars(module))
    return module


def _preload(
    guest: ModuleType,
    imports: Sequence[str],
    modules: Mapping[str, Any],
    held: Mapping[str, Any],
    ready: Sequence[str],
    warming: Mapping[str, Any],
) -> None:
    """Import once what every job will find imported; from here on only this process's memory is shared with jobs."""
    # The finder of our own modules, which has served.
    del sys.meta_path[0]
    for name in imports:
        importlib.import_module(name)
    _import(guest, modules)
    lent = guest.hold(held, ready)
    _forget(_import(guest, warming), warming)
    _forget(lent, guest.put_away())
    _forget(None, [name for name in sys.modules if name.startswith("sandbox_runner.") and not name.endswith(".steps")])
    guest.prepare()
    random.seed(0)


def _import(guest: ModuleType, modules: Mapping[str, Any]) -> object:
    """Import what was handed over; the finder of it, if there is anything to be found."""
    if not modules:
        return None
    finder = guest.Sources(modules, {}, {})
    finder.install()
    for name in modules:
        importlib.import_module(name)
    return finder


def _forget(finder: object, names: Iterable[str]) -> None:
    sys.meta_path[:] = [each for each in sys.meta_path if each is not finder]
    for name in names:
        del sys.modules[name]


def _tidy() -> list[object]:
    """Leave as little memory as can be, and none of it to a garbage collector, which would write to all of it.

    What is returned fills the holes, so that a job has the new things that it makes side by side.
    """
    program = vars(sys.modules["__main__"])
    for name in [name for name in program if not name.startswith("__")]:
        del program[name]
    gc.collect()
    gc.disable()
    kept = filling()
    syscalls.return_memory()
    gc.freeze()
    return kept


def _serve(control: socket.socket, supervisor: int, walls: jail.Walls, guest: ModuleType) -> Never:
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 2)
    os.close(null)
    control.send(msgpack.packb(["ready"]))
    while True:
        data, fds, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 4)
        if not data:
            os._exit(0)
        kind, *request = msgpack.unpackb(data)
        # A word about a job that has ended in the meantime needs no answer.
        if kind == "run":
            _run(Order(*request), fds, control, supervisor, walls, guest)


def _run(
    order: Order, fds: Sequence[int], control: socket.socket, supervisor: int, walls: jail.Walls, guest: Any
) -> None:
    """One job from birth to death, and the report of it, with its folder if that is to be kept."""
    files = fds[:3]
    folder = fds[3] if fds[3:] else walls.folder(order.file_bytes, order.files)
    birth = Birth()
    started = time.monotonic()
    pid = walls.fork()
    if pid == 0:
        _job(birth, files, folder, order, walls, guest)
    birth.leave()
    for fd in files:
        os.close(fd)
    end = _end(pid, birth, control, supervisor, started, order, walls)
    kept = [folder] if order.keep and folder >= 0 else []
    socket.send_fds(control, [msgpack.packb(["ended", *end])], kept)
    if folder >= 0:
        os.close(folder)


def _end(
    pid: int, birth: Birth, control: socket.socket, supervisor: int, started: float, order: Order, walls: jail.Walls
) -> End:
    """Wait for the end of the job, or make it, and bury it."""
    pidfd = os.pidfd_open(pid)
    census = walls.census(order.memory, order.cpu, order.processes)
    try:
        why, held = _watch(pidfd, control, supervisor, started + order.wall, census, birth)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        walls.clear(pid)
        # Returns when every process of the job's namespace is gone.
        _, status, usage = os.wait4(pid, 0)
        seconds = time.monotonic() - started - held
        if not birth.inside:
            birth.hear()
    finally:
        os.close(pidfd)
        birth.close()
    cpu, peak = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    if census is not None:
        cpu, peak = max(cpu, census.cpu_seconds), max(peak, census.peak_bytes)
    return End(birth.inside, why, status, cpu, seconds, peak, birth.refusals.count)


def _job(birth: Birth, fds: Sequence[int], folder: int, order: Order, walls: jail.Walls, guest: Any) -> Never:
    """In the job."""
    try:
        payload_fd, out, channel = fds
        payload = os.pread(payload_fd, os.fstat(payload_fd).st_size, 0)
        sizes = order.memory, order.cpu, order.file_bytes, order.answer_bytes, order.processes
        birth.say(walls.close_around(folder, *sizes))
        _close_all_but(out, channel)
        guest.serve(payload, out, channel)
    finally:
        os._exit(1)


def _close_all_but(*kept: int) -> None:
    first = 3
    for fd in sorted(kept):
        os.closerange(first, fd)
        first = fd + 1
    os.closerange(first, resource.getrlimit(resource.RLIMIT_NOFILE)[0] + 4096)


def _watch(
    pidfd: int, control: socket.socket, supervisor: int, deadline: float, census: Census | None, birth: Birth
) -> tuple[str, float]:
    """Wait for the end of a job: ("" if it came by itself, else who ended it; seconds spent waiting for the host)."""
    poller = select.poll()
    for fd in (pidfd, control.fileno(), supervisor, birth.fileno()):
        poller.register(fd, select.POLLIN)
    held_since, held = math.inf, 0.0
    look = math.inf if census is None else time.monotonic() + census.pause
    while True:
        now = time.monotonic()
        left = math.inf if held_since < math.inf else deadline + held - now
        ready = dict(poller.poll(_milliseconds(min(left, look - now))))
        if supervisor in ready:
            os._exit(0)
        if pidfd in ready:
            return "", held + max(0.0, time.monotonic() - held_since)
        _attend(birth, ready, poller)
        # Words come first and fast: a job that asks without end must not be credited with the time that a look takes.
        match _word(control) if control.fileno() in ready else "":
            case "hold":
                held_since = time.monotonic()
            case "go" if held_since < math.inf:
                held, held_since = held + time.monotonic() - held_since, math.inf
            case "stop":
                return "cancelled", held
            case "" if held_since == math.inf and time.monotonic() >= deadline + held:
                return "wall_seconds", held
        if census is not None and time.monotonic() >= look:
            if exceeded := census.exceeded():
                return exceeded, held
            look = time.monotonic() + census.pause


def _attend(birth: Birth, ready: Mapping[int, int], poller: select.poll) -> None:
    """Hear what the job says of its birth, and refuse a call that it is forbidden."""
    listener = birth.refusals.listener
    if birth.fileno() in ready:
        poller.unregister(birth.fileno())
        birth.hear()
        if birth.refusals.listener >= 0:
            poller.register(birth.refusals.listener, select.POLLIN)
    elif listener in ready:
        # It hangs up as soon as nobody is left who could ask: the dying take their time.
        if ready[listener] & select.POLLIN:
            birth.refusals.refuse()
        if birth.refusals.listener < 0 or not ready[listener] & select.POLLIN:
            poller.unregister(listener)


def _milliseconds(seconds: float) -> int | None:
    return None if seconds == math.inf else math.ceil(max(0.0, seconds) * 1000)


def _word(control: socket.socket) -> str:
    data = control.recv(_MESSAGE_BYTES)
    if not data:
        os._exit(0)
    return str(msgpack.unpackb(data)[0])
