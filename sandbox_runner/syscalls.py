"""The Linux calls that Python does not offer, each a function that returns or raises OSError naming the call.

Numbers here are the same on x86-64 and arm64, except for `pivot_root` and `seccomp`. It guards nothing by itself.
"""

import ctypes
import os
import platform
from collections.abc import Mapping

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x1, 0x2, 0x4, 0x8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2

ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV, ATTR_NOEXEC = 0x1, 0x2, 0x4, 0x8

_AT_FDCWD, _AT_EMPTY_PATH, _AT_RECURSIVE = -100, 0x1000, 0x8000
_OPEN_TREE_CLONE, _OPEN_TREE_CLOEXEC = 1, os.O_CLOEXEC
_MOVE_MOUNT_F_EMPTY_PATH = 4
_FSOPEN_CLOEXEC, _FSMOUNT_CLOEXEC, _FSCONFIG_SET_STRING, _FSCONFIG_CMD_CREATE = 1, 1, 1, 6
# Below the folder and without crossing a mount, a link or one of the links of /proc.
_RESOLVE = 0x08 | 0x04 | 0x02 | 0x01

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_SECCOMP_MODE_FILTER, _SET_MODE_FILTER, _NEW_LISTENER = 2, 1, 8
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SECCOMP = {"x86_64": 317, "aarch64": 277}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
# Keeps the lock of the interpreter during a call, so that a child has it.
_pylibc = ctypes.PyDLL(None, use_errno=True)
_CAPABILITIES = ctypes.create_string_buffer((0x20080522).to_bytes(4, "little") + bytes(4), 8)
_NO_CAPABILITIES = ctypes.create_string_buffer(24)


def fork() -> int:
    """fork(2) and nothing else: none of what Python and its modules do in a child, seeding and locks among it.

    For a process that has one thread. What Python would do writes to half as much memory again as all the rest of a
    short life, and each page that is written to is copied.
    """
    return _checked("fork", _pylibc.fork())


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones."""
    _checked("unshare", _libc.unshare(flags))


def setns(fd: int, kind: int) -> None:
    """Enter the namespace behind `fd`; for a pid namespace, the next child is born in it."""
    _checked("setns", _libc.setns(fd, kind))


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """mount(2); an empty `options` is passed as NULL."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode() or None
    )
    _checked(f"mount {target}", result)


def umount(target: str) -> None:
    """Take away the mount at `target` now, and free it when nobody uses it any more."""
    _checked(f"umount {target}", _libc.umount2(target.encode(), MNT_DETACH))


def open_tree(path: str) -> int:
    """A descriptor of a detached copy of everything mounted at and below `path`."""
    flags = _OPEN_TREE_CLONE | _OPEN_TREE_CLOEXEC | _AT_RECURSIVE
    return _checked(f"open_tree {path}", _libc.syscall(428, _AT_FDCWD, os.fsencode(path), flags))


def mount_setattr(fd: int, attributes: int) -> None:
    """Set `attributes` on a detached tree and on all mounts within it."""
    request = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    flags = _AT_EMPTY_PATH | _AT_RECURSIVE
    _checked("mount_setattr", _libc.syscall(442, fd, b"", flags, ctypes.byref(request), ctypes.sizeof(request)))


def move_mount(source: int | str, target: str) -> None:
    """Attach a detached tree, or what is mounted somewhere else, at `target`."""
    fd, path = (_AT_FDCWD, source) if isinstance(source, str) else (source, "")
    flags = 0 if path else _MOVE_MOUNT_F_EMPTY_PATH
    result = _libc.syscall(429, fd, os.fsencode(path), _AT_FDCWD, os.fsencode(target), flags)
    _checked(f"move_mount {target}", result)


def new_mount(kind: str, options: Mapping[str, str], attributes: int) -> int:
    """A descriptor of a new file system that is mounted nowhere yet."""
    fs = _checked("fsopen", _libc.syscall(430, kind.encode(), _FSOPEN_CLOEXEC))
    try:
        for name, value in options.items():
            result = _libc.syscall(431, fs, _FSCONFIG_SET_STRING, name.encode(), value.encode(), 0)
            _checked(f"fsconfig {name}={value}", result)
        _checked("fsconfig create", _libc.syscall(431, fs, _FSCONFIG_CMD_CREATE, None, None, 0))
        return _checked("fsmount", _libc.syscall(432, fs, _FSMOUNT_CLOEXEC, attributes))
    finally:
        os.close(fs)


