"""The walls around a job: what it can see, reach and use. Three levels, chosen once and never lowered on the way.

"namespaces"  an own user, root folder, pid 1, network, ipc and host name; landlock, seccomp and rlimits inside
"landlock"    landlock, seccomp and rlimits alone; no folder to write in, no memory of other calls to find
"none"        rlimits, a process and a folder of its own: for code that is trusted and merely clumsy

Two profiles: "pure" computes and starts nothing; "tools" also starts programs, is shown those of the host, has a /proc
of its own processes, unix sockets, locks, /tmp and /dev/shm, and needs level "namespaces" to be confined.

Covered: files but the interpreter's (read-only), other processes, every network, new processes and programs, signals,
environment and descriptors of the host, memory, processor time, disk, and anything left behind for the next call.
Not covered: a hole in the kernel; side channels such as timing and shared caches; what the interpreter's own folders
contain, as they are readable; the small amounts of kernel memory a process can pin. At level "landlock" also the names
and sizes of files, and the host's name and users. In "tools" a lock on a file that all jails are shown is a signal
that others can see, and a program can look into others of its own call.
"""

import errno
import os
import resource
import signal
import socket
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox_runner import landlock, scratch, seccomp, syscalls
from sandbox_runner.census import Allowance, Census
from sandbox_runner.outcome import Profile

HOME = scratch.home("pure")
# The record of an exception may need this much, however small the answer must be.
RECORD_BYTES = 32 << 10
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_NEW = (
    syscalls.NEWUSER | syscalls.NEWNS | syscalls.NEWPID | syscalls.NEWNET
    | syscalls.NEWIPC | syscalls.NEWUTS | syscalls.NEWCGROUP
)  # fmt: skip
_FORBIDDEN_BELOW = ("user", "net", "time", "uts", "cgroup")
_THROWAWAY_USERS = (1_900_000_000, 61_000, 65_534)
_INIT_UID_MAP = "0 0 4294967295"
_STREAMS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}
_OWN_PROCESSES, _LEEWAY = 2, 1024
_SAME_FOR_ALL = {
    # One byte, not none: a core handler behind a pipe is started for 0, but not for 1.
    resource.RLIMIT_CORE: 1,
    resource.RLIMIT_NOFILE: 256,
    resource.RLIMIT_MEMLOCK: 0,
    resource.RLIMIT_MSGQUEUE: 0,
    resource.RLIMIT_SIGPENDING: 128,
}


@dataclass(frozen=True)
class Tree:
    """A detached read-only copy of a part of the host's files, to be attached at the same path, or a link."""

    path: str
    fd: int = -1
    link: str = ""


def leave_host(visible: Sequence[str], seat: int) -> list[Tree]:
    """Enter new namespaces, taking along copies of `visible`; the next child is pid 1. Nothing is hidden yet."""
    if os.geteuid() == 0:
        syscalls.unshare(syscalls.NEWNS)
        trees = _trees(visible)
        _become_nobody(seat)
        _unshare_all()
    else:
        _unshare_all()
        trees = _trees(visible)
    return trees


def map_user(uid: int, gid: int) -> None:
    """In a new user namespace, be user 1000, who is `uid` outside."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")


def mount_proc(root: str = "", options: str = "subset=pid") -> None:
    """A /proc of this process's own pid namespace; it can only be had while another one is in sight."""
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
    syscalls.mount("proc", f"{root}/proc", "proc", flags, options)


