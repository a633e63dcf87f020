"""Using up what all have to share, or making the host use it up."""

import ctypes
import fcntl
import gc
import mmap
import os
import re
import resource
import signal
import socket
import sys
import threading
import time

from tests.attacks.proofs import longer_than_allowed, more_than, overdrawn
from tests.attacks.registry import TOOLS, attack
from tests.attacks.weapons import descriptors, everything, in_child, libc, mapped, raw

# A call may use 64 MiB; see `registry.SMALL`.
_MEMORY = 128 << 20


@attack(overdrawn, steps=200_000)
def loops_for_ever(scene):
    """Loops in plain sight."""
    while True:
        pass


@attack(overdrawn, steps=200_000)
def catches_its_end(scene):
    """Loops, and catches whatever would end it."""
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


@attack(overdrawn, wall_seconds=0.5)
def stops_the_counting(scene):
    """Puts a tick that does not count in the place of the one that does, and loops."""
    __builtins__["__tick__"] = object
    while True:
        pass


@attack(overdrawn, slow=True, wall_seconds=6.0)
def winds_the_counter_back(scene):
    """Looks for the counter in memory and gives it the face of a fresh one, and loops."""
    for each in gc.get_objects():
        if type(each).__name__ == "Counter" and hasattr(each, "spent"):
            fresh = type(each)(1 << 60)
            __builtins__["__tick__"] = fresh.tick
    while True:
        pass


@attack(overdrawn, wall_seconds=0.5)
def loops_in_c(scene):
    """Adds numbers where no step is counted and no signal is looked at."""
    return sum(range(10**13))


@attack(overdrawn, wall_seconds=0.5)
def matches_for_ever(scene):
    """Matches an expression that goes back and forth."""
    return re.match(r"(a+)+$", "a" * 64 + "b")


@attack(overdrawn, wall_seconds=0.5)
def raises_to_a_power(scene):
    """Makes a number of many digits, and its text."""
    sys.set_int_max_str_digits(0)
    return len(str(7 ** (10**8)))


@attack(slow=True, wall_seconds=60.0)
def ignores_the_end_of_its_time(scene):
    """Ignores the signal that says that the processor's time is up, and uses twice as much."""
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while time.process_time() < 2.2:
        sum(range(100_000))
    return True


@attack(overdrawn, wall_seconds=0.5)
def loops_in_many_threads(scene):
    """Uses several processors at once."""
    data = bytes(1 << 20)
    for _ in range(4):
        threading.Thread(target=lambda: [hash(data + b"x") for _ in range(10**9)], daemon=True).start()
    time.sleep(20)


@attack(overdrawn, wall_seconds=0.5)
def loops_in_its_own_description(scene):
    """Raises an exception whose text is never finished."""

    class Endless(Exception):
        def __str__(self):
            return str(sum(range(10**13)))

    raise Endless


@attack(overdrawn, wall_seconds=0.5)
def sleeps(scene):
    """Does nothing for a long time."""
    time.sleep(30)


@attack(overdrawn, wall_seconds=0.5)
def lives_on_in_a_thread(scene):
    """Returns, and leaves a thread that does not end."""
    threading.Thread(target=time.sleep, args=(30,)).start()
    return 1


@attack(overdrawn, wall_seconds=0.5)
def lives_on_in_its_clean_up(scene):
    """Returns, and wants to be asked before the interpreter ends."""
    import atexit

    atexit.register(time.sleep, 30)
    sys.last_words = type("Last", (), {"__del__": lambda self: time.sleep(30)})()
    return 1


@attack(overdrawn)
def makes_a_list(scene):
    """Makes a list that grows for ever."""
    kept = []
    while len(kept) < 400:
        kept.append(bytearray(b"x") * (1 << 20))


@attack(overdrawn)
def makes_one_large_object(scene):
    """Asks for all of it at once."""
    return len(bytearray(b"x") * (400 << 20))


@attack(more_than(_MEMORY))
def maps_private_memory(scene):
    """Maps memory of its own, past the allocator."""
    return len(mapped(mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)) << 22


@attack(more_than(_MEMORY))
def maps_shared_memory(scene):
    """Maps memory that it could share, which counts as a file and not as data."""
    return len(mapped(mmap.MAP_SHARED | mmap.MAP_ANONYMOUS)) << 22


@attack(more_than(_MEMORY))
def moves_the_end_of_its_data(scene):
    """Asks the kernel for a larger heap, step by step."""
    grown = 0
    while grown < 200 << 20 and libc.sbrk(ctypes.c_long(1 << 22)) > 0:
        grown += 1 << 22
        ctypes.memset(libc.sbrk(0) - (1 << 22), 1, 1 << 22)
    return grown


@attack(more_than(_MEMORY))
def fills_files_without_a_name(scene):
    """Writes to files in memory that count against nobody."""
    written = 0
    for _ in range(50):
        file = raw("memfd_create", b"hidden", 0)
        written += sum(everything(lambda at=at: os.pwrite(file, bytes(1 << 20), at << 20) for at in range(4)))
    return written


