"""The layers tried for real, each in a process of its own that is thrown away. Run by `probes`, as a program.

A trial passes only if the wall holds afterwards: that a call succeeded proves nothing in a container that fakes it.
"""

import contextlib
import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import signal
import socket
import stat
import sys
from collections.abc import Callable
from pathlib import Path

from sandbox_runner import jail, landlock, scratch, seccomp, syscalls

_OUTSIDE = "/etc/passwd"


def main() -> None:
    """Write to standard output what came of each trial: whether it passed, and a remark or why it failed."""
    sys.stdout.write(json.dumps({name: _attempt(trial) for name, trial in _TRIALS.items()}))


def _user() -> None:
    _enter(0)
    _expect(os.getuid() == 1000, "still the user of outside")


def _mount() -> None:
    before = Path("/tmp").stat().st_dev
    _enter(syscalls.NEWNS)
    syscalls.mount("tmpfs", "/tmp", "tmpfs", syscalls.MS_NOSUID, "size=4k")
    _expect(Path("/tmp").stat().st_dev != before, "what was mounted is not there")


def _pid() -> None:
    outside = os.getpid()
    _enter(syscalls.NEWPID)
    _in_child(lambda: _expect(os.getpid() == 1 and not _exists(outside), "other processes are in sight"))


def _network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _enter(syscalls.NEWNET)
        names = [name for _, name in socket.if_nameindex()]
        _expect(names == ["lo"], f"the host's network is still there: {', '.join(names)}")
        _expect(_refused(lambda: socket.create_connection(server.getsockname(), 1.0)), "the host could be reached")


def _ipc() -> None:
    """A queue of messages that exists outside is not to be found inside."""
    libc = ctypes.CDLL(None)
    queue = libc.msgget(0, 0o1600)
    try:
        _in_child(lambda: _expect_no_queue(libc, queue))
    finally:
        libc.msgctl(queue, 0, None)


def _expect_no_queue(libc: ctypes.CDLL, queue: int) -> None:
    _enter(syscalls.NEWIPC)
    _expect(libc.msgctl(queue, 2, ctypes.create_string_buffer(512)) == -1, "a queue of outside could be looked at")


def _uts() -> None:
    _enter(syscalls.NEWUTS)
    socket.sethostname("jail")
    _expect(os.uname().nodename == "jail", "the name of the host was not changed")


def _namespaces() -> None:
    trees = jail.leave_host({}, os.getpid() % 50_000)
    _in_child(lambda: _inside(trees))


def _inside(trees: list[jail.Tree]) -> None:
    syscalls.unshare(syscalls.NEWNS)
    jail.build_root(trees, [])
    _expect(os.getpid() == 1, "not pid 1 of a new pid namespace")
    _expect(not Path("/sys").exists(), "the host's files are still there")
    _expect([name for _, name in socket.if_nameindex()] == ["lo"], "the host's network is still there")
    _expect(_refused(lambda: Path("/new").touch()), "the root can be written to")
    scratch.enter(scratch.made("pure", 8192, 2), "pure")
    Path("small").write_bytes(b"x")
    _expect(_refused(lambda: Path("large").write_bytes(bytes(1 << 20))), "the private folder has no limit")


def _programs() -> None:
    trees = jail.leave_host({}, os.getpid() % 50_000, "tools")
    _in_child(lambda: _inside_for_programs(trees))


def _inside_for_programs(trees: list[jail.Tree]) -> None:
    syscalls.unshare(syscalls.NEWNS)
    jail.build_root(trees, [], "tools")
    syscalls.unshare(syscalls.NEWPID)
    _in_child(_in_a_proc_of_its_own)


def _in_a_proc_of_its_own() -> None:
    syscalls.unshare(syscalls.NEWNS)
    jail.mount_proc()
    found = sorted(path.name for path in Path("/proc").iterdir())
    _expect(found == ["1", "self", "thread-self"], f"/proc shows {', '.join(found)}")


def _overlays() -> None:
    _enter(syscalls.NEWNS)
    syscalls.mount("tmpfs", "/tmp", "tmpfs", syscalls.MS_NOSUID, "size=64k")
    own, hidden, view = Path("/tmp/own"), Path("/tmp/hidden"), Path("/tmp/view")
    for folder in (own, hidden, view):
        folder.mkdir()
    for name in ("shown", "secret"):
        (own / name).touch()
    os.mknod(hidden / "secret", stat.S_IFCHR)
    syscalls.mount("overlay", str(view), "overlay", syscalls.MS_RDONLY, f"lowerdir={hidden}:{own}")
    _expect([path.name for path in view.iterdir()] == ["shown"], "the file is still there")