def build_root(trees: Sequence[Tree], masked: Sequence[str], profile: Profile = "pure") -> None:
    """Make a small read-only root of `trees` with empty folders over `masked`, and shut the door to the host's."""
    _forbid_namespaces_below()
    root = "/tmp"
    syscalls.mount("tmpfs", root, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4m,mode=755")
    for tree in trees:
        _attach(tree, root)
    for path in masked:
        syscalls.mount("tmpfs", root + path, "tmpfs", syscalls.MS_RDONLY | syscalls.MS_NOSUID, "size=4k,mode=755")
    _furnish(root, profile)
    os.chdir(root)
    syscalls.pivot_root(".", "oldroot")
    syscalls.umount("/oldroot")
    os.chdir("/")
    Path("/oldroot").rmdir()
    flags = syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("", "/", "", flags)
    socket.sethostname("jail")
    syscalls.drop_bounding_set()


class Walls:
    """What every job of a zygote goes through between its birth and the first byte of its payload."""

    def __init__(
        self,
        level: str,
        visible: Sequence[str],
        masked: Sequence[str],
        pid_namespace: int,
        statm: int,
        profile: Profile = "pure",
    ) -> None:
        self._level, self._pid_namespace, self._statm, self._profile = level, pid_namespace, statm, profile
        self._address_space = self._data = self._anonymous = 0
        # Counted within the user namespace: the guardian and the zygote. Outside of one, all processes of the user
        # count, so that the bound is rough; and for the super-user there is none.
        self._tasks = _OWN_PROCESSES if level == "namespaces" else _tasks_of_user() + _LEEWAY
        for which, value in _SAME_FOR_ALL.items():
            _lower(which, value)
        if level != "none":
            syscalls.no_new_privileges()
            syscalls.dumpable(False)
            self._filter = syscalls.Filter(seccomp.program(profile=profile, folder=level == "namespaces"))
            self._rulesets = _rulesets(level, visible, masked, profile)

    def measure(self) -> None:
        """Remember the size of the zygote: a job starts with it and is granted its own memory on top."""
        pages = os.pread(self._statm, 200, 0).split()
        total, resident, shared, _, _, data = (int(number) * resource.getpagesize() for number in pages[:6])
        self._address_space, self._data, self._anonymous = total, data, resident - shared

    def fork(self) -> int:
        """Fork a job; at level "namespaces" as pid 1 of a new pid namespace."""
        if self._level != "namespaces":
            return syscalls.fork()
        syscalls.unshare(syscalls.NEWPID)
        pid = syscalls.fork()
        if pid:
            # Back to the zygote's own: only from there can the next job get a new one.
            syscalls.setns(self._pid_namespace, syscalls.NEWPID)
        return pid

    def folder(self, file_bytes: int, files: int) -> int:
        """A descriptor of a private folder for the next job, or -1 where there are none."""
        return scratch.made(self._profile, file_bytes, files) if self._level == "namespaces" else -1

    def census(self, memory: int, cpu: int, processes: int) -> Census | None:
        """A count of the next job's tree, where there can be more of it than one process."""
        if self._profile == "pure" or self._level != "namespaces":
            return None
        return Census(Allowance(self._anonymous + memory, cpu, processes))

    def close_around(
        self, folder: int, memory: int, cpu: int, file_bytes: int, answer_bytes: int, processes: int
    ) -> None:
        """In the job: take away everything that it does not need, for good."""
        os.setsid()
        os.nice(5)
        if self._level == "namespaces":
            syscalls.unshare(syscalls.NEWNS)
            if self._profile == "tools":
                mount_proc()
                # Programs may not look into the guest that starts them; whatever is forked may be looked into again.
                os.register_at_fork(after_in_child=partial(syscalls.dumpable, True))
            scratch.enter(folder, self._profile)
        elif folder >= 0:
            scratch.enter_on_disk(folder, self._profile)
        self._limit(memory, cpu, max(file_bytes, answer_bytes + RECORD_BYTES), processes)
        if self._level != "none":
            syscalls.drop_capabilities()
        syscalls.die_with_parent()
        if self._level != "none":
            for ruleset in self._rulesets:
                syscalls.landlock_restrict(ruleset)
            self._filter.install()

    def clear(self, pid: int) -> None:
        """Kill what the job `pid`, not yet waited for, has started. A pid namespace needs no help with that."""
        if self._level != "namespaces":
            with suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    def _limit(self, memory: int, cpu: int, file_bytes: int, processes: int) -> None:
        _lower(resource.RLIMIT_AS, self._address_space + memory)
        _lower(resource.RLIMIT_DATA, self._data + memory)
        _lower(resource.RLIMIT_CPU, cpu)
        _lower(resource.RLIMIT_FSIZE, file_bytes)
        if self._level != "none":
            # Where the tree is counted from outside, one more may be born, for the count to see.
            _lower(resource.RLIMIT_NPROC, self._tasks + processes + (self._profile == "tools"))


def _lower(which: int, value: int) -> None:
    try:
        resource.setrlimit(which, (value, value))
    except ValueError:
        # There is a lower limit, which only the super-user could raise.
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (min(value, hard), min(value, hard)))


def _tasks_of_user() -> int:
    count = 0
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and entry.stat().st_uid == os.geteuid():
                count += int((entry / "stat").read_bytes().rpartition(b")")[2].split()[17])
    return count