@attack(more_than(16 << 20))
def fills_pipes(scene):
    """Fills pipes that nobody empties, each as large as the kernel makes it."""
    written = 0
    for _ in range(100):
        ends = everything([os.pipe])
        if not ends:
            break
        out = ends[0][1]
        everything([lambda: fcntl.fcntl(out, 1031, 1 << 20)])
        os.set_blocking(out, False)
        written += sum(everything(lambda: os.write(out, bytes(1 << 16)) for _ in range(16)))
    return written


@attack(more_than(64 << 20), wall_seconds=5.0)
def fills_sockets(scene):
    """Fills pairs of sockets that nobody empties."""
    written, kept = 0, []
    while written < 100 << 20:
        pairs = everything([socket.socketpair])
        if not pairs:
            break
        mine = pairs[0][0]
        mine.setblocking(False)
        everything([lambda: mine.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)])
        written += sum(everything(lambda: mine.send(bytes(1 << 16)) for _ in range(40)))
        kept += pairs
    return written


@attack(more_than(_MEMORY), only=TOOLS)
def shares_the_work_of_filling_memory(scene):
    """Uses a little less than it may in each of many processes."""
    ready, done = os.pipe()

    def fill():
        held = bytearray(b"x") * (40 << 20)
        os.write(done, b"x")
        time.sleep(1)
        return held

    for _ in range(12):
        in_child(fill)
    os.set_blocking(ready, False)
    time.sleep(0.8)
    return sum(map(len, everything([lambda: os.read(ready, 10)]))) * (40 << 20)


@attack(only=TOOLS, wall_seconds=60.0)
def shares_the_work_of_looping(scene):
    """Uses a little less time than it may in each of several processes."""

    def work():
        while time.process_time() < 0.8:
            sum(range(100_000))

    for child in [in_child(work) for _ in range(3)]:
        os.waitpid(child, 0)
    return True


@attack(more_than(300))
def opens_files_without_end(scene):
    """Opens files until it is refused."""
    everything(lambda: os.dup(0) for _ in range(2_000))
    return len(descriptors())


@attack(more_than(4 << 20))
def floods_its_answer(scene):
    """Writes to the file of its answer until it is full."""
    largest = 0
    for fd in descriptors():
        everything(lambda fd=fd, at=at: os.pwrite(fd, bytes(1 << 20), at << 20) for at in range(16))
        largest = max(largest, os.fstat(fd).st_size)
        everything([lambda fd=fd: os.ftruncate(fd, 0)])
    return largest


@attack(more_than(4 << 20))
def stretches_its_answer(scene):
    """Makes the file of its answer a terabyte long, with nothing in it."""
    everything(lambda fd=fd: os.ftruncate(fd, 1 << 40) for fd in descriptors())
    longest = max(os.fstat(fd).st_size for fd in descriptors())
    everything(lambda fd=fd: os.ftruncate(fd, 0) for fd in descriptors())
    return longest


@attack(overdrawn, wall_seconds=0.5)
def floods_the_output(scene):
    """Prints long lines without end."""
    line = "x" * 100_000
    while True:
        print(line)


@attack(overdrawn, wall_seconds=0.5)
def floods_the_host_with_questions(scene):
    """Asks its host as fast as it can."""
    while True:
        scene.api.ask("why?")


@attack(longer_than_allowed)
def answers_at_length(scene):
    """Returns more than an answer may hold."""
    return ["x" * 1_000] * 1_000


@attack(overdrawn)
def answers_with_empty_lists(scene):
    """Returns a short answer that is large once it is unpacked."""
    return [[]] * 60_000


@attack(overdrawn)
def unpacks_a_bomb(scene):
    """Unpacks a small text that is all zeros and very long."""
    import zlib

    packer = zlib.compressobj(1)
    small = b"".join(packer.compress(bytes(1 << 20)) for _ in range(120)) + packer.flush()
    return len(zlib.decompress(small))


@attack(overdrawn, wall_seconds=1.0)
def calls_itself_for_ever(scene):
    """Uses up the stack, with the interpreter's own limit taken away."""
    sys.setrecursionlimit(10**9)

    def deeper(depth):
        return deeper(depth + 1)

    return deeper(0)


@attack(overdrawn)
def nests_too_deep(scene):
    """Has the interpreter's parser, its printing and its clean-up meet a structure without end."""
    sys.setrecursionlimit(10**6)
    tower = []
    for _ in range(200_000):
        tower = [tower]
    return len(repr(tower)) + len(str(compile("(" * 50_000 + ")" * 50_000, "x", "eval")))


@attack(overdrawn)
def crashes(scene):
    """Reads where nothing is, and has the rest of its memory written to a file."""
    everything([lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))])
    return ctypes.string_at(0)


@attack(overdrawn, wall_seconds=0.5)
def storms_with_timers(scene):
    """Has itself interrupted as often as the kernel can."""
    signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)
    return sum(range(10**13))
