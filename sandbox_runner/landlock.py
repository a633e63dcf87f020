"""Which files a job may touch, said a second time in the kernel's own words, and no TCP port at all.

Where namespaces are missing this is the only wall around files. Not covered: `stat` and `chdir`, which landlock does
not govern (names and sizes of files outside can be found out), UDP, and on older kernels whatever their version of
landlock does not know; seccomp refuses sockets in any case.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from sandbox_runner import syscalls

_EXECUTE, _WRITE, _READ, _READ_DIR, _TRUNCATE, _IOCTL = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14, 1 << 15
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_FILE_RIGHTS = _EXECUTE | _WRITE | _READ | _TRUNCATE | _IOCTL
_SPECIAL_FILES = _MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK


def ruleset(
    readable: Iterable[str],
    writable: Iterable[str],
    devices: Iterable[str],
    listable: Iterable[str] = (),
    *,
    sockets: bool = False,
) -> int:
    """A descriptor to hand to `syscalls.landlock_restrict`; paths that do not exist are left out.

    With `sockets`, unix sockets may be made where it is `writable`.

    For a folder that becomes a mount point later, name its parent: the kernel looks there, not below the mount.
    """
    abi = syscalls.landlock_abi()
    everything = _filesystem_rights(abi)
    fd = syscalls.landlock_ruleset(everything, 3 if abi >= 4 else 0, 3 if abi >= 6 else 0, abi)
    _allow(fd, readable, _EXECUTE | _READ | _READ_DIR)
    _allow(fd, listable, _READ_DIR)
    _allow(fd, writable, everything & ~(_SPECIAL_FILES & ~_MAKE_SOCK if sockets else _SPECIAL_FILES))
    _allow(fd, devices, everything & (_READ | _WRITE | _IOCTL))
    return fd


def _filesystem_rights(abi: int) -> int:
    """All rights this kernel knows: 13 at first, then one more with each of the versions 2, 3 and 5."""
    return (1 << (13 + (abi >= 2) + (abi >= 3) + (abi >= 5))) - 1


def _allow(ruleset: int, paths: Iterable[str], rights: int) -> None:
    for path in paths:
        if not Path(path).exists():
            continue
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            syscalls.landlock_allow(ruleset, fd, rights if Path(path).is_dir() else rights & _FILE_RIGHTS)
        finally:
            os.close(fd)