def _rulesets(level: str, visible: Sequence[str], masked: Sequence[str], profile: Profile) -> list[int]:
    if level == "namespaces":
        # The anchor is the parent of the private folder's mount point, so that one ruleset serves every job.
        anchor = str(Path(scratch.place(profile)).parent)
        with suppress(OSError):
            return [landlock.ruleset(["/"], [anchor], _DEVICES, sockets=profile == "tools")]
        # A kernel without landlock: the mounts already say the same.
        return []
    readable = [part for path in (*_SYSTEM, *visible) for part in _around(Path(path), masked)]
    return [landlock.ruleset(readable, [], _DEVICES, visible)]


def _around(path: Path, masked: Sequence[str]) -> list[str]:
    """The largest parts of `path` that contain nothing masked: landlock can allow a folder but not except one in it."""
    if str(path) in masked:
        return []
    if not any(Path(hidden).is_relative_to(path) for hidden in masked):
        return [str(path)]
    return [part for child in path.iterdir() for part in _around(child, masked)]


def _unshare_all() -> None:
    uid, gid = os.geteuid(), os.getegid()
    syscalls.unshare(_NEW)
    map_user(uid, gid)
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)


def _become_nobody(seat: int) -> None:
    """Give up root for a user who owns nothing: limits and /proc/sys make exceptions for the real root."""
    real = Path("/proc/self/uid_map").read_text().split() == _INIT_UID_MAP.split()
    # The root of a container may be unable to change groups or users: it is a nobody outside already.
    with nullcontext() if real else suppress(PermissionError):
        os.setgroups([])
    for user in (_THROWAWAY_USERS[0] + seat, *_THROWAWAY_USERS[1:]):
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
            break
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
    if real and os.geteuid() == 0:
        raise PermissionError(errno.EPERM, "setresuid: no user to become instead of root")
    # The change of user made /proc/self root's.
    syscalls.dumpable(True)


def _trees(visible: Sequence[str]) -> list[Tree]:
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    trees: list[Tree] = []
    for path in sorted({*_SYSTEM, *visible}):
        if not Path(path).exists() or any(Path(path).is_relative_to(tree.path) for tree in trees if tree.fd >= 0):
            continue
        target = Path(path).readlink() if Path(path).is_symlink() else None
        if target is not None and not target.is_absolute():
            trees.append(Tree(path, link=str(target)))
        else:
            trees.append(_tree(path, syscalls.ATTR_RDONLY | syscalls.ATTR_NOSUID | syscalls.ATTR_NODEV))
    trees += [_tree(path, syscalls.ATTR_NOSUID | syscalls.ATTR_NOEXEC) for path in _DEVICES if Path(path).exists()]
    return trees


def _tree(path: str, attributes: int) -> Tree:
    fd = syscalls.open_tree(path)
    syscalls.mount_setattr(fd, attributes)
    return Tree(path, fd)


def _attach(tree: Tree, root: str) -> None:
    place = Path(root + tree.path)
    place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if tree.link:
        place.symlink_to(tree.link)
        return
    if os.path.isdir(tree.fd):  # noqa: PTH112 - there is a descriptor, not a path
        place.mkdir(mode=0o755)
    else:
        place.touch()
    syscalls.move_mount(tree.fd, str(place))
    os.close(tree.fd)


def _furnish(root: str, profile: Profile) -> None:
    place = scratch.place(profile)
    for folder in ("oldroot", "proc", "etc", place.lstrip("/")):
        Path(root, folder).mkdir(mode=0o755, parents=True, exist_ok=True)
    home = scratch.home(profile)
    Path(root, "etc/passwd").write_text(f"jail:x:1000:1000::{home}:/nonexistent\n")
    Path(root, "etc/group").write_text("jail:x:1000:\n")
    if profile == "pure":
        Path(root, "tmp").mkdir(exist_ok=True)
        return
    for path, name in scratch.BESIDE.items():
        # An interpreter that lives below /tmp leaves no room for a link of that name.
        with suppress(FileExistsError):
            Path(root + path).symlink_to(f"{place}/{name}")
    for name, link in _STREAMS.items():
        Path(root, "dev", name).symlink_to(link)
    # For the zygote, which counts what its jobs use, and so that they can have their own.
    mount_proc(root, "")


def _forbid_namespaces_below() -> None:
    """Nobody in here can ever make another namespace of these kinds. seccomp refuses it as well, so this may fail."""
    for kind in _FORBIDDEN_BELOW:
        with suppress(OSError):
            Path(f"/proc/sys/user/max_{kind}_namespaces").write_text("0")
