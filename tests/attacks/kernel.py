"""Reaching parts of the kernel that a call has no use for: where a hole would be, if there is one.

Most of these are harmless by themselves. They count as successful when the call gets to its own code in the kernel,
whatever it then answers.
"""

import ctypes
import fcntl
import mmap
import os
import signal

from tests.attacks.registry import PURE, TOOLS, attack
from tests.attacks.weapons import (
    NEWCGROUP,
    NEWIPC,
    NEWNET,
    NEWNS,
    NEWPID,
    NEWUSER,
    NEWUTS,
    NUMBERS,
    REFUSALS,
    everything,
    first,
    libc,
    machine_code,
    raw,
    reaches,
)


@attack()
def sets_up_an_io_ring(scene):
    """Makes a queue through which the kernel opens files and sockets without any system call to filter."""
    return reaches("io_uring_setup", 4, ctypes.create_string_buffer(120))


@attack()
def loads_a_bpf_program(scene):
    """Hands the kernel a program to run, or asks it for a table to put one in."""
    table = (ctypes.c_uint32 * 32)(2, 4, 4, 1)
    return reaches("bpf", 0, table, 72) or reaches("bpf", 5, ctypes.create_string_buffer(120), 120)


@attack()
def counts_events_of_the_processor(scene):
    """Opens a counter of the processor, a source of holes and of side channels."""
    event = (ctypes.c_uint32 * 32)(1, 128)
    return reaches("perf_event_open", event, 0, -1, -1, 0)


@attack()
def handles_its_own_page_faults(scene):
    """Takes over page faults, which stops the kernel in the middle of what it does."""
    return reaches("userfaultfd", 1) or reaches("userfaultfd", 0)


@attack()
def opens_a_keyring(scene):
    """Joins a session of keys of its own, or looks into that of its user."""
    return reaches("keyctl", 1, 0) or reaches("keyctl", 6, -4, 0, 0)


@attack()
def unshares_a_user_namespace(scene):
    """Becomes root of a user namespace of its own, the door to most holes of the kernel."""
    return raw("unshare", NEWUSER) == 0


@attack()
def unshares_other_namespaces(scene):
    """Makes a namespace of each other kind."""
    kinds = (NEWNS, NEWPID, NEWNET, NEWIPC, NEWUTS, NEWCGROUP, 0x80)
    return everything(lambda kind=kind: raw("unshare", kind) + 1 for kind in kinds) != []


@attack()
def clones_into_a_user_namespace(scene):
    """Starts a process, and a thread, in a user namespace of its own by the old call."""
    flags = (NEWUSER | signal.SIGCHLD, NEWUSER | 0x00010F00, NEWUSER | NEWNS | NEWPID | signal.SIGCHLD)
    child = first(lambda flag=flag: raw("clone", flag, 0, 0, 0, 0) for flag in flags)
    return child > 0 or os._exit(0)


@attack()
def clones_into_a_user_namespace_by_a_structure(scene):
    """The same by the new call, whose flags no filter can see."""
    request = (ctypes.c_uint64 * 8)(NEWUSER | NEWNS, 0, 0, 0, signal.SIGCHLD)
    child = raw("clone3", ctypes.byref(request), 64)
    return child > 0 or os._exit(0)


@attack()
def enters_a_namespace(scene):
    """Enters a namespace of another process, or one of its own again."""
    kinds = ("user", "mnt", "net", "pid")
    paths = [f"/proc/{who}/ns/{kind}" for who in ("self", scene.host, os.getppid()) for kind in kinds]
    files = everything(lambda path=path: os.open(path, os.O_RDONLY) for path in paths)
    return any(reaches("setns", fd, 0) for fd in (*files, 0))


@attack(bare=False)
def mounts(scene):
    """Mounts an empty folder over its own and binds another."""
    empty = lambda: raw("mount", b"none", os.getcwd().encode(), b"tmpfs", 0, 0) + 1  # noqa: E731
    bound = lambda: raw("mount", b"/", os.getcwd().encode(), 0, 0x1000, 0) + 1  # noqa: E731
    return everything([empty, bound]) != []


