"""The private folder of a job: a file system in memory of its own, bounded in bytes and in files.

The zygote makes it, the job enters it, the guest puts in what the call brings along, and the worker takes out what it
asks for, when the job is dead. In the profile "tools" temporary files and shared memory lie beside the working folder
and count as well. Nothing of it ever touches the host's disk, and its last descriptor takes it away. Only a job without
walls gets a folder on disk, which has no bounds.

Taking out is guarded: below the folder, regular files alone, no link on the way, as many bytes as are allowed. What a
file contains is as hostile as its maker.
"""

import os
import stat
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from sandbox_runner import syscalls
from sandbox_runner.outcome import Profile

# Where it is attached, and where in it a job works. A landlock rule for /box covers both.
_PLACE = {"pure": "/box/w", "tools": "/box/t"}
_WORK = {"pure": "", "tools": "w"}
_HOME = {"pure": "/box/w", "tools": "/box/t/w"}
# What the links /tmp and /dev/shm of the profile "tools" point to.
BESIDE = {"/tmp": "tmp", "/dev/shm": "shm"}
# What is in it from the start, and is not counted; nor is the folder itself.
_BELOW: dict[str, tuple[str, ...]] = {"pure": (), "tools": ("w", *BESIDE.values())}
_PATH_BYTES = 1_000


class TooLarge(Exception):
    """The files to be taken out are larger than they may be."""


def place(profile: Profile) -> str:
    """Where the folder is attached."""
    return _PLACE[profile]


def home(profile: Profile) -> str:
    """The working folder in it."""
    return _HOME[profile]


def temporary(profile: Profile) -> str:
    """The folder in it for temporary files."""
    return home(profile) if profile == "pure" else str(Path(_PLACE[profile], BESIDE["/tmp"]))


def made(profile: Profile, file_bytes: int, files: int) -> int:
    """A descriptor of a new one, attached nowhere."""
    options = {"size": str(max(file_bytes, 4096)), "nr_inodes": str(files + 1 + len(_BELOW[profile])), "mode": "700"}
    return syscalls.new_mount("tmpfs", options, syscalls.ATTR_NOSUID | syscalls.ATTR_NODEV)


def enter(folder: int, profile: Profile) -> None:
    """Attach it in this process's own mount namespace and work in it."""
    at = _PLACE[profile]
    syscalls.move_mount(folder, at)
    if profile == "tools":
        for name in _BELOW[profile]:
            os.mkdir(f"{at}/{name}", 0o700)  # noqa: PTH102 - each call pays for this
    os.chdir(_HOME[profile])


def made_on_disk(base: Path, profile: Profile) -> Path:
    """One for a job without walls: a folder of the host's, without bounds, to be removed by whoever asks for it."""
    # Only here: with all that it imports, it would be in the memory of every worker.
    from tempfile import mkdtemp

    folder = Path(mkdtemp(dir=base))
    for name in _BELOW[profile]:
        (folder / name).mkdir()
    return folder


def remove(folder: Path) -> None:
    """Remove a folder of the host's, as much of it as can be."""
    # Only here, as above.
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)


def enter_on_disk(folder: int, profile: Profile) -> None:
    """Work in it, and have programs take it for their home."""
    os.fchdir(folder)
    whole = Path.cwd()
    os.chdir(whole / _WORK[profile])
    os.environ["HOME"] = str(whole / _WORK[profile])
    os.environ["TMPDIR"] = str(whole / BESIDE["/tmp"] if profile == "tools" else whole)


def improper(path: str) -> str:
    """Why `path` cannot name a file in a private folder; empty if it can."""
    parts = PurePosixPath(path).parts
    # A lone surrogate stands for one byte here, and could not be told to the worker.
    encoded = path.encode(errors="replace")
    odd = "\0" in path or len(encoded) > _PATH_BYTES or encoded.decode() != path
    if not parts or path.startswith("/") or ".." in parts or odd:
        return f"{path[:100]!r}: no relative path of a file"
    return ""


def taken(folder: int, profile: Profile, names: Sequence[str], limit: int) -> dict[str, bytes]:
    """Those of the named files that are there, read now; TooLarge if they are more than `limit` bytes together."""
    found: dict[str, bytes] = {}
    for name in names:
        try:
            fd = syscalls.open_beneath(folder, str(PurePosixPath(_WORK[profile], name)))
        except OSError:
            continue
        try:
            if stat.S_ISREG(os.fstat(fd).st_mode):
                found[name] = _read(fd, limit)
                limit -= len(found[name])
        finally:
            os.close(fd)
    return found


def _read(fd: int, limit: int) -> bytes:
    """All of the file; a sparse one may claim any size, so what is read is counted."""
    with os.fdopen(os.dup(fd), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise TooLarge
    return content
