"""How a zygote comes to be: a guardian, which only waits and kills, and its child, which walks into the jail.

At level "namespaces" the child is pid 1 of the jail. It builds the root and there becomes a new interpreter, the one
that lies in the jail: nothing in the zygote has ever seen a path of the host's.

Guarded: a worker that dies takes guardian, zygote and job with it, in whatever state they are.
"""

import marshal
import os
import select
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import CodeType
from typing import Any, Never

from sandbox_runner import jail, oblivion, syscalls, veil


def main(config: dict[str, Any], sources: Mapping[str, CodeType], stage: str, *fds: int) -> Never:
    """Start the jail described by `config`; once "inside" of it, be the zygote, which is made of `sources`."""
    if stage == "outside":
        fds = _walk_in(config, *fds)
        config = marshal.loads(config["inside"])
    from sandbox_runner import zygote

    zygote.main(config, sources["guest"], *fds)


def _walk_in(config: Mapping[str, Any], control: int, supervisor: int, lifeline: int) -> tuple[int, ...]:
    """The descriptors for the zygote, where it can stay the interpreter that this is."""
    confined, profile = config["level"] == "namespaces", config["profile"]
    seat = os.getpid() % 50_000
    trees = jail.leave_host(config["shown"], seat, profile, config["veiled"]) if confined else []
    # Its other end is closed when the child becomes another program, or ends.
    walked_in, walking = os.pipe()
    # And this one when all is prepared that is to be hidden from jobs.
    woven, weaving = os.pipe()
    pid = os.fork()
    if pid:
        for fd in (walking, control, woven):
            os.close(fd)
        veiled = [tree.path for tree in trees if tree.veiled]
        _guard(config, pid, walked_in, supervisor, veiled, weaving)
    for fd in (walked_in, weaving, lifeline):
        os.close(fd)
    os.setsid()
    syscalls.die_with_parent()
    # Inside there is no /proc.
    own = [os.open(f"/proc/self/{name}", os.O_RDONLY | os.O_CLOEXEC) for name in ("ns/pid", "statm")]
    told = os.memfd_create("words")
    os.write(told, oblivion.words(config["names"] if confined and config["veiled"] else {}))
    own += [woven, told]
    if confined:
        proc = profile == "pure" and bool(config["veiled"])
        jail.build_root(trees, config["masked"], profile, config["links"], config["made"], proc=proc)
        _become_the_one_inside(config, control, supervisor, *own)
    os.close(walking)
    return control, supervisor, *own


def _become_the_one_inside(config: Mapping[str, Any], *fds: int) -> None:
    """It is told of the inside alone: whatever it knows can be found by a job."""
    told = os.memfd_create("config")
    os.write(told, config["inside"])
    for fd in (told, *fds):
        os.set_inheritable(fd, True)
    syscalls.keep_capabilities()
    words = [config["program"], *config["flags"], config["boot"], "inside", *map(str, (told, *fds))]
    os.execve(words[0], words, config["environment"])


def _guard(
    config: Mapping[str, Any], zygote: int, walked_in: int, supervisor: int, veiled: Sequence[str], weaving: int
) -> Never:
    """Wait until the zygote or the worker ends, and leave nothing behind. A pid namespace ends with its pid 1.

    This is done by an interpreter that has next to nothing in memory, since there is one for each zygote. Before that,
    while the zygote imports its preload, the folders that are `veiled` are gone through.
    """
    try:
        pidfd = os.pidfd_open(zygote)
        poller = select.poll()
        for fd in (walked_in, supervisor):
            poller.register(fd, select.POLLIN)
        poller.poll()
        veil.weave(veiled, config["masked"], config["names"], config["profile"], config["packages"])
        os.close(weaving)
        for fd in (pidfd, supervisor):
            os.set_inheritable(fd, True)
        moved = config["level"] == "namespaces" and Path(config["program"]).exists()
        program, environment = (config["program"], config["environment"]) if moved else (sys.executable, os.environ)
        words = [program, *config["flags"], config["guardian"], *map(str, (zygote, pidfd, supervisor))]
        os.execve(program, words, environment)
    finally:
        os.kill(zygote, signal.SIGKILL)
