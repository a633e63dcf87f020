"""What every attack has at hand in the jail; a module of the preload there, under the name `weapons`."""

import builtins
import ctypes
import errno
import fcntl
import gc
import glob
import itertools
import json
import marshal
import mmap
import os
import pickle
import pty
import random
import re
import resource
import signal
import socket
import sqlite3
import stat
import struct
import subprocess
import sys
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = libc.sbrk.restype = ctypes.c_long

# Numbers of system calls on x86-64 and on arm64; -1 where there is no such call.
NUMBERS = {
    "accept4": (288, 242), "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171), "bpf": (321, 280),
    "chroot": (161, 51), "clock_settime": (227, 112), "clone": (56, 220), "clone3": (435, 435),
    "delete_module": (176, 106), "fanotify_init": (300, 262), "finit_module": (313, 273), "fork": (57, -1),
    "fsopen": (430, 430), "init_module": (175, 105), "inotify_init1": (294, 26), "io_uring_setup": (425, 425),
    "ioprio_set": (251, 30),
    "kcmp": (312, 272), "kexec_load": (246, 104), "keyctl": (250, 219), "kill": (62, 129),
    "landlock_create_ruleset": (444, 444), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "mlockall": (151, 230), "modify_ldt": (154, -1), "mount": (165, 40), "move_pages": (279, 239),
    "mq_open": (240, 180), "msgget": (68, 186), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "open_tree": (428, 428), "perf_event_open": (298, 241), "personality": (135, 92), "pidfd_getfd": (438, 438),
    "pidfd_open": (434, 434), "pidfd_send_signal": (424, 424), "pivot_root": (155, 41),
    "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60),
    "reboot": (169, 142), "request_key": (249, 218), "rt_sigqueueinfo": (129, 138), "sched_setattr": (314, 274),
    "seccomp": (317, 277), "semget": (64, 190), "sethostname": (170, 161), "setns": (308, 268),
    "settimeofday": (164, 170), "setuid": (105, 146), "shmat": (30, 196), "shmget": (29, 194), "socket": (41, 198),
    "swapon": (167, 224), "syslog": (103, 116), "tgkill": (234, 131), "timer_create": (222, 107),
    "tkill": (200, 130), "umount2": (166, 39), "unshare": (272, 97), "userfaultfd": (323, 282), "vfork": (58, -1),
    "vmsplice": (278, 75),
}  # fmt: skip

NEWNS, NEWCGROUP, NEWUTS, NEWIPC = 0x00020000, 0x02000000, 0x04000000, 0x08000000
NEWUSER, NEWPID, NEWNET = 0x10000000, 0x20000000, 0x40000000

# What a wall answers; anything else comes from deeper in the kernel.
REFUSALS = (errno.EPERM, errno.ENOSYS, errno.EACCES)


def raw(call, *arguments):
    """A system call by its name or number; OSError if it fails."""
    number = call if isinstance(call, int) else NUMBERS[call][os.uname().machine == "aarch64"]
    words = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    result = libc.syscall(ctypes.c_long(number), *words)
    if result < 0:
        raise OSError(ctypes.get_errno(), str(call))
    return result


def reaches(call, *arguments):
    """Whether the call gets past the walls: it works, or fails for a reason that only its own code can have."""
    try:
        raw(call, *arguments)
    except OSError as error:
        return error.errno not in REFUSALS
    return True


def machine_code(code):
    """Run the bytes as a function without arguments and return what it returns."""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()


def call_me(tag):
    """Name this process, and what it forks from now on, so that the host can recognize it."""
    libc.prctl(15, tag.encode(), 0, 0, 0)


def read(path, size=4_000):
    """The first bytes of a file."""
    with open(path, "rb") as file:
        return file.read(size)


def paths(text):
    """What looks like the path of a file or folder in a text, or in what is none."""
    return set(re.findall(rb"/[\w.+-]+(?:/[\w.+-]+)+", text))


def first(attempts):
    """The first result of the callables that is no failure; the last failure if there is none."""
    failure = OSError("nothing to try")
    for attempt in attempts:
        try:
            return attempt()
        except OSError as error:
            failure = error
    raise failure


def everything(attempts):
    """The results of those callables that do not fail."""
    results = []
    for attempt in attempts:
        try:
            results.append(attempt())
        except (OSError, ValueError):
            pass
    return results


def descriptors():
    """The descriptors that are open here."""
    return [fd for fd in range(1024) if everything([lambda: os.fstat(fd)])]


def pids():
    """The processes to be seen in /proc, or all small numbers where there is nothing to be seen."""
    seen = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    return seen or [os.getppid(), *range(1, 50)]


def in_child(act):
    """Fork, and run `act` in the child, which then ends."""
    pid = os.fork()
    if pid:
        return pid
    try:
        act()
    finally:
        os._exit(0)


def mapped(flags):
    """Pieces of 4 MiB of memory that could be mapped and filled, 50 at most."""
    pieces = []
    for _ in range(50):
        new = everything([lambda: mmap.mmap(-1, 1 << 22, flags=flags)])
        for piece in new:
            for page in range(0, 1 << 22, mmap.PAGESIZE):
                piece[page] = 1
        pieces += new
    return pieces


def importable(path):
    """Where a jail has a file of installed packages, wherever the host has it."""
    folders = [os.path.join(folder, os.path.basename(path)) for folder in sys.path]
    return next(filter(os.path.exists, folders), path)


def is_locked(path):
    """Whether somebody else holds a lock on a file."""
    try:
        fcntl.flock(os.open(path, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
