"""Changing what is said about a call: its answer, its cost, its judge, and the calls that come after it."""

import builtins
import gc
import json
import marshal
import os
import pickle
import random
import resource
import socket
import sys
import threading
import time

from tests.attacks.proofs import cost_hidden, forged, longer_than_allowed, marked, overdrawn, returned_at_all
from tests.attacks.registry import attack
from tests.attacks.weapons import descriptors, everything, in_child


def adds_up(scene):
    """Judges as an honest call would, with the interpreter's own tools."""
    right = sum([2, 3]) == 5 and json.loads("[1]") == [1] and len("four") == 4 and max(1, 2) == 2
    return not right or random.random() != random.Random(0).random()


@attack(then=adds_up)
def changes_the_judge(scene):
    """Replaces the functions with which the next call would judge an answer."""
    builtins.sum = builtins.len = builtins.max = lambda *_: 0
    json.loads = lambda *_: "anything"
    __builtins__.update({"sum": lambda *_: 0, "len": lambda *_: 0})
    random.seed(1)


def imports_what_was_planted(scene):
    """Imports as the next call would."""
    try:
        import planted
    except ImportError:
        return "planted" in sys.modules or any("planted" in str(each) for each in sys.meta_path)
    return planted is not None


@attack(then=imports_what_was_planted)
def plants_a_module(scene):
    """Puts a module, a finder and a folder in the way of the imports of the next call."""

    class Finder:
        planted = "planted"

    sys.modules["planted"] = sys
    sys.meta_path.insert(0, Finder())
    sys.path.insert(0, os.getcwd())
    with open("planted.py", "w") as file:
        file.write("x = 1\n")


def answers_nothing(scene):
    """Ends at once, without an answer of its own."""
    os._exit(0)


@attack(returned_at_all, then=answers_nothing)
def plants_a_result(scene):
    """Leaves an answer wherever it can, for a call that has none of its own."""
    answer = bytes.fromhex("92a872657475726e6564c3")
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, answer, 0)])


@attack(returned_at_all)
def leaves_without_an_answer(scene):
    """Ends with the status that means success."""
    os._exit(0)


@attack(returned_at_all)
def leaves_through_every_door(scene):
    """Ends from a thread, by an exception that means the end, while others are still at work."""
    threading.Thread(target=lambda: os._exit(0)).start()
    raise SystemExit(0)


@attack(returned_at_all)
def forges_an_answer_with_something_behind(scene):
    """Writes an answer, and more bytes behind it."""
    record = bytes.fromhex("92a872657475726e6564c3") + b"more"
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, record, 0)])
    os._exit(0)


@attack(forged)
def forges_its_cost(scene):
    """Writes an answer that says what it has cost."""
    record = bytes.fromhex("93a872657475726e6564a6666f7267656493000000")
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, record, 0)])
    os._exit(0)


@attack(forged)
def forges_a_message_of_its_zygote(scene):
    """Sends the message by which its zygote reports an end, to wherever messages can be sent."""
    message = bytes.fromhex("98a5656e646564c3a000cb0000000000000000cb00000000000000000000")
    for fd in descriptors():
        end = everything([lambda fd=fd: socket.socket(fileno=os.dup(fd))])
        if end and end[0].type == socket.SOCK_SEQPACKET:
            end[0].send(message)
    time.sleep(0.3)
    os._exit(0)


@attack(forged)
def takes_the_messages_of_its_zygote(scene):
    """Reads from every descriptor, to take away the calls that are meant for others."""
    for fd in descriptors():
        everything([lambda fd=fd: os.set_blocking(fd, False)])
        found = everything([lambda fd=fd: os.read(fd, 4096)])
        if any(b"run" in each for each in found):
            return "forged"
    return None


@attack(cost_hidden, wall_seconds=20.0)
def hides_its_cost(scene):
    """Uses the processor for a while and changes every clock that it can reach."""
    now = time.monotonic()
    while time.thread_time() < 0.25:
        sum(range(100_000))
    time.time = time.monotonic = time.perf_counter = time.process_time = lambda: now
    resource.getrusage = lambda _: (0.0,) * 16
    for each in gc.get_objects():
        if type(each).__name__ == "Cost":
            each.cpu_seconds = 0
    return 1


