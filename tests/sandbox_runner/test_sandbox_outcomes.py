"""How calls end: honest, crashing, hanging, lying and greedy ones, each run for real."""

import marshal
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox_runner import Call, Killed, Limits, Module, Outcome, Plain, Pool, Raised, Returned, TimedOut, steps

Run = Callable[..., Outcome]
SMALL = Limits(wall_seconds=5.0, cpu_seconds=1, memory_bytes=64 << 20, answer_bytes=1 << 16, file_bytes=1 << 16)


def ended(pool: Pool, call: Call) -> Outcome:
    job = pool.submit(call)
    [done] = pool.wait(60.0)
    assert done.job == job
    assert not hasattr(done, "question")
    return done.outcome  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "value",
    [None, True, -(2**63), 2**64 - 1, 0.5, math.inf, "ä\0", b"\xff", [], [1, [2, "x"]], {"a": {"b": [None]}}],
    ids=str,
)
def test_plain_data_comes_back_as_it_went_in(run: Run, value: Plain) -> None:
    match run("def solve(x): return x", value):
        case Returned(returned, cost):
            assert returned == value
            assert type(returned) is type(value)
            assert 0 < cost.cpu_seconds < 1
            assert 0 < cost.wall_seconds < 5
            assert cost.peak_bytes > 1 << 20
        case other:
            pytest.fail(str(other))


def test_tuples_come_back_as_lists_and_nan_as_nan(run: Run) -> None:
    match run("def solve(): return (1, (2,), {'k': ()}, float('nan'))"):
        case Returned([1, [2], {"k": []}, float() as nan]):
            assert math.isnan(nan)
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("{1}", "answer: set is not plain data"),
        ("{'a': [0, object()]}", "answer['a'][1]: object is not plain data"),
        ("{1: 2}", "answer: dict with keys other than str is not plain data"),
        ("2 ** 64", "int beyond 64 bits is not plain data"),
        ("'\\ud800'", "str with a lone surrogate is not plain data"),
        ("type('int', (int,), {})(3)", "answer: int is not plain data"),
        ("solve", "answer: function is not plain data"),
        ("__import__('functools').reduce(lambda x, _: [x], range(200), 0)", "nested more than 100 deep"),
    ],
)
def test_an_answer_that_is_not_plain_data_is_named(run: Run, expression: str, complaint: str) -> None:
    match run(f"def solve(): return {expression}"):
        case Raised("TypeError", message):
            assert complaint in message
        case other:
            pytest.fail(str(other))