@attack(bare=False)
def makes_its_root_writable(scene):
    """Mounts the root again, this time for writing."""
    return raw("mount", 0, b"/", 0, 0x1020, 0) == 0


@attack(bare=False)
def unmounts(scene):
    """Takes away what is mounted, to see what lies under it."""
    places = (b"/proc", b"/box/w", b"/lib", b"/usr/lib", b"/dev/null", b"/")
    return everything(lambda place=place: raw("umount2", place, 2) + 1 for place in places) != []


@attack(bare=False)
def mounts_by_the_new_calls(scene):
    """Opens a file system and a tree of mounts by the calls that old filters do not know."""
    return reaches("fsopen", b"tmpfs", 0) or reaches("open_tree", -100, b"/", 1)


@attack(bare=False)
def turns_the_root_around(scene):
    """Makes another folder the root."""
    return reaches("pivot_root", b".", b".") or reaches("chroot", b"/")


@attack(only=TOOLS)
def runs_a_setuid_program(scene):
    """Makes a copy of a program that would run as its owner, root above all, and runs it."""
    import shutil
    import subprocess

    shutil.copy(shutil.which("id") or "/usr/bin/id", "mine")
    everything([lambda: os.chmod("mine", 0o6755)])
    copied = subprocess.run(["./mine", "-u"], capture_output=True, text=True, check=False).stdout.strip()
    return copied not in ("", str(os.getuid())) or bool(os.stat("mine").st_mode & 0o6000)


@attack()
def becomes_root(scene):
    """Asks for the user 0, and for one more group."""
    return everything([lambda: raw("setuid", 0) + 1, lambda: os.setgroups([0]), lambda: os.setegid(0)]) != []


@attack()
def starts_with_rights(scene):
    """Looks for a capability that it was left, or a program could give it."""
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(header, data) == 0 and any(data):
        return True
    return libc.prctl(39, 0, 0, 0, 0) != 1


@attack()
def takes_back_its_rights(scene):
    """Sets all capabilities for itself, and for the programs that it starts."""
    header, data = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*[0xFFFFFFFF, 0xFFFFFFFF, 0] * 2)
    return libc.capset(header, data) == 0 or libc.prctl(47, 2, 21, 0, 0) == 0


@attack()
def changes_its_personality(scene):
    """Turns off the protections of its memory."""
    return reaches("personality", 0x0440000)


@attack(machine="x86_64")
def forks_in_32_bits(scene):
    """Makes a system call by the 32-bit door, where number 2 is `fork` and not `open`."""
    child = machine_code(bytes.fromhex("53 b802000000 cd80 5b c3"))
    return child > 0 or (child == 0 and os._exit(0))


@attack(machine="x86_64")
def opens_a_socket_in_32_bits(scene):
    """Opens a socket by the 32-bit door, where number 359 is `socket`."""
    code = "53 b867010000 bb01000000 b901000000 31d2 cd80 5b c3"
    return machine_code(bytes.fromhex(code)) >= 0


@attack(machine="x86_64")
def calls_by_x32_numbers(scene):
    """Adds the bit that marks the calls of the third interface, which a list of plain numbers does not know."""
    return any(reaches(0x40000000 | NUMBERS[name][0], 0, 0, 0, 0) for name in ("fork", "ptrace", "socket", "unshare"))


@attack(machine="x86_64")
def changes_its_segments(scene):
    """Installs a segment of its own, or asks for the ports of the machine."""
    return reaches("modify_ldt", 1, ctypes.create_string_buffer(16), 16) or reaches(172, 0) or reaches(173, 0, 1, 0)


@attack()
def loads_a_module(scene):
    """Hands the kernel a module, or takes one away."""
    tries = (("init_module", 0, 0, b""), ("finit_module", 0, b"", 0), ("delete_module", b"no-such-module", 0o4000))
    return any(reaches(*each) for each in tries)


