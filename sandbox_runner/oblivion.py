"""What a zygote forgets before its first job: names of the host's folders that lie in its memory.

The interpreter and its libraries were told where they lie when they were made, and compiled files leave such names in
memory that is free again. They are overwritten with names of a jail, of the same length.

The names to be looked for come in a file, and lie in one buffer only, which is cleared. Not covered: packages' own
libraries; everything, where a jail cannot have a /proc for a moment.
"""

import ctypes
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress

from sandbox_runner import syscalls
from sandbox_runner.renaming import renamed

BASE = "/python"
"""Where in a jail an interpreter is that is not the system's."""
_WINDOW = 1 << 20


def words(names: Mapping[str, str]) -> bytes:
    """Each name of a folder and what is to be there instead, with a zero behind each."""
    return b"".join(os.fsencode(old) + b"\0" + renamed(os.fsencode(old), names) + b"\0" for old in names)


def forget(told: int) -> None:
    """Overwrite what the file `told` holds as `words`, in memory of no file and of the interpreter's own files."""
    known, window = bytearray(os.fstat(told).st_size), bytearray(_WINDOW)
    os.preadv(told, [known], 0)
    os.close(told)
    if not known:
        return
    # Nobody else looks on: it is pid 1, and has no child yet.
    syscalls.dumpable(True)
    with suppress(OSError):
        memory = os.open("/proc/self/mem", os.O_RDWR)
        kept = [range(at, at + len(buffer)) for buffer in (known, window) for at in (_address(buffer),)]
        for start, end in list(_regions()):
            for at in range(start, end, _WINDOW - len(known)):
                _overwrite(memory, at, min(end - at, _WINDOW), known, window, kept)
        os.close(memory)
    syscalls.dumpable(False)
    for buffer in (known, window):
        buffer[:] = bytes(len(buffer))


def _regions() -> Iterator[tuple[int, int]]:
    with open("/proc/self/maps") as maps:  # noqa: PTH123
        for line in maps:
            span, rights, _, _, inode, *path = line.split(maxsplit=5)
            start, end = (int(number, 16) for number in span.split("-"))
            own = "".join(path).startswith(BASE) and "-packages/" not in line and "x" not in rights
            if rights[0] == "r" and rights[3] == "p" and (own if int(inode) else "w" in rights):
                yield start, end


def _overwrite(memory: int, at: int, size: int, known: bytearray, window: bytearray, kept: Collection[range]) -> None:
    with suppress(OSError):
        size = os.preadv(memory, [memoryview(window)[:size]], at)
        for old, new, length in _pairs(known):
            found = -1
            while (found := window.find(memoryview(known)[old : old + length], found + 1, size)) >= 0:
                if not any(at + found in place for place in kept):
                    os.pwrite(memory, memoryview(known)[new : new + length], at + found)


def _pairs(known: bytearray) -> Iterator[tuple[int, int, int]]:
    """Where an old name is and its new one, and the length of both."""
    at = 0
    while at < len(known):
        length = known.index(0, at) - at
        yield at, at + length + 1, length
        at += 2 * (length + 1)


def _address(buffer: bytearray) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))