def test_an_exception_is_told_with_the_lines_of_the_call_and_no_others(run: Run) -> None:
    match run("def solve(x):\n    import json\n    return json.loads(x)  # here\n", "{"):
        case Raised("JSONDecodeError", message, traceback):
            assert "double quotes" in message
            assert "return json.loads(x)  # here" in traceback
            assert '"<genome.agent>", line 3, in solve' in traceback
            assert "<harness>" in traceback
            assert "decoder.py" not in traceback
            assert "guest" not in traceback
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    "source",
    [
        "class E(Exception):\n    def __str__(self): raise KeyboardInterrupt\ndef solve(): raise E",
        "class E(Exception):\n    def __str__(self): return 5\ndef solve(): raise E",
        "class M(type):\n    __name__ = property(lambda c: 1 / 0)\nclass E(Exception, metaclass=M): pass\n"
        "def solve(): raise E",
        "def solve(): raise ValueError('\\ud800' * 10_000_000)",
        "def solve(): raise ValueError('x' * 10_000_000)",
        "def solve(): raise SystemExit(0)",
        "def solve(): raise KeyboardInterrupt",
        "def solve(): raise GeneratorExit",
        "def solve(): return solve()",
        "def solve(:",
        "def solve(): 0\n\0",
        "solve = 5",
        "pass",
        "import genome.agent.deeper",
        "from genome import agent, other",
    ],
)
def test_whatever_is_raised_is_a_bounded_raised(run: Run, source: str) -> None:
    match run(source):
        case Raised(kind, message, traceback):
            assert kind
            assert len(message) <= 2_000
            assert len(traceback) <= 4_000
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        ("import os\ndef solve(): os._exit(0)", Killed("no answer")),
        ("import os\ndef solve(): os._exit(91)", Killed("no answer")),
        ("import ctypes\ndef solve(): ctypes.string_at(0)", Killed("signal SIGSEGV")),
        ("def solve(): return len(bytearray(10**9))", Killed("memory_bytes")),
        ("def solve():\n    x = []\n    while True: x.append(bytearray(1_000_000))", Killed("memory_bytes")),
        ("def solve(): return 'x' * 100_000", Killed("answer_bytes")),
        ("import sys\ndef solve():\n    while True:\n        try: 1 / 0\n        except: pass", TimedOut("steps")),
        ("def solve():\n    try:\n        while True: pass\n    except BaseException: return 1", TimedOut("steps")),
        ("while True: pass", TimedOut("steps")),
        ("def solve(): return sum(range(10**13))", TimedOut("cpu_seconds")),
        ("def solve(): open('x', 'wb').write(b'x' * 100_000)", Killed("file_bytes")),
        ("def solve():\n    for i in range(50): open(str(i), 'wb').write(b'x' * 5_000)", Killed("file_bytes")),
        ("def solve():\n    for i in range(50): open(str(i), 'wb')", Killed("files")),
        (
            "import threading, time\ndef solve():\n    threading.stack_size(32768)\n"
            "    while True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
            Killed("processes"),
        ),
        (
            "import os, signal\ndef solve():\n    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
            "    os.write(os.open('x', os.O_CREAT | os.O_WRONLY), b'x' * 100_000)\n"
            "    os.write(os.open('x', os.O_WRONLY | os.O_APPEND), b'x' * 100_000)",
            Killed("file_bytes"),
        ),
    ],
)
def test_a_limit_that_is_exceeded_is_named(run: Run, source: str, outcome: Outcome) -> None:
    result = run(source, limits=replace(SMALL, steps=100_000, wall_seconds=60.0, files=40, processes=20))
    assert replace(result, cost=outcome.cost) == outcome


@pytest.mark.parametrize(
    "source",
    [
        "import time\ndef solve(): time.sleep(60)",
        "import signal\ndef solve():\n    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n    signal.pause()",
        "import threading\ndef solve(): threading.Lock().acquire(timeout=60); threading.Event().wait(60)",
        "import os\ndef solve():\n    r, w = os.pipe()\n    os.read(r, 1)",
    ],
    ids=["asleep", "deaf", "deadlocked", "waiting"],
)
def test_a_call_that_hangs_is_ended_by_the_wall_clock(run: Run, source: str) -> None:
    match run(source, limits=replace(SMALL, wall_seconds=0.3)):
        case TimedOut("wall_seconds", cost):
            assert 0.29 < cost.wall_seconds < 3
        case other:
            pytest.fail(str(other))


FORGER = """
import os, msgpack
def files():
    for fd in range(3, 64):
        try:
            os.pwrite(fd, b"", 0)
            yield fd
        except OSError:
            pass
def solve(record):
    for fd in files():
        os.pwrite(fd, record, 0)
    os._exit(0)
"""


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\xc1",
        b"\x00" * 50,
        b"\x91" * 5_000,
        b"\xdd\xff\xff\xff\xff",
        b"\x92\xa8returned\xc0junk",
        b"\x93\xa6raised\x01\x02",
    ],
)
def test_a_forged_record_that_is_no_outcome_is_no_answer(run: Run, record: bytes) -> None:
    match run(FORGER, record):
        case Killed(reason):
            assert reason.startswith("no answer")
        case other:
            pytest.fail(str(other))


