"""What jobs are shown of the interpreter's folders, once their zygote has imported from them: no name of a place.

Compiled files, and what a build of Python leaves beside its library, name the folder that they were made for. The
zygote imports its preload from the folders as they are. Then a file system of its own (an overlay) is laid over each,
in which compiled files are missing and others tell the names of a jail instead. A job compiles what it still imports.

Programs start other interpreters. For them the compiled files of the standard library and of the packages of the
preload are kept, under the names of a jail as well; and what it takes to build against this Python, but for archives.

Not covered: libraries and other files of packages, which may name the folder where somebody built them. Where the
kernel has no overlays for users (before 5.11), and in a folder of the host with something else mounted in it,
everything stays in sight. What is in memory is the business of `oblivion`.
"""

import importlib
import os
import stat
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox_runner import syscalls
from sandbox_runner.outcome import Profile
from sandbox_runner.renaming import loadable, renamed

PLACE = "/veil"
_NOTHING, _VIEW = f"{PLACE}/nothing", f"{PLACE}/view"
_EMPTY = "/etc/empty"
_READ_ONLY = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
_SIZE: Mapping[Profile, str] = {"pure": "64m", "tools": "512m"}
_CACHE, _COMPILED, _OPTIMISED = "__pycache__", ".pyc", (".opt-1.pyc", ".opt-2.pyc")
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
# And where there are programs, which may load or read what the zygote has no use for.
_ARCHIVES = ("libpython*.a", "python3*/config-*/*.[ao]")
_TELLING_PROGRAMS = (*_TELLING, "libpython*.so*", "pkgconfig/*", "python3*/config-*/*")
# Parts of the library, and of packages, that are hardly ever imported.
_RARE = frozenset(("test", "tests", "idlelib", "lib2to3", "tkinter", "turtledemo", "ensurepip", "site-packages",
                   "dist-packages"))  # fmt: skip


@dataclass(frozen=True)
class Cover:
    """What a folder looks like from above: what is `gone`, which files are `telling`, and what the `names` become."""

    names: Mapping[str, str]
    gone: frozenset[str]
    telling: frozenset[str]
    compiled: frozenset[str]
    """Folders whose compiled files are kept, with those of the folders below."""

    @staticmethod
    def of(
        folder: str, hidden: Iterable[str], names: Mapping[str, str], profile: Profile, packages: Iterable[str]
    ) -> "Cover":
        """For a folder with libraries; programs are shown more of it, such as compiled `packages`."""
        if profile == "pure":
            return Cover(names, _found(folder, _IDLE) | {*hidden}, _found(folder, _TELLING), frozenset())
        imported = (f"python3*/*-packages/{name}" for name in packages)
        gone, telling = _found(folder, _ARCHIVES) | {*hidden}, _found(folder, _TELLING_PROGRAMS)
        return Cover(names, gone, telling, _found(folder, ("python3*", *imported)))


def weave(
    shown: Sequence[str],
    hidden: Iterable[str],
    names: Mapping[str, str],
    profile: Profile = "pure",
    packages: Iterable[str] = (),
) -> None:
    """Prepare what is to be laid over what is `shown`: without what is `hidden`, and with new `names` of host folders.

    Where nothing of the kind can be made, there is nothing to be laid over it. `packages` are those of the preload.
    """
    if not shown or not Path(PLACE).is_dir():
        return
    syscalls.mount("tmpfs", PLACE, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, f"size={_SIZE[profile]},mode=755")
    try:
        os.mknod(_NOTHING, stat.S_IFCHR)
    except OSError:
        syscalls.umount(PLACE)
        return
    Path(_VIEW).mkdir()
    for path in shown:
        Path(PLACE + path).parent.mkdir(parents=True, exist_ok=True)
        if Path(path).is_file():
            _rewrite(path, names)
        else:
            _cover(path, Cover.of(path, hidden, names, profile, packages), keeps=False)


def draw(veiled: Sequence[str], profile: Profile = "pure") -> None:
    """Lay it over the folders, and over files what is told of them, for this process and those that it forks.

    In "pure" nobody has any use for the files.
    """
    if not Path(_NOTHING).exists():
        return
    if profile == "pure":
        _drop_loaded()
    for path in veiled:
        is_file = Path(path).is_file()
        above = _EMPTY if is_file and profile == "pure" else PLACE + path
        if Path(above).exists():
            (_bind if is_file else _replace)(path, above)
    syscalls.umount(PLACE)


def load_large() -> None:
    """Before what a zygote warms up: one of them tells abstract classes of a new one, which then forget all they knew.

    (`numbers.Number.register`; each registration anywhere makes every ABC ask its subclasses again.)
    """
    for name in _LARGE:
        with suppress(ImportError):
            importlib.import_module(name)


def _drop_loaded() -> None:
    for module in list(sys.modules.values()):
        # Nobody will load it once more, and its copy takes memory.
        copy = Path(f"{PLACE}{getattr(module, '__file__', '')}")
        if copy.suffix == ".so" and copy.exists():
            copy.unlink()
            copy.hardlink_to(_NOTHING)


def _bind(file: str, above: str) -> None:
    syscalls.mount(above, file, "", syscalls.MS_BIND)
    syscalls.mount("", file, "", syscalls.MS_REMOUNT | syscalls.MS_BIND | _READ_ONLY)


def _replace(folder: str, above: str) -> None:
    """By what is laid over it: the fewer mounts there are, the sooner a job has its own."""
    with suppress(OSError):
        syscalls.mount("overlay", _VIEW, "overlay", _READ_ONLY, f"lowerdir={above}:{folder}")
        syscalls.umount(folder)
        syscalls.move_mount(_VIEW, folder)


def _found(folder: str, patterns: Iterable[str]) -> frozenset[str]:
    return frozenset(str(path) for pattern in patterns for path in Path(folder).glob(pattern))


def _cover(folder: str, cover: Cover, *, keeps: bool) -> None:
    """Make the folder that lies over `folder`, with its times: what the interpreter knows of it stays good."""
    os.mkdir(PLACE + folder, 0o755)  # noqa: PTH102 - there are thousands of them
    own = os.stat(folder)  # noqa: PTH116
    keeps = folder in cover.compiled or (keeps and os.path.basename(folder) not in _RARE)  # noqa: PTH119
    for entry in _entries(folder):
        if entry.path in cover.gone or (entry.name == _CACHE and not keeps) or entry.name.endswith(_OPTIMISED):
            os.link(_NOTHING, PLACE + entry.path)
        elif entry.path in cover.telling or entry.name.endswith(_COMPILED):
            _rewrite(entry.path, cover.names)
        elif entry.is_dir(follow_symlinks=False):
            _cover(entry.path, cover, keeps=keeps)
    os.utime(PLACE + folder, ns=(own.st_atime_ns, own.st_mtime_ns))


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing in one that may not be read, by jobs neither."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except PermissionError:
        return []


def _rewrite(path: str, names: Mapping[str, str]) -> None:
    """Put a copy there in which folders have other names, if the file names any; nothing where there is no room.

    What may not be read is no more readable to jobs.
    """
    file, copy = Path(path), Path(PLACE + path)
    try:
        content = file.read_bytes() if file.is_file() else b""
        if any(os.fsencode(folder) in content for folder in names):
            copy.write_bytes(renamed(loadable(content), names))
            copy.chmod(file.stat().st_mode & 0o755)
    except OSError:
        copy.unlink(missing_ok=True)
        copy.hardlink_to(_NOTHING)
