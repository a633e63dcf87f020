"""A zygote as its worker sees it: a program started with a clean environment, and a socket to talk to it."""

import fcntl
import functools
import marshal
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from sandbox_runner import interpreter, scratch, syscalls
from sandbox_runner.messages import pack, unpack
from sandbox_runner.outcome import Cost, Limits, Module, Profile
from sandbox_runner.placement import Placement, placement
from sandbox_runner.preload import Preload
from sandbox_runner.verdict import Ended

# Our modules come as code, so that they have no place on disk; the package is a hollow one, as its own __init__ would
# import far more than a job has use for.
_BOOT = """
import marshal, os, sys
from _frozen_importlib import ModuleSpec
class Handed:
    def find_spec(self, name, path=None, target=None):
        head, _, stem = name.partition(".")
        if head == "sandbox_runner" and stem in sources:
            return ModuleSpec(name, self, is_package=not stem)
    def create_module(self, spec): pass
    def exec_module(self, module):
        exec(sources[module.__name__.partition(".")[2]], vars(module))
stage, told, *fds = [sys.argv[1], *map(int, sys.argv[2:])]
config = marshal.loads(os.pread(told, os.fstat(told).st_size, 0))
os.close(told)
sources = marshal.loads(config["sources"])
sys.argv[:], sys.path[:] = [""], config["path"]
sys.meta_path.insert(0, Handed())
from sandbox_runner.entry import main
main(config, sources, stage, *fds)
"""
# Its child is not waited for by anybody else, so that the number is nobody else's.
_GUARDIAN = """
import os, select, sys
zygote, pidfd, supervisor = map(int, sys.argv[1:])
poller = select.poll()
poller.register(pidfd, select.POLLIN)
poller.register(supervisor, select.POLLIN)
poller.poll()
os.kill(zygote, 9)
os._exit(os.waitstatus_to_exitcode(os.waitpid(zygote, 0)[1]) & 0x7F)
"""
_FLAGS = ("-s", "-S", "-P", "-c")
_INSIDE = (
    "birth", "census", "entry", "guest", "holes", "jail", "landlock", "oblivion", "outcome", "refusals", "renaming",
    "scratch", "seccomp", "steps", "syscalls", "veil", "zygote",
)  # fmt: skip
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
        placed = placement(profile)
        config = memory_file(_config(level, profile, preload, placed))
        fds = (config, theirs.fileno(), supervisor, lifeline)
        self._process = subprocess.Popen(
            [sys.executable, *_FLAGS, _BOOT, "outside", *map(str, fds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._errors,
            pass_fds=fds,
            env=_environment(profile, _on_the_host(placed)),
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
            case ["ended", bool(inside), str(why), int(status), float(cpu), float(wall), int(peak), int(refused)]:
                return Ended(inside, why, status, Cost(cpu, wall, peak, refused), next(iter(fds), -1))
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


def _environment(profile: Profile, placed: Placement) -> dict[str, str]:
    """What a jail finds as its environment, which is nothing of the host's."""
    home = scratch.home(profile)
    folders = ("/usr/bin", "/bin") if profile == "pure" else (*placed.programs, "/usr/local/bin", "/usr/bin", "/bin")
    places = {"PATH": ":".join(folders), "HOME": home, "TMPDIR": scratch.temporary(profile)}
    # The plugins that the host has installed are no part of the tests that a call runs.
    tests = {} if profile == "pure" else {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    needed = {"LD_LIBRARY_PATH": placed.libraries} if placed.libraries else {}
    return _ENVIRONMENT | places | tests | needed


def _on_the_host(placed: Placement) -> Placement:
    """The same where nothing is moved."""
    libraries = os.environ.get("LD_LIBRARY_PATH", "")
    return replace(placed, programs=[f"{sys.prefix}/bin"], libraries=libraries)


def _config(level: str, profile: Profile, preload: Preload, placed: Placement) -> bytes:
    visible = interpreter.visible()
    confined = level == "namespaces"
    sources = _sources()
    inside = {
        "level": level,
        "profile": profile,
        "sources": sources,
        "path": placed.path,
        "visible": [] if confined else visible,
        "masked": [] if confined else [*interpreter.masked(visible), *interpreter.unused(visible)],
        "veiled": placed.veiled if confined else [],
        "imports": [*preload.imports, *(_FOR_TOOLS if profile == "tools" else ())],
        "modules": _handed(preload.modules),
        "warming": _handed(preload.warming),
        "held": _handed(preload.held),
        "ready": preload.ready,
    }  # fmt: skip
    return marshal.dumps({
        "level": level,
        "profile": profile,
        "sources": sources,
        "path": interpreter.path(visible),
        "shown": placed.shown,
        "masked": placed.masked,
        "veiled": placed.veiled,
        "names": placed.names,
        "packages": sorted({name.partition(".")[0] for name in preload.imports}),
        "links": placed.links,
        "made": placed.made,
        "program": placed.program,
        "flags": _FLAGS,
        "boot": _BOOT,
        "guardian": _GUARDIAN,
        "environment": _environment(profile, placed),
        "inside": marshal.dumps(inside),
    })  # fmt: skip


def _handed(modules: Mapping[str, Module]) -> dict[str, tuple[str, bytes | None]]:
    return {name: (module.source, module.code) for name, module in modules.items()}


@functools.cache
def _sources() -> bytes:
    """Our modules that run in a jail, by their names in the package, without the folder where they lie."""
    folder = Path(__file__).parent
    code = {name: compile((folder / f"{name}.py").read_text(), f"<{name}>", "exec") for name in _INSIDE}
    marshalled = marshal.dumps({"": compile("", "<sandbox_runner>", "exec"), **code})
    del code
    syscalls.return_memory()
    return marshalled
