"""The forbidden system calls that a job tries, counted outside of it.

The filter of a job does not refuse them by itself: the kernel holds the caller and asks the zygote, which refuses
(seccomp's user notification, Linux 5.0). What the job catches, hides or never tells of is counted all the same.
Not counted: what honest libraries try and do without, on which processors and in which memory they are to run, and
the signal to itself by which a C library gives up.
Not covered: what landlock, the mounts and the limits refuse; what comes after `MOST` of them, which the kernel refuses
alone (with ENOSYS); and a host that runs below such a supervisor itself, where there can be no second one.
"""

import errno
import fcntl
import os
import platform

MOST = 100
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_NOTICE_BYTES = 80
# sched_setaffinity, mbind, set_mempolicy, get_mempolicy; then tgkill.
_HONEST, _TGKILL = {
    "x86_64": ((203, 237, 238, 239), 234),
    "aarch64": ((122, 235, 237, 236), 131),
}.get(platform.machine(), ((), -1))
_SIGABRT = 6


class Refusals:
    """Refuse what the job behind the descriptor `listener` asks for, and count it; -1 stands for none."""

    def __init__(self, listener: int = -1) -> None:
        self.listener = listener
        self.count = self._answered = 0

    def refuse(self) -> None:
        """Answer one call that waits, unless its caller has ended meanwhile."""
        notice = bytearray(_NOTICE_BYTES)
        try:
            fcntl.ioctl(self.listener, _RECEIVE, notice)
            self._answered += 1
            self.count += not _is_honest(notice)
            fcntl.ioctl(self.listener, _SEND, notice[:8] + bytes(8) + _refusal() + bytes(4))
        except OSError as error:
            # Without an answer it would wait for ever: whoever is left is refused by the kernel.
            if error.errno != errno.ENOENT:
                self.close()
        if self._answered >= MOST:
            self.close()

    def close(self) -> None:
        """Leave the rest to the kernel."""
        if self.listener >= 0:
            os.close(self.listener)
            self.listener = -1


def _is_honest(notice: bytearray) -> bool:
    """Whether the call says nothing of its caller: the number of it and its third argument are looked at."""
    number, third = (int.from_bytes(notice[at : at + 4], "little") for at in (16, 48))
    return number in _HONEST or (number, third) == (_TGKILL, _SIGABRT)


def _refusal() -> bytes:
    return (-errno.EPERM).to_bytes(4, "little", signed=True)