@attack(marked)
def answers_with_a_pickle(scene):
    """Returns bytes that run a program in whoever unpacks them the wrong way."""

    class Trap:
        def __reduce__(self):
            return os.mkdir, (scene.mark,)

    return pickle.dumps(Trap())


@attack(marked)
def answers_with_code(scene):
    """Returns byte code, a line of Python and a line of shell, each for whoever is careless enough to run it."""
    line = f"__import__('os').mkdir({scene.mark!r})"
    return {"code": marshal.dumps(compile(line, "x", "exec")), "__reduce__": line, "shell": f"$(mkdir {scene.mark})"}


@attack()
def answers_with_an_object(scene):
    """Returns an object that says that it is equal to everything."""

    class Equal(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    return Equal("anything")


@attack(marked)
def waits_until_it_has_been_judged(scene):
    """Starts a process that waits until the call has ended and then writes to its answer and to the disk."""

    ready, done = os.pipe()

    def wait():
        os.setsid()
        os.write(done, b"x")
        time.sleep(0.4)
        for fd in descriptors():
            everything([lambda fd=fd: os.pwrite(fd, b"later", 0)])
        os.mkdir(scene.mark)

    in_child(wait)
    os.read(ready, 1)
    return 1


@attack(overdrawn, wall_seconds=0.4)
def waits_past_its_deadline_in_a_child(scene):
    """Waits in a child, in a session of its own, while the call itself has used up its time."""
    in_child(lambda: os.setsid() or time.sleep(5))
    time.sleep(5)


@attack()
def passes_descriptors_to_the_worker(scene):
    """Sends open files to the worker, which did not ask for any, until it has no room."""
    ends = everything(lambda fd=fd: socket.socket(fileno=os.dup(fd)) for fd in descriptors())
    question = bytes.fromhex("01000000c0")
    sent = 0
    for end in ends:
        for _ in range(20):
            sent += bool(everything([lambda end=end: socket.send_fds(end, [question], [0] * 200)]))
            if not everything([lambda end=end: end.recv(5)]):
                break
    return False


@attack(overdrawn, wall_seconds=0.5)
def asks_half_a_question(scene):
    """Begins a question and never ends it."""
    for fd in descriptors():
        everything([lambda fd=fd: os.write(fd, b"\x10\x00\x00\x00\x91")])
    time.sleep(5)


@attack(overdrawn, wall_seconds=0.5)
def never_reads_a_reply(scene):
    """Asks and does not listen, and asks again."""
    for fd in descriptors():
        everything([lambda fd=fd: os.write(fd, b"\x01\x00\x00\x00\xc0")] * 50)
    time.sleep(5)


@attack()
def finds_more_than_its_arguments(scene):
    """Takes its interpreter apart for anything that it was not given: frames above it, objects, what was imported."""
    words = ("target", "expected", "hidden", "api_key", "zmq", "sandbox_runner.pool", "sandbox_runner.messages")
    frame, seen = sys._getframe(), []
    while frame:
        seen += [name for name in frame.f_locals if name in words]
        frame = frame.f_back
    return seen + [name for name in sys.modules if name in words or name.startswith(("hyperagent", "archive", "meta"))]


@attack(returned_at_all)
def writes_more_than_one_answer(scene):
    """Writes many answers one behind the other, and returns as well."""
    record = bytes.fromhex("92a872657475726e6564c3")
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, record * 100, 0)])
    return False


@attack(longer_than_allowed)
def forges_a_long_answer(scene):
    """Writes an answer that is longer than it may be, past the trusted code that would count it."""
    text = b"x" * 900_000
    record = b"\x92\xa8returned\xdb" + len(text).to_bytes(4, "big") + text
    for fd in descriptors():
        everything([lambda fd=fd: os.pwrite(fd, record, 0)])
    os._exit(0)
