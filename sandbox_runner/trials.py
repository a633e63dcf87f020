"""The layers tried for real, each in a process of its own that is thrown away. Run by `probes`, as a program.

A trial passes only if the wall holds afterwards: that a call succeeded proves nothing in a container that fakes it.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Never

from sandbox_runner import jail, landlock, seccomp, syscalls

_OUTSIDE = "/etc/passwd"


def main() -> None:
    """Write to standard output what came of each trial: an empty string, or why it failed."""
    sys.stdout.write(json.dumps({name: _attempt(trial) for name, trial in _TRIALS.items()}))


def _namespaces() -> None:
    trees = jail.leave_host([], os.getpid() % 50_000)
    pid = os.fork()
    if pid == 0:
        _report(lambda: _inside(trees))
    _expect(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "the new root could not be built")


def _inside(trees: list[jail.Tree]) -> None:
    syscalls.unshare(syscalls.NEWNS)
    jail.build_root(trees, [])
    _expect(os.getpid() == 1, "not pid 1 of a new pid namespace")
    _expect(not Path("/sys").exists(), "the host's files are still there")
    _expect([name for _, name in socket.if_nameindex()] == ["lo"], "the host's network is still there")


def _landlock() -> None:
    ruleset = landlock.ruleset(["/usr/lib", "/lib"], [], ["/dev/null"])
    syscalls.no_new_privileges()
    syscalls.landlock_restrict(ruleset)
    _expect(_refused(lambda: os.open(_OUTSIDE, os.O_RDONLY)), "a file outside could be opened")


def _seccomp() -> None:
    syscalls.no_new_privileges()
    syscalls.Filter(seccomp.program()).install()
    _expect(_refused(_fork), "a process could be started")
    _expect(_refused(socket.socket), "a socket could be made")


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    try:
        bytearray(1 << 30)
    except MemoryError:
        return
    raise AssertionError("more memory than the limit could be had")


def _pidfd() -> None:
    pid = os.fork()
    if pid == 0:
        signal.pause()
    signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
    _expect(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "a process outlived its killing")


_TRIALS: dict[str, Callable[[], None]] = {
    "namespaces": _namespaces,
    "landlock": _landlock,
    "seccomp": _seccomp,
    "limits": _limits,
    "pidfd": _pidfd,
}


def _attempt(trial: Callable[[], None]) -> str:
    """What `trial` complained of in a process of its own."""
    complaint, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.dup2(out, 2)
        _report(trial)
    os.close(out)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.set_blocking(complaint, False)
    text = os.read(complaint, 4_000).decode(errors="replace").strip() if status else ""
    os.close(complaint)
    return text.partition("\n")[0] or (f"exit status {status}" if status else "")


def _report(trial: Callable[[], None]) -> Never:
    """Run the trial and end the process, with the complaint on standard error."""
    status = 1
    with contextlib.suppress(BrokenPipeError):
        try:
            trial()
            status = 0
        except (OSError, AssertionError, KeyError) as error:
            os.write(2, f"{error}\n".encode())
    os._exit(status)


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except PermissionError:
        return True
    return False


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
