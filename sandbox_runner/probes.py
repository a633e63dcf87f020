"""Which layers of the jail this machine has, each tried by doing it: versions and settings tell too little.

Namespaces or landlock must be there, and seccomp, limits and pidfds in any case; with less, nothing is run at all.
"""

import functools
import json
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


class SandboxUnavailable(Exception):
    """This machine cannot put up the walls, or a zygote cannot start inside them."""


@dataclass(frozen=True)
class Layer:
    """One layer: whether it is `present`, `how` that was found out, what it `stops`, how to `mend` its absence."""

    name: str
    present: bool
    how: str
    stops: str
    mend: str


LEVELS = {
    "namespaces": "every layer that is marked yes; calls may be given programs, and a private folder to write in",
    "landlock": "no namespaces: calls may not start programs and have no folder to write in at all, and the number of "
    "their threads is bounded only roughly, for the super-user not at all",
}


def layers() -> list[Layer]:
    """Every layer, whether or not it is there; takes about two tenths of a second the first time."""
    return [_layer(name, *_findings()[name]) for name in _LAYERS]


def level(wanted: str = "auto") -> str:
    """The level of `jail` to be had here: the strongest, or the one that is `wanted`; SandboxUnavailable if missing."""
    missing = {layer.name: layer for layer in layers() if not layer.present}
    choices = tuple(LEVELS) if wanted == "auto" else (wanted,)
    for name in _ALWAYS:
        need(name)
    for candidate in choices:
        if candidate not in missing:
            return candidate
    found = " and ".join(f"no {name} ({missing[name].how})" for name in choices)
    raise SandboxUnavailable(f"no jail on this machine: {found}; {missing[choices[0]].mend}")


def need(name: str) -> None:
    """SandboxUnavailable if that one layer is missing."""
    layer = _layer(name, *_findings()[name])
    if not layer.present:
        raise SandboxUnavailable(f"no {name}: {layer.how}; {layer.mend}")


def _layer(name: str, passed: bool, words: str) -> Layer:
    tried, stops, mend = _LAYERS[name]
    remark = f"{tried} ({words})" if words else tried
    return Layer(name, passed, remark if passed else words, stops, "" if passed else mend)


# Without these nothing is run, at any level.
_ALWAYS = ("seccomp", "other entries", "limits", "privileges", "capabilities", "pidfd")
_ALLOW_NAMESPACES = (
    "allow user namespaces: sysctl user.max_user_namespaces=15000; on Ubuntu 24.04 an AppArmor profile with "
    "`userns,` for this interpreter; in a container --security-opt seccomp=unconfined apparmor=unconfined"
)
_ANY_LINUX = "a kernel that is Linux and no imitation of it"
_LAYERS = {
    "user": (
        "became another user in a new user namespace",
        "rights of the user who runs this, on the host's files and processes",
        _ALLOW_NAMESPACES,
    ),
    "mount": (
        "mounted a file system that nobody else sees",
        "sight of the host's files",
        _ALLOW_NAMESPACES,
    ),
    "pid": (
        "was process 1, and could not see the process that it came from",
        "sight of and signals to other processes; any process that outlives its call",
        _ALLOW_NAMESPACES,
    ),
    "network": (
        "had no interface but its own loopback, and could not reach a server on the host",
        "every network, the host's own loopback and its abstract unix sockets",
        _ALLOW_NAMESPACES,
    ),
    "ipc": (
        "could not find a message queue that exists outside",
        "shared memory, semaphores and message queues of others",
        _ALLOW_NAMESPACES,
    ),
    "uts": (
        "changed the host's name for itself alone",
        "sight of the host's name",
        _ALLOW_NAMESPACES,
    ),
    "namespaces": (
        "built a read-only root of its own on a sized tmpfs in all of these together, with a bounded private folder",
        "sight of the host's files, processes and networks; anything left behind for the next call",
        _ALLOW_NAMESPACES,
    ),
    "programs": (
        "mounted a /proc that shows nothing but its own processes",
        "nothing by itself: without it no call can be given programs to start",
        "in a container a /proc that is not masked: --security-opt unmask=ALL or systempaths=unconfined",
    ),
    "overlays": (
        "laid a file system over a folder, in which one of its files was missing",
        "names of the host's folders in compiled files; locks on files, as a sign that others see",
        "a kernel of 5.11 or newer with overlayfs for users (modprobe overlay)",
    ),
    "landlock": (
        "forbade itself a file and could not open it",
        "files outside the interpreter's folders, once more; TCP ports",
        "a kernel of 5.13 or newer with landlock among its security modules (lsm=landlock,... at boot)",
    ),
    "seccomp": (
        "installed the filter of a job and could neither fork nor open a socket",
        "new processes and programs, sockets, and every system call that a job has no use for",
        "a kernel with CONFIG_SECCOMP_FILTER, on x86-64 or arm64",
    ),
    "other entries": (
        "made a 32-bit call and was killed, made an x32 call and was refused",
        "system calls under other numbers than those that the filter lists",
        _ANY_LINUX,
    ),
    "limits": (
        "set limits of memory, file size and descriptors and could not exceed them",
        "memory, processor time, file size and descriptors without end",
        "a kernel that enforces RLIMIT_AS; some sandboxes that imitate Linux do not",
    ),
    "privileges": (
        "gave up the gaining of privileges for good",
        "setuid programs",
        _ANY_LINUX,
    ),
    "capabilities": (
        "gave up all capabilities and could not change the host's name any more",
        "whatever the super-user of a namespace may do in it, mounts above all",
        _ANY_LINUX,
    ),
    "pidfd": (
        "killed a process by its descriptor",
        "a job that outlives its limit, and the killing of a stranger in its place",
        "a kernel of 5.4 or newer that allows pidfd_open",
    ),
}

_BOOT = """
import sys
sys.path.append(sys.argv[1])
from sandbox_runner.trials import main
main()
"""


@functools.cache
def _findings() -> dict[str, tuple[bool, str]]:
    """Of each layer whether its trial passed, and the trial's words."""
    if sys.platform != "linux":
        return dict.fromkeys(_LAYERS, (False, f"needs Linux, not {platform.system()}"))
    trial = subprocess.run(
        [sys.executable, "-s", "-S", "-P", "-c", _BOOT, str(Path(__file__).parents[1])],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        env={"PATH": os.defpath} | {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
        cwd="/",
        check=False,
    )
    if trial.returncode:
        reason = next(reversed(trial.stderr.decode(errors="replace").strip().splitlines()), "no reason given")
        return dict.fromkeys(_LAYERS, (False, f"the trial failed: {reason}"))
    findings: dict[str, tuple[bool, str]] = json.loads(trial.stdout)
    return findings