def test_a_record_larger_than_allowed_is_not_read(run: Run) -> None:
    record = b"\x92\xa8returned\xda\xea\x60" + b"x" * 60_000
    assert isinstance(run(FORGER, record, limits=replace(SMALL, answer_bytes=1 << 17)), Returned)
    match run(FORGER, record, limits=replace(SMALL, answer_bytes=1 << 10)):
        case Killed(reason):
            assert "answer" in reason
        case other:
            pytest.fail(str(other))


def test_a_call_that_closes_everything_has_no_answer(run: Run) -> None:
    match run("import os\ndef solve(): os.closerange(0, 100)"):
        case Killed("no answer"):
            pass
        case other:
            pytest.fail(str(other))


def test_a_missing_module_never_falls_through_to_the_disk(pool: Pool) -> None:
    harness = Module(
        "import sys, os\n"
        "def run(api):\n"
        "    os.mkdir('genome'); os.mkdir('other')\n"
        "    for name in ('genome/secret.py', 'genome/__init__.py', 'other/__init__.py'): open(name, 'w')\n"
        "    sys.path.insert(0, os.getcwd())\n"
        "    import other\n"
        "    import genome.agent\n"
        "    genome.__path__.append(os.path.abspath('genome'))\n"
        "    return genome.agent.solve()\n"
    )
    source = "def solve():\n    import genome.secret"
    match ended(pool, Call("harness:run", {"harness": harness}, {"genome.agent": Module(source)}, limits=SMALL)):
        case Raised("ModuleNotFoundError", message):
            assert message == "No module named 'genome.secret'"
        case other:
            pytest.fail(str(other))


def test_a_module_of_the_interpreter_cannot_be_replaced(pool: Pool) -> None:
    for name in ("json", "msgpack", "sandbox_runner.steps", "builtins", "antigravity"):
        match ended(pool, Call("harness:run", {"harness": Module("")}, {name: Module("")})):
            case Raised("ImportError", message):
                assert name.partition(".")[0] in message
            case other:
                pytest.fail(str(other))


def test_foreign_modules_see_fewer_builtins_than_the_harness(pool: Pool) -> None:
    foreign = Module("def look(): return [name in __builtins__ for name in ('open', 'eval', 'len', '__tick__')]")
    harness = Module("import genome.a, builtins\ndef run(api): return genome.a.look() + [hasattr(builtins, 'open')]")
    call = Call("harness:run", {"harness": harness}, {"genome.a": foreign}, limits=SMALL, without=("open", "eval"))
    match ended(pool, call):
        case Returned([False, False, True, True, True]):
            pass
        case other:
            pytest.fail(str(other))


def test_marshalled_code_is_run_instead_of_the_source(pool: Pool) -> None:
    source = "def solve():\n    for i in range(100): pass\n    return 'compiled'"
    module = Module("raise AssertionError", marshal.dumps(steps.instrumented(source, "<compiled>")))
    harness = Module("import genome.a\ndef run(api): return genome.a.solve(), api.steps_left()")
    match ended(
        pool, Call("harness:run", {"harness": harness}, {"genome.a": module}, limits=replace(SMALL, steps=1_000))
    ):
        case Returned(["compiled", 899]):
            pass
        case other:
            pytest.fail(str(other))


def test_a_call_starts_with_the_same_chance_and_the_same_hashes(run: Run) -> None:
    source = "import random, sys\ndef solve(): return sys.flags.hash_randomization, random.random()"
    match run(source), run(source):
        case [Returned([0, first]), Returned([0, second])]:
            assert first == second
        case other:
            pytest.fail(str(other))


def test_numpy_and_libcst_are_at_hand_in_the_full_preload(run: Run) -> None:
    source = (
        "import sys\n"
        "def solve():\n"
        "    loaded = 'numpy.random' in sys.modules and 'libcst' in sys.modules\n"
        "    import numpy, libcst\n"
        "    return loaded, int(numpy.arange(5).sum()), libcst.parse_module('x = 1').code\n"
    )
    match run(source, preload="full", limits=replace(SMALL, memory_bytes=256 << 20)):
        case Returned([True, 10, "x = 1"]):
            pass
        case other:
            pytest.fail(str(other))
