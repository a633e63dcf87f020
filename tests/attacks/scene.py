"""What there is on the host to be stolen, spoiled and hurt, and what is seen of it from outside.

Everything lies in a folder of its own that is open to all users, so that no permission of a file stands in for a wall.
Each attack has targets of its own: what happens to them is its doing.
"""

import fcntl
import os
import resource
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from sandbox_runner import Plain
from tests.attacks.ears import Ears
from tests.attacks.shared import Shared

_VARIABLE = "SCENE_SECRET"


class Scene:
    """The host while it is attacked: to be entered before the pools are made, and left after them."""

    def __init__(self) -> None:
        self.token = secrets.token_hex(4)
        self.secret = f"secret-{secrets.token_hex(12)}"
        self.size = 1_000 + secrets.randbelow(100_000)
        self.folder = Path(tempfile.mkdtemp(prefix="scene-"))
        self.folder.chmod(0o755)
        self.landmark = self.folder.with_name(f"landmark-{self.token}")
        self._targets: dict[str, dict[Path, object]] = {}
        self._victims: dict[str, tuple[subprocess.Popen[bytes], object]] = {}

    def __enter__(self) -> "Scene":
        for name in ("home", "marks", "site-packages", "desks"):
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        self._write("home/diary.txt", self.secret)
        self._write("home/sized", "x" * self.size)
        self._write("targets.json", f'{{"task-1": "{self.secret}"}}')
        self._write("spilled", self.secret)
        self._write_archive()
        self.landmark.touch()
        os.environ[_VARIABLE] = self.secret
        # An entry of this name is taken for a folder of installed packages, which a jail is shown.
        sys.path.append(str(self.folder / "site-packages"))
        self._spilled = [os.open(self.folder / name, os.O_RDWR) for name in ("spilled", "targets.json")]
        for fd in self._spilled:
            os.set_inheritable(fd, True)
        self._locked = [os.open(path, os.O_RDONLY) for path in (os.__file__, "/dev/null")]
        for fd in self._locked:
            fcntl.flock(fd, fcntl.LOCK_SH)
        self._talker = subprocess.Popen(["/bin/sh", "-c", "read nothing", self.secret], stdin=subprocess.PIPE)
        self.ears = Ears(self.folder, self.token)
        self.shared = Shared(self.token, self.secret)
        return self

    def __exit__(self, *_: object) -> None:
        self.shared.close()
        self.ears.close()
        for process in (self._talker, *(victim for victim, _ in self._victims.values())):
            process.kill()
            process.communicate()
        for pid in self.survivors(""):
            os.kill(pid, 9)
        for fd in (*self._spilled, *self._locked):
            os.close(fd)
        sys.path.remove(str(self.folder / "site-packages"))
        del os.environ[_VARIABLE]
        self.landmark.unlink()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bait(self, tag: str, victim: bool) -> dict[str, Plain]:
        """What an attack is told: an attacker is assumed to know where everything is, and what to look for it by."""
        return {
            "tag": self.token + tag,
            "desk": self._desk(tag),
            "mark": str(self.folder / "marks" / tag),
            "home": str(self.folder / "home"),
            "home_file": str(self.folder / "home" / "diary.txt"),
            "sized_file": str(self.folder / "home" / "sized"),
            "archive": str(self.folder / "archive.sqlite"),
            "targets": str(self.folder / "targets.json"),
            "decoy": self._target(tag, f"home/decoy-{tag}"),
            "package": self._target(tag, f"site-packages/neighbour_{tag}.py"),
            "site": str(self.folder / "site-packages"),
            "repository": str(Path(__file__).parents[2]),
            "variable": _VARIABLE,
            "host": os.getpid(),
            "victim": self._victim(tag) if victim else 0,
            **self.ears.addresses,
            **self.shared.names,
        }

    def marked(self, tag: str) -> bool:
        """The attack has left its mark on the host's disk."""
        return (self.folder / "marks" / tag).exists() or (self.folder / "site-packages" / f"{tag}.py").exists()

    def spoiled(self, tag: str) -> bool:
        """One of the attack's targets is not as it was."""
        return any(_condition(path) != before for path, before in self._targets[tag].items())

    def spilled_on(self) -> bool:
        """Something was written through the descriptor that the host left open and inheritable."""
        return (self.folder / "spilled").read_text() != self.secret

    def victim_hurt(self, tag: str) -> bool:
        """The victim is dead, or its priority, its limits or its processors were changed."""
        victim, before = self._victims[tag]
        return victim.poll() is not None or _health(victim.pid) != before

    def survivors(self, tag: str) -> list[int]:
        """Processes of the attack that are alive."""
        return [pid for pid, name in named_processes(self.token) if name.startswith(self.token + tag)]

    def _write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.write_text(content)
        path.chmod(0o666)
        return path

    def _desk(self, tag: str) -> str:
        """A folder on the host to be in, for a call that is not shown another one."""
        path = self.folder / "desks" / tag
        path.mkdir()
        path.chmod(0o777)
        return str(path)

    def _write_archive(self) -> None:
        with sqlite3.connect(self.folder / "archive.sqlite") as database:
            database.execute("create table individuals (genome text)")
            database.execute("insert into individuals values (?)", (self.secret,))
        database.close()
        (self.folder / "archive.sqlite").chmod(0o666)

    def _target(self, tag: str, name: str) -> str:
        path = self._write(name, "untouched = True\n")
        self._targets.setdefault(tag, {})[path] = _condition(path)
        return str(path)

    def _victim(self, tag: str) -> int:
        victim = subprocess.Popen(["/bin/sleep", "300"])
        self._victims[tag] = victim, _health(victim.pid)
        return victim.pid


def named_processes(prefix: str) -> list[tuple[int, str]]:
    """(pid, name) of the living processes, zombies left out, whose name begins with `prefix`."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            pid, _, rest = Path(f"/proc/{entry}/stat").read_text().partition(" (")
        except OSError:
            continue
        name, _, state = rest.rpartition(") ")
        if name.startswith(prefix) and state[0] not in "ZX":
            found.append((int(pid), name))
    return found


def _condition(path: Path) -> object:
    try:
        status = path.stat()
        return status.st_mode, status.st_nlink, status.st_mtime_ns, path.read_bytes(), os.listxattr(path)
    except OSError as error:
        return type(error)


def _health(pid: int) -> object:
    limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    return os.getpriority(os.PRIO_PROCESS, pid), os.sched_getaffinity(pid), limits