def open_beneath(folder: int, path: str) -> int:
    """Open a file to be read that lies below `folder`, with no link on the way; it is not waited for."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    request = (ctypes.c_uint64 * 3)(flags, 0, _RESOLVE)
    result = _libc.syscall(437, folder, os.fsencode(path), ctypes.byref(request), ctypes.c_size_t(24))
    return _checked(f"openat2 {path}", result)


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root of this mount namespace and put the old root at `old`."""
    _checked("pivot_root", _libc.syscall(_PIVOT_ROOT[platform.machine()], os.fsencode(new), os.fsencode(old)))


def drop_capabilities() -> None:
    """Give up every capability of this thread, for good once `no_new_privileges` is set."""
    _checked("capset", _libc.capset(_CAPABILITIES, _NO_CAPABILITIES))


def keep_capabilities() -> None:
    """The program that this process becomes next is to have the capabilities of this one, whoever its user is."""
    sets = (ctypes.c_uint32 * 6)()
    _checked("capget", _libc.capget(_CAPABILITIES, sets))
    # Effective, permitted, inheritable: of the numbers below 32, and once more of the others.
    sets[2], sets[5] = sets[1], sets[4]
    _checked("capset", _libc.capset(_CAPABILITIES, sets))
    for number in range(64):
        if sets[1 + 3 * (number // 32)] >> number % 32 & 1:
            _checked("prctl ambient", _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number, 0, 0))


def drop_bounding_set() -> None:
    """No program started from here on can gain a capability."""
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1


def no_new_privileges() -> None:
    """Nothing executed from here on gains privileges; seccomp and landlock ask for it."""
    _checked("prctl no_new_privs", _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def die_with_parent() -> None:
    """Be killed when the thread that forked this process ends. A change of credentials clears it: call it last."""
    _checked("prctl pdeathsig", _libc.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0))


def dumpable(yes: bool) -> None:
    """Whether others of the same user may look into this process, and whether /proc/self belongs to it."""
    _checked("prctl dumpable", _libc.prctl(_PR_SET_DUMPABLE, int(yes), 0, 0, 0))


def landlock_abi() -> int:
    """The landlock version of the running kernel; raises OSError where there is none."""
    return _checked("landlock version", _libc.syscall(444, None, ctypes.c_size_t(0), 1))


def landlock_ruleset(fs: int, net: int, scoped: int, abi: int) -> int:
    """A descriptor of an empty ruleset that governs the given rights."""
    request = (ctypes.c_uint64 * 3)(fs, net, scoped)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    return _checked("landlock_create_ruleset", _libc.syscall(444, ctypes.byref(request), ctypes.c_size_t(size), 0))


def landlock_allow(ruleset: int, fd: int, rights: int) -> None:
    """Allow `rights` at and below the file that `fd` stands for."""
    rule = ctypes.create_string_buffer(rights.to_bytes(8, "little") + fd.to_bytes(4, "little"), 12)
    _checked("landlock_add_rule", _libc.syscall(445, ruleset, 1, rule, 0))


def landlock_restrict(ruleset: int) -> None:
    """Put this thread and all it starts under `ruleset`, for good."""
    _checked("landlock_restrict_self", _libc.syscall(446, ruleset, 0))


def return_memory() -> None:
    """Give back to the kernel what the C library keeps for later; one that is not GNU's keeps little."""
    if hasattr(_libc, "malloc_trim"):
        _libc.malloc_trim(ctypes.c_size_t(0))


class Filter:
    """A seccomp program, kept in the memory layout the kernel reads so that installing it is one call."""

    def __init__(self, program: bytes) -> None:
        self._program = ctypes.create_string_buffer(program, len(program))
        header = (len(program) // 8).to_bytes(8, "little") + ctypes.addressof(self._program).to_bytes(8, "little")
        self._header = ctypes.create_string_buffer(header, 16)

    def install(self) -> None:
        """Put this thread and all it starts under the filter, for good."""
        _checked("seccomp", _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, self._header, 0, 0))

    def supervise(self) -> int:
        """The same, for a filter that asks: a descriptor by which it is answered. OSError where there can be none."""
        number = _SECCOMP[platform.machine()]
        return _checked("seccomp listener", _libc.syscall(number, _SET_MODE_FILTER, _NEW_LISTENER, self._header))


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return int(result)
