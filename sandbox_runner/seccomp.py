"""Which system calls a job may make: an allow-list, compiled to the small program that the kernel runs on each call.

Covered: new processes and programs, sockets of every family, namespaces and mounts, io_uring, bpf, keyrings, ptrace,
signals to others, file locks on shared files, and 32-bit or x32 calls, which would slip past a 64-bit list. The profile
"tools" allows processes, programs, unix sockets, signals (to what is in sight, its own tree), and locks.
Not covered: what a permitted call does in the kernel, and files, which landlock and the mounts are there for.

The program is a balanced tree over ranges of numbers: a linear chain of this length costs three times as much on each
installation, because the kernel evaluates it once for every number it knows.
"""

import errno
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sandbox_runner.outcome import Profile

_X86_64 = """
read=0 write=1 open=2 close=3 stat=4 fstat=5 lstat=6 poll=7 lseek=8 mmap=9 mprotect=10 munmap=11 brk=12
rt_sigaction=13 rt_sigprocmask=14 rt_sigreturn=15 ioctl=16 pread64=17 pwrite64=18 readv=19 writev=20 access=21 pipe=22
select=23 sched_yield=24 mremap=25 msync=26 mincore=27 madvise=28 dup=32 dup2=33 pause=34 nanosleep=35 getitimer=36
alarm=37 setitimer=38 getpid=39 sendfile=40 sendto=44 recvfrom=45 sendmsg=46 recvmsg=47 shutdown=48 getsockname=51
getpeername=52 socketpair=53 getsockopt=55 clone=56 exit=60 uname=63 fcntl=72 fsync=74 fdatasync=75 truncate=76
ftruncate=77 getdents=78 getcwd=79 chdir=80 fchdir=81 rename=82 mkdir=83 rmdir=84 creat=85 link=86 unlink=87
symlink=88 readlink=89 chmod=90 fchmod=91 umask=95 gettimeofday=96 getrlimit=97 getrusage=98 sysinfo=99 times=100
getuid=102 getgid=104 geteuid=107 getegid=108 getppid=110 getpgrp=111 getgroups=115 getresuid=118 getresgid=120
getpgid=121 getsid=124 rt_sigpending=127 rt_sigtimedwait=128 rt_sigsuspend=130 sigaltstack=131 statfs=137 fstatfs=138
getpriority=140 sched_getparam=143 sched_getscheduler=145 sched_get_priority_max=146 sched_get_priority_min=147
prctl=157 arch_prctl=158 setrlimit=160 gettid=186 setxattr=188 lsetxattr=189 fsetxattr=190 getxattr=191 lgetxattr=192
fgetxattr=193 listxattr=194 llistxattr=195 flistxattr=196 time=201 futex=202 sched_getaffinity=204 epoll_create=213
getdents64=217 set_tid_address=218 restart_syscall=219 fadvise64=221 clock_gettime=228 clock_getres=229
clock_nanosleep=230 exit_group=231 epoll_wait=232 epoll_ctl=233 utimes=235 openat=257 mkdirat=258 newfstatat=262
unlinkat=263 renameat=264 linkat=265 symlinkat=266 readlinkat=267 fchmodat=268 faccessat=269 pselect6=270 ppoll=271
set_robust_list=273 utimensat=280 epoll_pwait=281 timerfd_create=283 fallocate=285 timerfd_settime=286
timerfd_gettime=287 eventfd2=290 epoll_create1=291 dup3=292 pipe2=293 preadv=295 pwritev=296 prlimit64=302 getcpu=309
renameat2=316 getrandom=318 membarrier=324 copy_file_range=326 preadv2=327 pwritev2=328 statx=332 rseq=334 clone3=435
close_range=436 faccessat2=439 epoll_pwait2=441
"""

