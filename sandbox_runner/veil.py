"""What jobs are shown of the interpreter's folders, once their zygote has imported from them: no name of a place.

Compiled files, and what a build of Python leaves beside its library, name the folder that they were made for. The
zygote imports its preload from the folders as they are. Then a file system of its own (an overlay) is laid over each,
in which compiled files are missing and others tell the names of a jail instead. A job compiles what it still imports.

Not covered: libraries and other files of packages, which may name the folder where somebody built them. Where the
kernel has no overlays for users (before 5.11), and in a folder of the host with something else mounted in it,
everything stays in sight. What is in memory is the business of `oblivion`.
"""

import importlib
import os
import stat
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from sandbox_runner import syscalls

PLACE = "/veil"
_NOTHING, _VIEW = f"{PLACE}/nothing", f"{PLACE}/view"
_EMPTY = "/etc/empty"
_CACHE = "__pycache__"
# What no import asks for, or to no use: what is needed to build against this Python, its tests, and what speaks to
# terminals, sound cards, networks and the users of a machine. The library of the interpreter is in memory, where
# whatever needs it finds it.
_USELESS = (
    "_ctypes_test", "_curses", "_dbm", "_gdbm", "_ssl", "_test", "_tkinter", "_xxtest",
    "nis", "ossaudiodev", "readline", "spwd", "xx",
)  # fmt: skip
_IDLE = ("pkgconfig", "libpython*", "python3*/config-*", *(f"python3*/lib-dynload/{name}*" for name in _USELESS))
# Loaded once by the zygote, which takes less memory than a copy in which folders have other names.
_LARGE = ("unicodedata", "_decimal")
_TELLING = ("python3*/_sysconfigdata*.py", "python3*/lib-dynload/*.so")
_ELF, _LOADED = b"\x7fELF\x02\x01", 1


def weave(folders: Sequence[str], hidden: Iterable[str], names: Mapping[str, str]) -> None:
    """Prepare what is to be laid over the `folders`: without what is `hidden`, and with new `names` of host folders.

    Where nothing of the kind can be made, there is nothing to be laid over them.
    """
    if not folders or not Path(PLACE).is_dir():
        return
    syscalls.mount("tmpfs", PLACE, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=64m,mode=755")
    try:
        os.mknod(_NOTHING, stat.S_IFCHR)
    except OSError:
        syscalls.umount(PLACE)
        return
    Path(_VIEW).mkdir()
    for folder in folders:
        Path(PLACE + folder).parent.mkdir(parents=True, exist_ok=True)
        _cover(folder, {*hidden, *_found(folder, _IDLE)}, _found(folder, _TELLING), names)


def draw(veiled: Sequence[str]) -> None:
    """Lay it over the folders, and nothing over files, for this process and those that it forks."""
    if not Path(_NOTHING).exists():
        return
    for name in _LARGE:
        with suppress(ImportError):
            importlib.import_module(name)
    for module in list(sys.modules.values()):
        # Nobody will load it once more, and its copy takes memory.
        copy = Path(f"{PLACE}{getattr(module, '__file__', '')}")
        if copy.suffix == ".so" and copy.exists():
            copy.unlink()
            copy.hardlink_to(_NOTHING)
    for path in veiled:
        if Path(path).is_file():
            syscalls.mount(_EMPTY, path, "", syscalls.MS_BIND)
        elif Path(PLACE + path).exists():
            _replace(path)
    syscalls.umount(PLACE)


def _replace(folder: str) -> None:
    """By what is laid over it: the fewer mounts there are, the sooner a job has its own."""
    flags = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
    with suppress(OSError):
        syscalls.mount("overlay", _VIEW, "overlay", flags, f"lowerdir={PLACE}{folder}:{folder}")
        syscalls.umount(folder)
        syscalls.move_mount(_VIEW, folder)


def renamed(content: bytes, names: Mapping[str, str]) -> bytes:
    """`content` with other names of folders, which are filled up with slashes: nothing is moved."""
    for folder, name in names.items():
        length = len(os.fsencode(folder))
        content = content.replace(os.fsencode(folder), (os.fsencode(name) + b"/" * length)[:length])
    return content


def _found(folder: str, patterns: Iterable[str]) -> set[str]:
    return {str(path) for pattern in patterns for path in Path(folder).glob(pattern)}


def _cover(folder: str, gone: Collection[str], telling: Collection[str], names: Mapping[str, str]) -> None:
    """Make the folder that lies over `folder`, with its times: what the interpreter knows of it stays good."""
    os.mkdir(PLACE + folder, 0o755)  # noqa: PTH102 - there are thousands of them
    own = os.stat(folder)  # noqa: PTH116
    for entry in _entries(folder):
        if entry.name == _CACHE or entry.path in gone:
            os.link(_NOTHING, PLACE + entry.path)
        elif entry.path in telling:
            _rewrite(entry.path, names)
        elif entry.is_dir(follow_symlinks=False):
            _cover(entry.path, gone, telling, names)
    os.utime(PLACE + folder, ns=(own.st_atime_ns, own.st_mtime_ns))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing in one that may not be read, by jobs neither."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        return []


def _rewrite(path: str, names: Mapping[str, str]) -> None:
    """Put a copy there in which folders have other names, if the file names any."""
    content = Path(path).read_bytes()
    if any(os.fsencode(folder) in content for folder in names):
        Path(PLACE + path).write_bytes(renamed(content[: _loadable(content)], names))


def _loadable(content: bytes) -> int:
    """How much of a file is ever loaded: behind that a library keeps what only debuggers read."""
    if not content.startswith(_ELF):
        return len(content)
    table, size, count = (_number(content, at, length) for at, length in ((32, 8), (54, 2), (56, 2)))
    headers = [table + size * number for number in range(count)]
    return max(
        _number(content, at + 8, 8) + _number(content, at + 32, 8)
        for at in headers
        if _number(content, at, 4) == _LOADED
    )


def _number(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "little")
