"""A zygote as its worker sees it: a program started with a clean environment, and a socket to talk to it."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from sandbox_runner import interpreter, scratch
from sandbox_runner.messages import pack, unpack
from sandbox_runner.outcome import Cost, Limits, Profile
from sandbox_runner.preload import Preload
from sandbox_runner.verdict import Ended

# The package is a hollow one in there: its own __init__ would import far more than a job has use for.
_BOOT = """
import sys, types
folder, *fds = sys.argv[1:]
package = types.ModuleType("sandbox_runner")
package.__path__ = [folder]
sys.modules["sandbox_runner"] = package
sys.path.extend(eval(fds.pop()))
from sandbox_runner.zygote import main
main(*map(int, fds))
"""
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "1",
}
_FOR_TOOLS = ("selectors", "signal", "subprocess")
_COMPLAINT_BYTES = 4_000


class Ready:
    """The zygote has imported its preload."""


class Gone:
    """The zygote has ended."""


Word: TypeAlias = Ready | Gone | Ended


class Zygote:
    """Start a zygote for `preload` in a jail of `level` and `profile`; it takes a job once it is ready, or keeps it.

    What is sent to one that has died is lost; the next `word` says that it is gone.
    """

    def __init__(self, level: str, profile: Profile, preload: Preload, supervisor: int, lifeline: int) -> None:
        self.ready = False
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = os.memfd_create("errors")
        config = memory_file(_config(level, profile, preload))
        fds = (config, theirs.fileno(), supervisor, lifeline)
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-c", _BOOT, *_arguments(fds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=fds,
            env=_environment(profile),
            cwd="/",
            start_new_session=True,
        )
        theirs.close()
        os.close(config)

    def fileno(self) -> int:
        """What to poll before `word`."""
        return self._control.fileno()

    def run(self, limits: Limits, fds: Sequence[int], keep: bool = False) -> None:
        """Run a job with these limits and the descriptors of its payload, its answer, its channel, and its folder.

        With `keep`, its end is reported together with a descriptor of its folder.
        """
        sizes = (limits.memory_bytes, limits.cpu_seconds, limits.file_bytes, limits.answer_bytes, limits.files)
        order = ["run", limits.wall_seconds, *sizes, limits.processes, keep]
        with suppress(OSError):
            socket.send_fds(self._control, [pack(order)], fds)

    def tell(self, word: str) -> None:
        """Have the clock of the job "hold" or "go" on, or "stop" the job."""
        with suppress(OSError):
            self._control.send(pack([word]))

    def word(self) -> Word:
        """The next thing it has to say."""
        data, fds = self._received()
        match unpack(data or pack(["gone"])):
            case ["ready"]:
                self.ready = True
                return Ready()
            case ["ended", bool(inside), str(why), int(status), float(cpu), float(wall), int(peak)]:
                return Ended(inside, why, status, Cost(cpu, wall, peak), next(iter(fds), -1))
        return Gone()

    def complaint(self) -> str:
        """The last line that it wrote to its standard error, if any: while it lives in health, it writes nothing."""
        size = os.fstat(self._errors).st_size
        text = os.pread(self._errors, _COMPLAINT_BYTES, max(0, size - _COMPLAINT_BYTES)).decode(errors="replace")
        return next(reversed(text.strip().splitlines()), "")

    def close(self) -> None:
        """Kill it and all that it started."""
        self._process.kill()
        self._process.wait()
        self._control.close()
        os.close(self._errors)

    def _received(self) -> tuple[bytes, list[int]]:
        try:
            return socket.recv_fds(self._control, 4096, 1)[:2]
        except ConnectionResetError:
            return b"", []


def memory_file(content: bytes) -> int:
    """A descriptor of a file in memory that holds `content` and cannot be changed by anyone."""
    fd = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(fd, "wb", closefd=False) as file:
        file.write(content)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
    return fd


def _environment(profile: Profile) -> dict[str, str]:
    """What a jail finds as its environment, which is nothing of the host's."""
    home = scratch.home(profile)
    folders = ("/usr/bin", "/bin") if profile == "pure" else (f"{sys.prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin")
    places = {"PATH": ":".join(folders), "HOME": home, "TMPDIR": scratch.temporary(profile)}
    # The plugins that the host has installed are no part of the tests that a call runs.
    tests = {} if profile == "pure" else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    needed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return _ENVIRONMENT | places | tests | needed


def _config(level: str, profile: Profile, preload: Preload) -> bytes:
    shown = interpreter.visible()
    modules = {name: [module.source, module.code] for name, module in preload.modules.items()}
    return pack({
        "level": level,
        "profile": profile,
        "programs": interpreter.programs() if profile == "tools" else [],
        "visible": shown,
        "masked": interpreter.masked(shown),
        "path": interpreter.path(shown),
        "imports": [*preload.imports, *(_FOR_TOOLS if profile == "tools" else ())],
        "modules": modules,
    })  # fmt: skip


def _arguments(fds: Sequence[int]) -> list[str]:
    path = interpreter.path(interpreter.visible())
    return [str(Path(__file__).parent), *map(str, fds), repr(path)]