@attack()
def restarts_the_machine(scene):
    """Asks for a restart with a wrong signature, and for another kernel of no size."""
    return reaches("reboot", 1, 2, 3, 0) or reaches("kexec_load", 0, 1 << 30, 0, 1 << 30)


@attack()
def sets_the_clock(scene):
    """Sets the clock of the machine to a time that cannot be."""
    wrong = (ctypes.c_long * 2)(-1, -1)
    return reaches("clock_settime", 0, wrong) or reaches("settimeofday", wrong, 0)


@attack()
def asks_for_the_drift_of_the_clock(scene):
    """Reads how the clock is corrected, by the call that also sets it."""
    return reaches("adjtimex", ctypes.create_string_buffer(300))


@attack()
def renames_the_machine(scene):
    """Gives the machine a name that is too long."""
    return reaches("sethostname", b"x" * 100, 1_000)


@attack()
def switches_on_accounts_and_swap(scene):
    """Turns on what only the owner of a machine may."""
    return any(
        reaches(*each)
        for each in (("acct", b"/no/such/file"), ("swapon", b"/no/such/file", 0), ("quotactl", 0, 0, 0, 0))
    )


@attack()
def watches_files(scene):
    """Asks to be told what happens to files that all use."""
    return reaches("inotify_init1", 0) or reaches("fanotify_init", 0, 0)


@attack()
def makes_its_own_filter(scene):
    """Installs a filter that hands system calls to somebody else, and a second ruleset."""
    return reaches("seccomp", 2, 0, ctypes.byref(ctypes.c_uint32(0x7FC00000))) or reaches(
        "landlock_create_ruleset", 0, 0, 1
    )


@attack()
def compares_kernel_objects(scene):
    """Compares the addresses of the kernel's objects, and moves pages between nodes of memory."""
    return reaches("kcmp", os.getpid(), os.getpid(), 0, 0, 1) or reaches("move_pages", 0, 0, 0, 0, 0, 0)


@attack()
def hides_memory(scene):
    """Makes memory that not even the kernel can read, and locks its own."""
    return reaches("memfd_secret", 0) or reaches("mlockall", 4)


@attack()
def opens_queues_and_semaphores(scene):
    """Makes a set of semaphores and a queue with a name: each is a table in the kernel."""
    return reaches("semget", 0, 1, 0o600) or reaches("mq_open", b"attack", 0o100, 0o600, 0)


@attack(only=PURE)
def makes_a_timer(scene):
    """Makes a timer, which is memory of the kernel."""
    timer = ctypes.c_int()
    return reaches("timer_create", 1, 0, ctypes.byref(timer))


@attack()
def splices_pages(scene):
    """Moves pages of memory into a pipe, the tool of more than one famous hole."""
    _, into = os.pipe()
    vector = (ctypes.c_uint64 * 2)(ctypes.addressof(ctypes.create_string_buffer(16)), 16)
    return reaches("vmsplice", into, vector, 1, 0)


@attack()
def types_for_the_user(scene):
    """Puts characters into the input of a terminal, as if its user had typed them."""
    return any(
        everything(lambda fd=fd, do=do: fcntl.ioctl(fd, do, b"x") == 0 for fd in range(8) for do in (0x5412, 0x541C))
    )


@attack()
def changes_its_memory_map(scene):
    """Tells the kernel a wrong picture of where its program and its data lie."""
    return libc.prctl(35, 8, mmap.PAGESIZE, 0, 0) == 0 or ctypes.get_errno() not in REFUSALS


@attack(only=PURE)
def lets_others_look_into_it(scene):
    """Allows others of the same user to trace it."""
    return libc.prctl(4, 1, 0, 0, 0) == 0


@attack()
def asks_for_more_priority_on_the_disk(scene):
    """Asks for the first place in the queue of the disk, and for a deadline of its own."""
    return reaches("ioprio_set", 1, 0, (1 << 13) | 4) or reaches("sched_setattr", 0, 0, 0)


@attack()
def calls_numbers_that_are_not_known(scene):
    """Tries every number that came after the list was written."""
    return [number for number in range(451, 600) if reaches(number, 0, 0, 0, 0, 0, 0)]