_AARCH64 = """
setxattr=5 lsetxattr=6 fsetxattr=7 getxattr=8 lgetxattr=9 fgetxattr=10 listxattr=11 llistxattr=12 flistxattr=13
getcwd=17 eventfd2=19 epoll_create1=20 epoll_ctl=21 epoll_pwait=22 dup=23 dup3=24 fcntl=25 ioctl=29 mkdirat=34
unlinkat=35 symlinkat=36 linkat=37 renameat=38 statfs=43 fstatfs=44 truncate=45 ftruncate=46 fallocate=47 faccessat=48
chdir=49 fchdir=50 fchmod=52 fchmodat=53 openat=56 close=57 pipe2=59 getdents64=61 lseek=62 read=63 write=64 readv=65
writev=66 pread64=67 pwrite64=68 preadv=69 pwritev=70 sendfile=71 pselect6=72 ppoll=73 readlinkat=78 newfstatat=79
fstat=80 fsync=82 fdatasync=83 timerfd_create=85 timerfd_settime=86 timerfd_gettime=87 utimensat=88 exit=93
exit_group=94 set_tid_address=96 futex=98 set_robust_list=99 nanosleep=101 getitimer=102 setitimer=103
clock_gettime=113 clock_getres=114 clock_nanosleep=115 sched_getscheduler=120 sched_getparam=121 sched_getaffinity=123
sched_yield=124 sched_get_priority_max=125 sched_get_priority_min=126 restart_syscall=128 sigaltstack=132
rt_sigsuspend=133 rt_sigaction=134 rt_sigprocmask=135 rt_sigpending=136 rt_sigtimedwait=137 rt_sigreturn=139
getpriority=141 getresuid=148 getresgid=150 times=153 getpgid=155 getsid=156 getgroups=158 uname=160 getrlimit=163
setrlimit=164 getrusage=165 umask=166 prctl=167 getcpu=168 gettimeofday=169 getpid=172 getppid=173 getuid=174
geteuid=175 getgid=176 getegid=177 gettid=178 sysinfo=179 socketpair=199 getsockname=204 getpeername=205 sendto=206
recvfrom=207 getsockopt=209 shutdown=210 sendmsg=211 recvmsg=212 brk=214 munmap=215 mremap=216 clone=220 mmap=222
fadvise64=223 mprotect=226 msync=227 mincore=232 madvise=233 prlimit64=261 renameat2=276 getrandom=278 membarrier=283
copy_file_range=285 preadv2=286 pwritev2=287 statx=291 rseq=293 clone3=435 close_range=436 faccessat2=439
epoll_pwait2=441
"""

# What the profile "tools" adds: processes and programs, signals, unix sockets, locks, named pipes, timers.
_TOOLS_X86_64 = """
socket=41 connect=42 accept=43 bind=49 listen=50 setsockopt=54 fork=57 vfork=58 execve=59 wait4=61 kill=62 flock=73
chown=92 fchown=93 lchown=94 setpgid=109 setsid=112 utime=132 mknod=133 tkill=200 timer_create=222 timer_settime=223
timer_gettime=224 timer_getoverrun=225 timer_delete=226 tgkill=234 waitid=247 mknodat=259 fchownat=260 futimesat=261
accept4=288
"""

_TOOLS_AARCH64 = """
flock=32 mknodat=33 fchownat=54 fchown=55 waitid=95 timer_create=107 timer_gettime=108 timer_getoverrun=109
timer_settime=110 timer_delete=111 kill=129 tkill=130 tgkill=131 setpgid=154 setsid=157 socket=198 bind=200 listen=201
accept=202 connect=203 setsockopt=208 execve=221 accept4=242 wait4=260
"""

_ARCHITECTURES = {
    "x86_64": (0xC000003E, _X86_64, _TOOLS_X86_64),
    "aarch64": (0xC00000B7, _AARCH64, _TOOLS_AARCH64),
}
_FIRST_UNKNOWN = 451

_ALLOW, _KILL, _ERRNO, _ASK = 0x7FFF0000, 0x80000000, 0x00050000, 0x7FC00000


