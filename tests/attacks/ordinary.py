"""The attacks run by an ordinary user, when the tests are run by root."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Never

from sandbox_runner import syscalls
from tests.attacks.siege import Verdict

_USER = 54_321
_BOOT = "from tests.attacks.ordinary import main; main()"


def besiege_as_ordinary_user(*arguments: str) -> list[Verdict]:
    """What `python -m tests.attacks` with these arguments finds when an ordinary user runs it."""
    environment = {"PATH": os.defpath, "HOME": "/nonexistent", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", _BOOT, "--json", *arguments]
    done = subprocess.run(command, capture_output=True, env=environment, cwd="/", timeout=300, check=False)
    if done.returncode:
        raise RuntimeError(f"the attacks of the ordinary user did not run: {done.stderr.decode()[-2000:]}")
    return [Verdict(**each) for each in json.loads(done.stdout)]


def main() -> Never:
    """Become an ordinary user and run the attacks."""
    from tests.attacks.__main__ import main as command

    _open_the_way([sys.base_prefix, sys.prefix, str(Path(__file__).parents[2])])
    os.setgroups([])
    os.setresgid(_USER, _USER, _USER)
    os.setresuid(_USER, _USER, _USER)
    syscalls.dumpable(True)
    sys.exit(command(sys.argv[1:]))


def _open_the_way(paths: Sequence[str]) -> None:
    """Let everybody reach these folders, in this process's own view of the disk: root's home is closed to others."""
    closed = {gate for path in paths for gate in _gates(path)}
    if not closed:
        return
    syscalls.unshare(syscalls.NEWNS)
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    behind = [path for path in sorted(set(paths)) if any(Path(path).is_relative_to(gate) for gate in closed)]
    trees = [(path, syscalls.open_tree(path)) for path in _outermost(behind)]
    for gate in _outermost(sorted(closed)):
        syscalls.mount("tmpfs", gate, "tmpfs", 0, "mode=755")
    for path, tree in trees:
        Path(path).mkdir(parents=True)
        syscalls.move_mount(tree, path)


def _gates(path: str) -> list[str]:
    """The folders on the way to a folder that are closed to others."""
    return [str(parent) for parent in Path(path).parents if not parent.stat().st_mode & 0o001]


def _outermost(paths: Iterable[str]) -> list[str]:
    kept: list[str] = []
    for path in paths:
        if not any(Path(path).is_relative_to(outer) for outer in kept):
            kept.append(path)
    return kept