def _landlock() -> str:
    ruleset = landlock.ruleset(["/usr/lib", "/lib"], [], ["/dev/null"])
    syscalls.no_new_privileges()
    syscalls.landlock_restrict(ruleset)
    _expect(_refused(lambda: os.open(_OUTSIDE, os.O_RDONLY)), "a file outside could be opened")
    return f"ABI {syscalls.landlock_abi()}"


def _seccomp() -> None:
    syscalls.no_new_privileges()
    syscalls.Filter(seccomp.program()).install()
    _expect(_refused(_fork), "a process could be started")
    _expect(_refused(socket.socket), "a socket could be made")


def _other_entries() -> str:
    if platform.machine() != "x86_64":
        return f"{platform.machine()} has no other way in that a list of numbers would not cover"
    _in_child(_by_x32)
    status = _status(_by_int_80)
    _expect(status in (-signal.SIGSYS, -signal.SIGSEGV), f"a 32-bit call came back (exit status {status})")
    return ""


def _filtered() -> None:
    syscalls.no_new_privileges()
    syscalls.Filter(seccomp.program()).install()


def _by_x32() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    _filtered()
    result = libc.syscall(ctypes.c_long(0x40000000 + 39))
    _expect(result == -1 and ctypes.get_errno() == errno.ENOSYS, "an x32 call was let through")


def _by_int_80() -> None:
    """mov eax, 20 (getpid); int 0x80; ret."""
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    resource.setrlimit(resource.RLIMIT_CORE, (1, 1))
    _filtered()
    call()


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (512 << 20, 512 << 20))
    _expect(_refused(lambda: bytearray(1 << 30)), "more memory than the limit could be had")
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    file = os.memfd_create("trial")
    _expect(_refused(lambda: os.pwrite(file, b"x", 4096)), "a file could grow beyond its limit")
    resource.setrlimit(resource.RLIMIT_NOFILE, (file + 1, file + 1))
    _expect(_refused(lambda: os.dup(file)), "more descriptors than the limit could be had")


def _privileges() -> None:
    syscalls.no_new_privileges()
    _expect(_status_line("NoNewPrivs") == "1", "it was set and is not there")


def _capabilities() -> None:
    with contextlib.suppress(OSError):
        # There all capabilities are to be had, for whoever it is.
        _enter(syscalls.NEWUTS)
    syscalls.no_new_privileges()
    syscalls.drop_capabilities()
    left = [name for name in ("CapEff", "CapPrm", "CapInh", "CapAmb") if int(_status_line(name), 16)]
    _expect(not left, f"capabilities are left: {', '.join(left)}")
    _expect(_refused(lambda: socket.sethostname("jail")), "the name of the host could be changed without any")


def _pidfd() -> None:
    pid = os.fork()
    if pid == 0:
        signal.pause()
    signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
    _expect(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL, "a process outlived its killing")


_TRIALS: dict[str, Callable[[], str | None]] = {
    "user": _user,
    "mount": _mount,
    "pid": _pid,
    "network": _network,
    "ipc": _ipc,
    "uts": _uts,
    "namespaces": _namespaces,
    "programs": _programs,
    "overlays": _overlays,
    "landlock": _landlock,
    "seccomp": _seccomp,
    "other entries": _other_entries,
    "limits": _limits,
    "privileges": _privileges,
    "capabilities": _capabilities,
    "pidfd": _pidfd,
}


def _attempt(trial: Callable[[], str | None]) -> tuple[bool, str]:
    """Whether `trial` passed in a process of its own, and its remark or complaint."""
    words, out = os.pipe()
    status = _status(lambda: _report(trial, out))
    os.close(out)
    text = os.read(words, 4_000).decode(errors="replace").strip()
    os.close(words)
    return status == 0, text.partition("\n")[0] or (f"exit status {status}" if status else "")


def _report(trial: Callable[[], str | None], out: int) -> None:
    """Run the trial and say what came of it; the process ends with the complaint if there is one."""
    try:
        remark = trial()
    except (OSError, AssertionError, KeyError) as error:
        os.write(out, f"{error}\n".encode())
        os._exit(1)
    os.write(out, (remark or "").encode())


def _in_child(act: Callable[[], object]) -> None:
    """Have it done by a child; its complaint is ours."""
    passed, words = _attempt(lambda: (act(), None)[1])
    _expect(passed, words)


def _status(act: Callable[[], object]) -> int:
    """The exit status of a child that does it; minus the number of a signal."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
            os._exit(0)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _enter(kinds: int) -> None:
    """Leave for a new user namespace and others with it."""
    uid, gid = os.geteuid(), os.getegid()
    syscalls.unshare(syscalls.NEWUSER | kinds)
    jail.map_user(uid, gid)


def _status_line(name: str) -> str:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next((line.split()[1] for line in lines if line.startswith(f"{name}:")), "0")


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except (OSError, MemoryError):
        return True
    return False


def _expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)