@dataclass(frozen=True)
class Answer:
    """Every call of this number ends the same way."""

    action: int


@dataclass(frozen=True)
class OneOf:
    """Allowed if the low half of the argument is one of `values`; otherwise EPERM."""

    argument: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class Bits:
    """Allowed if the argument has all bits of `needed` and none of `banned`; otherwise EPERM."""

    argument: int
    needed: int
    banned: int


@dataclass(frozen=True)
class Both:
    """Allowed if both rules allow it; otherwise EPERM."""

    first: OneOf
    second: OneOf | Bits


Rule: TypeAlias = Answer | OneOf | Bits | Both

_REFUSED = Answer(_ERRNO | errno.EPERM)
_UNKNOWN = Answer(_ERRNO | errno.ENOSYS)
_PERMITTED = Answer(_ALLOW)

_CLONE_THREAD, _CLONE_NEW_ANYTHING = 0x00010000, 0x7E020080
_CLONE_PTRACE, _CLONE_PARENT = 0x00002000, 0x00008000
_A_FIFO, _ANYTHING_ELSE = 0o010000, 0o160000 | 0o6000
_SPECIAL: dict[str, Rule] = {
    # A thread, nothing else. The arguments of clone3 lie in memory, out of a filter's sight: the C library falls back.
    "clone": Bits(0, needed=_CLONE_THREAD, banned=_CLONE_NEW_ANYTHING),
    "clone3": _UNKNOWN,
    # Terminal size and mode, bytes waiting, close-on-exec, non-blocking.
    "ioctl": OneOf(1, (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)),
    # Duplicates and flags; no locks, leases, owners or seals.
    "fcntl": OneOf(1, (0, 1, 2, 3, 4, 1030)),
    # Names of threads and questions; above all not PDEATHSIG.
    "prctl": OneOf(0, (2, 3, 15, 16, 21, 39)),
    "prlimit64": OneOf(0, (0,)),
    # Unix, and of the kinds that stay connected: a pair of datagram sockets could send to any other.
    "socketpair": Both(OneOf(0, (1,)), Bits(1, needed=1, banned=0xA)),
    "chmod": Bits(1, needed=0, banned=0o6000),
    "fchmod": Bits(1, needed=0, banned=0o6000),
    "fchmodat": Bits(2, needed=0, banned=0o6000),
}
# shutil copies files without complaint only where extended attributes are "not supported".
_SPECIAL |= {
    f"{prefix}{verb}xattr": Answer(_ERRNO | errno.EOPNOTSUPP)
    for prefix in ("", "l", "f")
    for verb in ("get", "set", "list")
}
_SPECIAL_FOR_TOOLS = _SPECIAL | {
    "clone": Bits(0, needed=0, banned=_CLONE_NEW_ANYTHING | _CLONE_PTRACE | _CLONE_PARENT),
    # Locks of both kinds, and how much a pipe holds; no leases, owners or seals.
    "fcntl": OneOf(1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),
    # Also who may look into this process: programs that it starts may not look into the guest.
    "prctl": OneOf(0, (2, 3, 4, 15, 16, 21, 39)),
    "socket": OneOf(0, (1,)),
    "socketpair": OneOf(0, (1,)),
    # Not the size of buffers, which are memory of the kernel that is counted against nobody.
    "setsockopt": OneOf(2, (2, 3, 4, 9, 13, 15, 16, 20, 21)),
    "mknod": Bits(1, needed=_A_FIFO, banned=_ANYTHING_ELSE),
    "mknodat": Bits(2, needed=_A_FIFO, banned=_ANYTHING_ELSE),
}


# What landlock does not govern, and older versions of it did not: a job without a folder has no use for it either.
_SPECIAL_WITHOUT_FOLDER = _SPECIAL | dict.fromkeys(
    ("chmod", "fchmod", "fchmodat", "utimes", "utimensat", "truncate"), _REFUSED
)


