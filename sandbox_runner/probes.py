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


def layers() -> list[Layer]:
    """Every layer, whether or not it is there; takes about a tenth of a second the first time."""
    complaints = _complaints()
    return [
        Layer(name, not complaints[name], complaints[name] or tried, stops, "" if not complaints[name] else mend)
        for name, (tried, stops, mend) in _LAYERS.items()
    ]


def level(wanted: str = "auto") -> str:
    """The level of `jail` to be had here: the strongest, or the one that is `wanted`; SandboxUnavailable if missing."""
    missing = {layer.name: layer for layer in layers() if not layer.present}
    needed = [missing[name] for name in ("seccomp", "limits", "pidfd") if name in missing]
    for candidate in ("namespaces", "landlock") if wanted == "auto" else (wanted,):
        if not needed and candidate not in missing:
            return candidate
    layer = needed[0] if needed else missing["namespaces" if wanted == "auto" else wanted]
    raise SandboxUnavailable(f"no jail without {layer.name}: {layer.how}; {layer.mend}")


_LAYERS = {
    "namespaces": (
        "built a root of its own in new user, mount, pid, network, ipc, uts and cgroup namespaces",
        "sight of the host's files, processes and networks; anything left behind for the next call",
        "allow user namespaces: sysctl user.max_user_namespaces=15000; on Ubuntu 24.04 an AppArmor profile with "
        "`userns,` for this interpreter; in a container --security-opt seccomp=unconfined apparmor=unconfined",
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
    "limits": (
        "set a limit of memory and could not exceed it",
        "memory, processor time, file size and descriptors without end",
        "a kernel that enforces RLIMIT_AS; some sandboxes that imitate Linux do not",
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
def _complaints() -> dict[str, str]:
    if sys.platform != "linux":
        return dict.fromkeys(_LAYERS, f"needs Linux, not {platform.system()}")
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
        return dict.fromkeys(_LAYERS, f"the trial failed: {reason}")
    complaints: dict[str, str] = json.loads(trial.stdout)
    return complaints
