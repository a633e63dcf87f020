"""Starting processes, outliving the call, and laying hands on the processes of others."""

import ctypes
import fcntl
import os
import pty
import resource
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from tests.attacks.proofs import marked, more_than, returned_at_all, victim_hurt
from tests.attacks.registry import PURE, TOOLS, attack
from tests.attacks.weapons import everything, first, in_child, libc, raw, reaches

# A call may have 64 processes and threads.
_CROWD = 80


@attack(only=PURE)
def forks(scene):
    """Starts a second process."""
    return in_child(lambda: time.sleep(0.1)) > 0


@attack(only=PURE)
def forks_by_number(scene):
    """Starts a second process by the bare system calls, past the C library."""
    child = first(lambda call=call: raw(*call) for call in (("fork",), ("clone", 17, 0, 0, 0, 0)))
    return child > 0 or os._exit(0)


@attack(only=PURE)
def forks_by_a_structure(scene):
    """Starts a second process by the call that takes its flags in memory, where no filter looks."""
    request = (ctypes.c_uint64 * 8)(0, 0, 0, 0, signal.SIGCHLD)
    child = raw("clone3", ctypes.byref(request), 64)
    return child > 0 or os._exit(0)


@attack(only=PURE)
def spawns(scene):
    """Starts a program by each of the interpreter's ways."""
    program = [sys.executable, "-S", "-c", "pass"]
    ways = (
        lambda: os.posix_spawn(program[0], program, {}),
        lambda: subprocess.Popen(program).pid,
        lambda: os.spawnv(os.P_NOWAIT, program[0], program),
        lambda: pty.fork()[0] or os._exit(0),
        lambda: os.system("true") == 0,
    )
    return any(everything(ways))


@attack(returned_at_all, only=PURE)
def becomes_another_program(scene):
    """Becomes a fresh interpreter, which knows nothing of counted steps, and leaves an answer from there."""
    for fd in range(3, 64):
        everything([lambda fd=fd: os.set_inheritable(fd, True)])
    answer = "bytes.fromhex('92a872657475726e6564c3')"
    script = f"import os\nfor fd in range(3, 64):\n try: os.pwrite(fd, {answer}, 0)\n except OSError: pass"
    os.execv(sys.executable, [sys.executable, "-S", "-c", script])


@attack()
def becomes_a_program_in_memory(scene):
    """Runs a program that has never been on any disk."""
    program = raw("memfd_create", b"program", 0)
    names = [at + name for at in ("/lib64/", "/lib/") for name in os.listdir(at) if name.startswith("ld-linux")]
    with open(names[0], "rb") as source:
        os.write(program, source.read())
    _, status = os.waitpid(in_child(lambda: os.execve(program, ["program", "--version"], {})), 0)
    return status == 0


@attack(more_than(_CROWD), wall_seconds=10.0)
def throws_a_fork_bomb(scene):
    """Forks until it is refused."""
    made = 0
    try:
        while made < 200:
            in_child(lambda: time.sleep(1.2))
            made += 1
    except OSError:
        pass
    return made


@attack(more_than(_CROWD), wall_seconds=10.0)
def starts_threads_without_end(scene):
    """Starts threads and threads."""
    threading.stack_size(1 << 15)
    made = 0
    try:
        while made < 200:
            threading.Thread(target=time.sleep, args=(8.0,), daemon=True).start()
            made += 1
    except RuntimeError:
        pass
    return made


@attack(marked)
def leaves_an_orphan(scene):
    """Forks twice, so that the second process has lost its parent, and waits there for the call to be over."""
    ready, done = os.pipe()

    def live_on():
        os.write(done, b"x")
        time.sleep(0.3)
        everything([lambda: open(scene.mark, "w").close()])
        time.sleep(5)

    in_child(lambda: in_child(live_on))
    os.read(ready, 1)


@attack(marked)
def leaves_a_demon(scene):
    """Starts a process in a session of its own that ignores every signal it can."""

    ready, done = os.pipe()

    def live_on():
        os.setsid()
        for number in set(range(1, 65)) - {signal.SIGKILL, signal.SIGSTOP, 32, 33}:
            signal.signal(number, signal.SIG_IGN)
        os.write(done, b"x")
        time.sleep(0.3)
        everything([lambda: open(scene.mark, "w").close()])
        time.sleep(5)

    in_child(live_on)
    os.read(ready, 1)


@attack(marked, only=TOOLS)
def leaves_a_program(scene):
    """Starts a program in the background and exits at once."""
    with open("/bin/sleep", "rb") as source, open(scene.tag, "wb") as program:
        program.write(source.read())
    os.chmod(scene.tag, 0o755)
    subprocess.Popen([f"./{scene.tag}", "5"], start_new_session=True)
    os._exit(0)


@attack(wall_seconds=0.3)
def ignores_all_signals(scene):
    """Blocks every signal and waits past its time."""
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    time.sleep(20)


