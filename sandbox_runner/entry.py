"""How a zygote comes to be: a guardian, which only waits and kills, and its child, which walks into the jail.

At level "namespaces" the child is pid 1 of the jail. It builds the root and there becomes a new interpreter, the one
that lies in the jail: nothing in the zygote has ever seen a path of the host's.

Guarded: a worker that dies takes guardian, zygote and job with it, in whatever state they are.
"""

import marshal
import os
import select
import signal
from collections.abc import Mapping
from typing import Any, Never

from sandbox_runner import jail, syscalls


def main(config: Mapping[str, Any], stage: str, *fds: int) -> Never:
    """Start the jail described by `config`; once "inside" of it, be the zygote."""
    if stage == "outside":
        fds = _walk_in(config, *fds)
        config = marshal.loads(config["inside"])
    from sandbox_runner import zygote

    zygote.main(config, *fds)


def _walk_in(config: Mapping[str, Any], control: int, supervisor: int, lifeline: int) -> tuple[int, ...]:
    """The descriptors for the zygote, where it can stay the interpreter that this is."""
    confined, profile = config["level"] == "namespaces", config["profile"]
    trees = jail.leave_host(config["shown"], os.getpid() % 50_000, profile) if confined else []
    pid = os.fork()
    if pid:
        _guard(pid, supervisor, control)
    os.close(lifeline)
    os.setsid()
    # Inside there is no /proc.
    own = [os.open(f"/proc/self/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in ("ns/pid", "statm")]
    if confined:
        jail.build_root(trees, config["masked"], profile, config["links"], config["made"])
        _become_the_one_inside(config, control, supervisor, *own)
    return control, supervisor, *own


def _become_the_one_inside(config: Mapping[str, Any], *fds: int) -> None:
    """It is told of the inside alone: whatever it knows can be found by a job."""
    told = os.memfd_create("config")
    os.write(told, config["inside"])
    for fd in (told, *fds):
        os.set_inheritable(fd, True)
    syscalls.keep_capabilities()
    words = [config["program"], *config["words"], "inside", *map(str, (told, *fds))]
    os.execve(words[0], words, config["environment"])


def _guard(zygote: int, supervisor: int, control: int) -> Never:
    """Wait until the zygote or the worker ends, and leave nothing behind. A pid namespace ends with its pid 1."""
    os.close(control)
    pidfd = os.pidfd_open(zygote)
    poller = select.poll()
    poller.register(pidfd, select.POLLIN)
    poller.register(supervisor, select.POLLIN)
    poller.poll()
    signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    _, status = os.waitpid(zygote, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0x7F)
