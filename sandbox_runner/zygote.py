"""The process that forks jobs: it has imported what they need, knows no secret and never sees a payload.

Two processes: a guardian, which only waits and kills, and its child the zygote, which is pid 1 of the jail at level
"namespaces". Each job is a fork of the zygote; it reads its payload from, and leaves its answer in, files in memory
that belong to the worker. Time and memory are measured here, outside the job.

Guarded: a worker that dies takes guardian, zygote and job with it, in whatever state they are.
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
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Never

import msgpack

from sandbox_runner import jail, syscalls

_MESSAGE_BYTES = 4096


def main(config_fd: int, control_fd: int, supervisor: int, lifeline: int) -> Never:
    """Start the jail described by the file `config_fd` and serve the socket `control_fd` until it is closed."""
    config = msgpack.unpackb(Path(f"/dev/fd/{config_fd}").read_bytes())
    guest = _guest()
    level, visible = config["level"], config["visible"]
    trees = jail.leave_host(visible, os.getpid() % 50_000) if level == "namespaces" else []
    pid = os.fork()
    if pid:
        _guard(pid, supervisor, control_fd)
    os.close(lifeline)
    os.setsid()
    statm = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    pid_namespace = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    if level == "namespaces":
        jail.build_root(trees, config["masked"])
    syscalls.die_with_parent()
    walls = jail.Walls(level, visible, config["masked"], pid_namespace, statm)
    _preload(guest, config["path"], config["imports"], config["modules"])
    walls.measure()
    _serve(socket.socket(fileno=control_fd), supervisor, walls, guest)


def _guest() -> ModuleType:
    """The guest, run from its source: under no name by which anyone could import it."""
    path = Path(__file__).with_name("guest.py")
    module = ModuleType("guest")
    exec(compile(path.read_text(), "<guest>", "exec"), vars(module))
    return module


def _guard(zygote: int, supervisor: int, control_fd: int) -> Never:
    """Wait until the zygote or the worker ends, and leave nothing behind. A pid namespace ends with its pid 1."""
    os.close(control_fd)
    pidfd = os.pidfd_open(zygote)
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    poller.register(supervisor, select.POLLIN)
    poller.poll()
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    _, status = os.waitpid(zygote, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0x7F)


def _preload(guest: ModuleType, path: Sequence[str], imports: Sequence[str], modules: Mapping[str, Any]) -> None:
    """Import once what every job will find imported; from here on only this process's memory is shared with jobs."""
    sys.path[:] = path
    sys.modules["sandbox_runner"].__path__ = []
    for name in imports:
        importlib.import_module(name)
    if modules:
        guest.Sources(modules, {}, {}).install()
        for name in modules:
            importlib.import_module(name)
    for name in [name for name in sys.modules if name.startswith("sandbox_runner.") and not name.endswith(".steps")]:
        del sys.modules[name]
    random.seed(0)
    gc.collect()
    gc.disable()
    gc.freeze()


def _serve(control: socket.socket, supervisor: int, walls: jail.Walls, guest: ModuleType) -> Never:
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 2)
    os.close(null)
    control.send(msgpack.packb(["ready"]))
    while True:
        data, fds, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 3)
        if not data:
            os._exit(0)
        kind, *request = msgpack.unpackb(data)
        # A word about a job that has ended in the meantime needs no answer.
        if kind == "run":
            control.send(msgpack.packb(["ended", *_run(request, fds, control, supervisor, walls, guest)]))


def _run(
    request: Sequence[float], fds: Sequence[int], control: socket.socket, supervisor: int, walls: jail.Walls, guest: Any
) -> tuple[bool, str, int, float, float, int]:
    """One job from birth to death: (whether it was inside the walls, who ended it, status, cpu, wall, peak bytes)."""
    wall, *limits = request
    born, inside = os.pipe()
    started = time.monotonic()
    pid = walls.fork()
    if pid == 0:
        _job(born, inside, fds, limits, walls, guest)
    for fd in (inside, *fds):
        os.close(fd)
    pidfd = os.pidfd_open(pid)
    try:
        why, held = _watch(pidfd, control, supervisor, started + wall)
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        walls.clear(pid)
        # Returns when every process of the job's namespace is gone.
        _, status, usage = os.wait4(pid, 0)
        seconds = time.monotonic() - started - held
        ready = os.read(born, 1) == b"r"
    finally:
        os.close(pidfd)
        os.close(born)
    return ready, why, status, usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss * 1024


def _job(born: int, inside: int, fds: Sequence[int], limits: Sequence[Any], walls: jail.Walls, guest: Any) -> Never:
    """In the job. The byte "r" says that the walls stand: an end before it is our fault, an end after it the call's."""
    try:
        os.close(born)
        payload_fd, out, channel = fds
        payload = os.pread(payload_fd, os.fstat(payload_fd).st_size, 0)
        walls.close_around(*limits)
        os.write(inside, b"r")
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


def _watch(pidfd: int, control: socket.socket, supervisor: int, deadline: float) -> tuple[str, float]:
    """Wait for the end of a job: ("" if it came by itself, seconds spent waiting for the host)."""
    poller = select.poll()
    for fd in (pidfd, control.fileno(), supervisor):
        poller.register(fd, select.POLLIN)
    held_since, held = math.inf, 0.0
    while True:
        patience = None if held_since < math.inf else max(0.0, deadline + held - time.monotonic()) * 1000
        ready = dict(poller.poll(patience if patience is None else math.ceil(patience)))
        if supervisor in ready:
            os._exit(0)
        if pidfd in ready:
            return "", held + max(0.0, time.monotonic() - held_since)
        if not ready:
            return "wall_seconds", held
        match _word(control):
            case "hold":
                held_since = time.monotonic()
            case "go" if held_since < math.inf:
                held, held_since = held + time.monotonic() - held_since, math.inf
            case "stop":
                return "cancelled", held


def _word(control: socket.socket) -> str:
    data = control.recv(_MESSAGE_BYTES)
    if not data:
        os._exit(0)
    return str(msgpack.unpackb(data)[0])