@attack(wall_seconds=0.3)
def stops_itself(scene):
    """Stops itself, as a terminal would, so that no code of it runs that could be interrupted."""
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(20)


@attack(wall_seconds=0.3)
def waits_for_a_stopped_child(scene):
    """Waits for a child that does not run, with its signals blocked."""
    child = in_child(lambda: os.kill(os.getpid(), signal.SIGSTOP) or time.sleep(20))
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    os.waitpid(child, 0)


@attack(victim=True)
def traces_a_process(scene):
    """Takes control of another process as a debugger would."""
    for pid in (scene.victim, os.getppid(), 1 if os.getpid() != 1 else 0):
        for request in (16, 0x4206):
            if pid and everything([lambda pid=pid, request=request: raw("ptrace", request, pid, 0, 0) + 1]):
                return True
    return False


@attack()
def lets_itself_be_traced(scene):
    """Asks to be traced, which changes how its death is reported."""
    return raw("ptrace", 0, 0, 0, 0) == 0


@attack(victim=True)
def reads_the_memory_of_a_process(scene):
    """Copies memory from another process by one call."""
    buffer = ctypes.create_string_buffer(16)
    vector = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), 16)
    pids = (scene.victim, scene.host, os.getppid())
    return any(reaches("process_vm_readv", pid, vector, 1, vector, 1, 0) for pid in pids if pid)


@attack(victim=True)
def writes_the_memory_of_a_process(scene):
    """Copies memory into another process by one call."""
    vector = (ctypes.c_uint64 * 2)(4096, 16)
    return any(reaches("process_vm_writev", pid, vector, 1, vector, 1, 0) for pid in (scene.victim, scene.host))


@attack(victim=True)
def steals_a_descriptor(scene):
    """Takes a copy of a descriptor out of another process."""
    return raw("pidfd_getfd", raw("pidfd_open", scene.victim, 0), 0, 0) > 0


@attack(victim_hurt, victim=True)
def kills_a_process(scene):
    """Kills another process of the host by its number."""
    os.kill(scene.victim, signal.SIGKILL)


@attack(victim_hurt, victim=True)
def kills_a_process_by_other_calls(scene):
    """Kills it by the calls that nobody thinks of."""
    info = struct.pack("3i", signal.SIGKILL, 0, -1) + bytes(116)
    everything([
        lambda: raw("tkill", scene.victim, 9),
        lambda: raw("tgkill", scene.victim, scene.victim, 9),
        lambda: raw("rt_sigqueueinfo", scene.victim, 9, info),
        lambda: raw("pidfd_send_signal", raw("pidfd_open", scene.victim, 0), 9, 0, 0),
    ])  # fmt: skip


@attack(victim_hurt, victim=True)
def has_the_kernel_send_a_signal(scene):
    """Makes another process the owner of a socket, whose news the kernel then signals to it."""
    one, other = socket.socketpair()
    fcntl.fcntl(one, 8, scene.victim)
    fcntl.fcntl(one, 10, signal.SIGKILL)
    fcntl.fcntl(one, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    other.send(b"x")


@attack(bare=False)
def kills_its_parent(scene):
    """Kills the process that measures its time."""
    everything([lambda: os.kill(os.getppid(), signal.SIGKILL)])


@attack(victim_hurt, victim=True, bare=False)
def kills_everything(scene):
    """Kills whatever it may, and its own group."""
    everything([lambda: os.kill(-1, signal.SIGKILL), lambda: os.kill(0, signal.SIGKILL)])


@attack(victim_hurt, victim=True)
def slows_a_process_down(scene):
    """Lowers the priority of another process, and ties it to one processor."""
    everything([
        lambda: os.setpriority(os.PRIO_PROCESS, scene.victim, 19),
        lambda: os.sched_setaffinity(scene.victim, {0}),
    ])  # fmt: skip


@attack(victim_hurt, victim=True)
def limits_a_process(scene):
    """Sets the limits of another process so low that it cannot go on."""
    resource.prlimit(scene.victim, resource.RLIMIT_NOFILE, (1, 1))


@attack()
def takes_precedence(scene):
    """Gives itself a priority above all others."""
    everything([lambda: os.nice(-5)])
    everything([lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))])
    return os.nice(0) < 0 or os.sched_getscheduler(0) == os.SCHED_FIFO


@attack()
def raises_its_limits(scene):
    """Raises the limits that it was given, by the interpreter and by the bare call."""
    kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE)
    before = [resource.getrlimit(kind) for kind in kinds]
    for kind in kinds:
        for new in (-1, before[0][1] * 2):
            everything([lambda kind=kind, new=new: resource.setrlimit(kind, (new, new))])
    return [resource.getrlimit(kind) for kind in kinds] != before


@attack()
def survives_its_parent(scene):
    """Takes back that it dies with its parent."""
    return libc.prctl(1, 0, 0, 0, 0) == 0