def program(machine: str = "", profile: Profile = "pure", *, folder: bool = True) -> bytes:
    """The filter of a job on `machine`, by default this one; KeyError if there is no table for it.

    Without a `folder` of its own a job in sight of the host's files may change neither their mode nor their times.
    """
    token, table, more = _ARCHITECTURES[machine or platform.machine()]
    if profile == "tools":
        return compiled(token, rules(table + more, _SPECIAL_FOR_TOOLS))
    return compiled(token, rules(table, _SPECIAL if folder else _SPECIAL_WITHOUT_FOLDER))


def asking(program: bytes) -> bytes:
    """The same filter, but for what it would refuse with EPERM, of which it asks the supervisor."""
    refusal, question = _return(_REFUSED.action), _return(_ASK)
    steps = (program[at : at + 8] for at in range(0, len(program), 8))
    return b"".join(question if step == refusal else step for step in steps)


def rules(table: str, special: Mapping[str, Rule] = _SPECIAL) -> dict[int, Rule]:
    """The rule of each listed number; numbers that are not listed are refused."""
    entries = (entry.split("=") for entry in table.split())
    return {int(number): special.get(name, _PERMITTED) for name, number in entries}


def compiled(token: int, listed: dict[int, Rule]) -> bytes:
    """Kill on a foreign architecture, then search the number in a tree."""
    load_number, load_token = _load(0), _load(4)
    head = load_token + _jump(_JEQ, token, 1, 0) + _return(_KILL) + load_number
    return head + _tree(_ranges(listed))


def _ranges(listed: dict[int, Rule]) -> list[tuple[int, Rule]]:
    """(first number, rule) of each stretch of numbers with the same rule, in order, covering all numbers."""
    last: Rule | None = None
    ranges = []
    for number in range(_FIRST_UNKNOWN + 1):
        rule = listed.get(number, _REFUSED) if number < _FIRST_UNKNOWN else _UNKNOWN
        if rule != last:
            ranges.append((number, rule))
        last = rule
    return ranges


def _tree(ranges: list[tuple[int, Rule]]) -> bytes:
    if len(ranges) == 1:
        return _leaf(ranges[0][1])
    middle = len(ranges) // 2
    low, high = _tree(ranges[:middle]), _tree(ranges[middle:])
    distance = len(low) // 8
    if distance < 256:
        return _jump(_JGE, ranges[middle][0], distance, 0) + low + high
    return _jump(_JGE, ranges[middle][0], 0, 1) + _instruction(_JA, 0, 0, distance) + low + high


def _leaf(rule: Rule) -> bytes:
    match rule:
        case Answer(action):
            return _return(action)
        case OneOf(argument, values):
            count = len(values)
            tests = b"".join(_jump(_JEQ, value, count - at, 0) for at, value in enumerate(values))
            return _load(16 + 8 * argument) + tests + _return(_REFUSED.action) + _return(_ALLOW)
        case Bits(argument, needed, banned):
            masked = _load(16 + 8 * argument) + _instruction(_AND, 0, 0, needed | banned)
            return masked + _jump(_JEQ, needed, 0, 1) + _return(_ALLOW) + _return(_REFUSED.action)
        case Both(first, second):
            # The first ends with its permission, in the place of which the second is asked.
            return _leaf(first)[: -len(_return(_ALLOW))] + _leaf(second)


_LD, _JA, _JEQ, _JGE, _AND, _RET = 0x20, 0x05, 0x15, 0x35, 0x54, 0x06


def _load(offset: int) -> bytes:
    return _instruction(_LD, 0, 0, offset)


def _jump(code: int, value: int, when_true: int, when_false: int) -> bytes:
    return _instruction(code, when_true, when_false, value)


def _return(action: int) -> bytes:
    return _instruction(_RET, 0, 0, action)


def _instruction(code: int, when_true: int, when_false: int, value: int) -> bytes:
    return code.to_bytes(2, "little") + bytes((when_true, when_false)) + value.to_bytes(4, "little")
