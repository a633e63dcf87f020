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
and sizes of files, and the host's name and users. In "tools" a lock on /dev/null is a signal that others
can see, as all jails have the same, and a program can look into others of its own call.
"""

import errno
import os
import resource
import signal
import socket
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType

from sandbox_runner import landlock, scratch, seccomp, syscalls, veil
from sandbox_runner.census import Allowance, Census
from sandbox_runner.outcome import RECORD_BYTES, Profile

HOME = scratch.home("pure")
_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/zoneinfo")
_READ_ONLY = syscalls.ATTR_RDONLY | syscalls.ATTR_NOSUID | syscalls.ATTR_NODEV
# In the new root: while it is made, where a tree is first, and how it looks as a file system of our own; and nothing.
_STAGES = ("stage", "view", "empty")
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
    """A detached read-only copy of a part of the host's files, or a link, and where in the jail it is to be.

    With a `name` it is of the folder in which the one file of that name lies.
    """

    path: str
    fd: int = -1
    link: str = ""
    name: str = ""
    whole: bool = False
    """Nothing else is mounted below it."""
    veiled: bool = False
    """It is to be replaced by what a veil makes of it."""


def leave_host(
    shown: Mapping[str, str], seat: int, profile: Profile = "pure", veiled: Sequence[str] = ()
) -> list[Tree]:
    """Enter new namespaces, taking along copies of what is `shown`, by its path on the host, and where.

    The next child is pid 1. Nothing is hidden yet, not even what is to be `veiled`.
    """
    if os.geteuid() == 0:
        syscalls.unshare(syscalls.NEWNS)
        trees = _trees(shown, profile, veiled)
        _become_nobody(seat)
        _unshare_all()
    else:
        _unshare_all()
        trees = _trees(shown, profile, veiled)
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


def close_proc() -> None:
    """Leave /proc empty, if it was not."""
    if Path("/proc/self").exists():
        syscalls.umount("/proc")


def build_root(
    trees: Sequence[Tree],
    masked: Sequence[str],
    profile: Profile = "pure",
    links: Mapping[str, str] = MappingProxyType({}),
    made: Mapping[str, bytes] = MappingProxyType({}),
    *,
    proc: bool = False,
) -> None:
    """Make a small read-only root of `trees`, `links` and the files `made`, and shut the door to the host's.

    What is `masked` looks empty. With `proc`, /proc is there even in "pure" if it can be, to be closed before any job.
    """
    _forbid_namespaces_below()
    root = "/tmp"
    syscalls.mount("tmpfs", root, "tmpfs", syscalls.MS_NOSUID | syscalls.MS_NODEV, "size=4m,mode=755")
    for folder in (*_STAGES, "oldroot"):
        Path(root, folder).mkdir(mode=0o755)
    for tree in trees:
        _attach(tree, root, profile)
    for path, target in links.items():
        _room_for(root + path).symlink_to(target)
    for path, content in made.items():
        _room_for(root + path).write_bytes(content)
        Path(root + path).chmod(0o755 if content.startswith(b"#!") else 0o644)
    _furnish(root, profile)
    if proc:
        with suppress(OSError):
            mount_proc(root)
    for path in masked:
        _mask(root, path)
    os.chdir(root)
    syscalls.pivot_root(".", "oldroot")
    syscalls.umount("/oldroot")
    os.chdir("/")
    for folder in ("stage", "view", "oldroot"):
        Path("/", folder).rmdir()
    flags = syscalls.MS_REMOUNT | syscalls.MS_BIND | syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("", "/", "", flags)
    socket.sethostname("jail")


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
            refusing = seccomp.program(profile=profile, folder=level == "namespaces")
            self._asking, self._filter = map(syscalls.Filter, (seccomp.asking(refusing), refusing))
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
    ) -> int:
        """In the job: take away everything that it does not need, for good. What is refused is asked at what returns.

        That is a descriptor for `refusals`, or -1.
        """
        os.setsid()
        # Busy jobs must not keep those from their turn who watch them: a tree of programs least of all.
        os.nice(10 if self._profile == "tools" else 5)
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
        if self._level == "none":
            return -1
        for ruleset in self._rulesets:
            syscalls.landlock_restrict(ruleset)
        with suppress(OSError):
            return self._asking.supervise()
        self._filter.install()
        return -1

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


def _trees(shown: Mapping[str, str], profile: Profile, veiled: Sequence[str]) -> list[Tree]:
    syscalls.mount("", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    mounts = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    trees: list[Tree] = []
    for path, at in sorted(({path: path for path in _SYSTEM} | {**shown}).items(), key=itemgetter(1)):
        if not Path(path).exists() or any(Path(at).is_relative_to(tree.path) for tree in trees if tree.fd >= 0):
            continue
        target = Path(path).readlink() if Path(path).is_symlink() else None
        if target is not None and not target.is_absolute():
            trees.append(Tree(at, link=str(target)))
        elif profile == "tools" and Path(path).is_file():
            fd, name = _tree(str(Path(path).parent), _READ_ONLY), Path(path).name
            trees.append(Tree(at, fd, name=name, whole=True, veiled=at in veiled))
        else:
            parts = any(mount != path and Path(mount).is_relative_to(path) for mount in mounts)
            whole = Path(path).is_dir() and not parts
            trees.append(Tree(at, _tree(path, _READ_ONLY), whole=whole, veiled=whole and at in veiled))
    devices = syscalls.ATTR_NOSUID | syscalls.ATTR_NOEXEC
    trees += [Tree(path, _tree(path, devices)) for path in _DEVICES if Path(path).exists()]
    return trees


def _tree(path: str, attributes: int) -> int:
    fd = syscalls.open_tree(path)
    syscalls.mount_setattr(fd, attributes)
    return fd


def _attach(tree: Tree, root: str, profile: Profile) -> None:
    place = _room_for(root + tree.path)
    if tree.link:
        place.symlink_to(tree.link)
        return
    if os.path.isdir(tree.fd) and not tree.name:  # noqa: PTH112 - there is a descriptor, not a path
        place.mkdir(mode=0o755)
    else:
        place.touch()
    if profile == "tools" and tree.whole and (tree.name or not tree.veiled):
        _attach_own(tree, root, str(place))
    else:
        syscalls.move_mount(tree.fd, str(place))
    os.close(tree.fd)


def _attach_own(tree: Tree, root: str, place: str) -> None:
    """Attach the tree as a file system of the jail's own on top of the host's, where the kernel has it.

    The locks that programs take are then locks on its files, which nobody else sees; and the table of mounts does not
    tell where on the host they come from.
    """
    stage, view, empty = (f"{root}/{name}" for name in _STAGES)
    syscalls.move_mount(tree.fd, stage)
    flags = syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV
    with suppress(OSError):
        syscalls.mount("overlay", view, "overlay", flags, f"lowerdir={stage}:{empty}")
    seen = view if os.path.ismount(view) else stage
    if tree.name:
        fd = syscalls.open_tree(f"{seen}/{tree.name}")
        syscalls.move_mount(fd, place)
        os.close(fd)
        syscalls.umount(seen)
    else:
        syscalls.move_mount(seen, place)
    if seen == view:
        syscalls.umount(stage)


def _mask(root: str, path: str) -> None:
    """Have a folder, or a file, look empty."""
    if Path(root + path).is_dir():
        syscalls.mount("tmpfs", root + path, "tmpfs", syscalls.MS_RDONLY | syscalls.MS_NOSUID, "size=4k,mode=755")
    elif Path(root + path).exists():
        fd = _tree(f"{root}/etc/empty", _READ_ONLY)
        syscalls.move_mount(fd, root + path)
        os.close(fd)


def _room_for(path: str) -> Path:
    """`path`, in a folder that is there."""
    Path(path).parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return Path(path)


def _furnish(root: str, profile: Profile) -> None:
    place = scratch.place(profile)
    for folder in ("proc", "etc", place.lstrip("/")):
        Path(root, folder).mkdir(mode=0o755, parents=True, exist_ok=True)
    home = scratch.home(profile)
    Path(root, "etc/passwd").write_text(f"jail:x:1000:1000::{home}:/nonexistent\n")
    Path(root, "etc/group").write_text("jail:x:1000:\n")
    Path(root, "etc/empty").touch()
    Path(root + veil.PLACE).mkdir()
    if profile == "pure":
        Path(root, "tmp").mkdir(exist_ok=True)
        return
    for path, name in scratch.BESIDE.items():
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
