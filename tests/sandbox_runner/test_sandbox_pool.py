"""The life of a pool: questions, cancelling, and every way in which a process of it can end at a bad moment."""

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox_runner import (
    Asked,
    Call,
    Done,
    Killed,
    Limits,
    Module,
    Plain,
    Pool,
    Preload,
    ProtocolError,
    Raised,
    Returned,
    SandboxUnavailable,
    TimedOut,
)
from sandbox_runner.folder import sweep

QUICK = Limits(wall_seconds=20.0, cpu_seconds=5, memory_bytes=64 << 20, answer_bytes=1 << 16)


def call(source: str, *arguments: Plain, limits: Limits = QUICK, preload: str = "bare") -> Call:
    return Call("harness:run", {"harness": Module(textwrap.dedent(source))}, {}, arguments, limits, preload)


SLEEP = "import time\ndef run(api, seconds): time.sleep(seconds); return seconds"
ECHO = "def run(api, x): return x"
ASK = "def run(api, *questions): return [api.ask(question) for question in questions]"


@pytest.fixture
def fresh() -> Iterator[Pool]:
    with Pool(workers=2) as pool:
        yield pool


def family(root: int) -> dict[int, str]:
    """All processes below `root`, by pid."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = (int(fields[1]), fields[0])
    found: dict[int, str] = {}
    grown = True
    while grown:
        below = {pid for pid, (parent, _) in parents.items() if parent == root or parent in found} - found.keys()
        found |= {pid: parents[pid][1] for pid in below}
        grown = bool(below)
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that run; a zombie does not."""
    return {pid for pid in pids if _state(pid) not in ("", "Z", "X")}


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def eventually(claim: Callable[[], bool], seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.02)
    return claim()


def collected(pool: Pool, count: int, seconds: float = 30.0) -> dict[int, Plain]:
    """The values of `count` jobs that return; questions are answered with themselves."""
    values: dict[int, Plain] = {}
    deadline = time.monotonic() + seconds
    while len(values) < count and time.monotonic() < deadline:
        for event in pool.wait(1.0):
            match event:
                case Asked(job, question):
                    pool.answer(job, question)
                case Done(job, Returned(value)):
                    assert job not in values
                    values[job] = value
                case other:
                    pytest.fail(str(other))
    return values


def test_every_job_gets_its_own_answer(pool: Pool) -> None:
    expected = {pool.submit(call(ECHO, number)): number for number in range(60)}
    assert collected(pool, 60) == expected
    assert pool.wait(10.0) == [], "nothing is outstanding, so there is nothing to wait for"


def test_waiting_ends_when_the_time_is_up(pool: Pool) -> None:
    job = pool.submit(call(SLEEP, 0.6))
    started = time.monotonic()
    assert pool.wait(0.1) == []
    assert time.monotonic() - started < 0.4
    assert pool.wait(0) == []
    assert collected(pool, 1) == {job: 0.6}


def test_questions_come_in_order_and_replies_are_theirs(pool: Pool) -> None:
    jobs = [pool.submit(call(ASK, *(f"{name}{at}" for at in range(5)))) for name in "abcd"]
    heard: dict[int, list[Plain]] = {job: [] for job in jobs}
    values: dict[int, Plain] = {}
    while len(values) < len(jobs):
        for event in pool.wait(10.0):
            match event:
                case Asked(job, question):
                    heard[job].append(question)
                    pool.answer(job, {"to": question})
                case Done(job, Returned(value)):
                    values[job] = value
    for job, name in zip(jobs, "abcd", strict=True):
        assert heard[job] == [f"{name}{at}" for at in range(5)]
        assert values[job] == [{"to": f"{name}{at}"} for at in range(5)]


def test_large_questions_and_replies_pass(pool: Pool) -> None:
    limits = replace(QUICK, answer_bytes=3 << 20, memory_bytes=256 << 20)
    pool.submit(call("def run(api): return len(api.ask('x' * 2_000_000))", limits=limits))
    [asked] = pool.wait(10.0)
    assert isinstance(asked, Asked)
    assert asked.question == "x" * 2_000_000
    pool.answer(asked.job, "y" * 5_000_000)
    assert collected(pool, 1) == {asked.job: 5_000_000}


def test_waiting_for_a_reply_is_not_counted_as_time_of_the_call(pool: Pool) -> None:
    pool.submit(call(ASK, "how long?", limits=replace(QUICK, wall_seconds=0.5)))
    [asked] = pool.wait(10.0)
    time.sleep(0.8)
    pool.answer(asked.job, "long")
    match pool.wait(10.0):
        case [Done(_, Returned(["long"], cost))]:
            assert cost.wall_seconds < 0.5
        case other:
            pytest.fail(str(other))


def test_an_answer_from_another_thread_wakes_the_waiting(pool: Pool) -> None:
    pool.submit(call(ASK, 1))
    [asked] = pool.wait(10.0)
    threading.Timer(0.2, pool.answer, (asked.job, 2)).start()
    started = time.monotonic()
    assert collected(pool, 1) == {asked.job: [2]}
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "question",
    ["{1}", "'x' * 100_000", "lambda: 0", "2 ** 70", "'\\ud800'"],
    ids=["set", "long", "code", "int", "text"],
)
def test_a_question_that_is_none_is_an_exception_in_the_call(pool: Pool, question: str) -> None:
    pool.submit(call(f"def run(api): api.ask({question})"))
    match pool.wait(10.0):
        case [Done(_, Raised("TypeError" | "ValueError"))]:
            pass
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    "words",
    [b"\xff\xff\xff\xff", b"\x02\0\0\0\xc1\xc1", b"\x01\0\0\0\xc1", b"\0\0\0\0"],
    ids=["size", "two", "one", "none"],
)
def test_nonsense_on_the_channel_ends_the_call(pool: Pool, words: bytes) -> None:
    source = """
    import os, stat, time
    def run(api, words):
        for fd in range(3, 20):
            try: mode = os.fstat(fd).st_mode
            except OSError: continue
            if stat.S_ISSOCK(mode): os.write(fd, words)
        time.sleep(10)
    """
    started = time.monotonic()
    pool.submit(call(source, words))
    match pool.wait(10.0):
        case [Done(_, Killed(reason))]:
            assert reason.startswith("no question")
            assert time.monotonic() - started < 5
        case other:
            pytest.fail(str(other))


def test_a_call_that_floods_the_channel_harms_nobody(pool: Pool) -> None:
    source = """
    import os, stat, threading, time
    def flood(fd):
        while True: os.write(fd, b"\\x01\\0\\0\\0\\x05" * 10_000)
    def run(api):
        for fd in range(3, 20):
            try: mode = os.fstat(fd).st_mode
            except OSError: continue
            if stat.S_ISSOCK(mode): threading.Thread(target=flood, args=(fd,), daemon=True).start()
        time.sleep(0.5)
        os._exit(0)
    """
    flooder = pool.submit(call(source))
    for at in range(10):
        pool.submit(call(ECHO, at))
    ended: set[int] = set()
    while len(ended) < 11:
        for event in pool.wait(10.0):
            match event:
                case Asked(job, question):
                    assert (job, question) == (flooder, 5)
                    pool.answer(job, None)
                case Done(job, outcome):
                    ended.add(job)
                    assert job == flooder or isinstance(outcome, Returned)


@pytest.mark.slow
def test_a_long_call_holds_up_no_other(fresh: Pool) -> None:
    assert len(collected(fresh, len([fresh.submit(call(ECHO, at)) for at in range(4)]))) == 4
    long = fresh.submit(call(SLEEP, 2.0))
    short = {fresh.submit(call(ECHO, at)): at for at in range(3)}
    started = time.monotonic()
    assert collected(fresh, 3) == short
    assert time.monotonic() - started < 1.8
    assert collected(fresh, 1) == {long: 2.0}


def test_a_cancelled_job_is_not_heard_of_again(fresh: Pool) -> None:
    running = [fresh.submit(call(SLEEP, 10.0)) for _ in range(6)]
    fresh.wait(0.5)
    for job in running:
        fresh.cancel(job)
    fresh.cancel(12345)
    started = time.monotonic()
    job = fresh.submit(call(ECHO, "free"))
    assert collected(fresh, 1) == {job: "free"}
    assert time.monotonic() - started < 5


def test_what_cannot_be_sent_is_refused_at_once(pool: Pool) -> None:
    with pytest.raises(ProtocolError, match="not plain data"):
        pool.submit(call(ECHO, 2**64))
    with pytest.raises(ProtocolError, match="preload fat: not one of bare, full"):
        pool.submit(call(ECHO, preload="fat"))
    assert pool.wait(0) == []


def test_modules_of_a_preload_are_in_memory_before_the_call() -> None:
    sources = {"tools": "from tools.words import upper", "tools.words": "def upper(x): return x.upper()"}
    preload = Preload(("decimal",), {name: Module(source) for name, source in sources.items()})
    source = "import sys\nknown = 'decimal' in sys.modules, 'tools.words' in sys.modules\nimport tools\n"
    with Pool(1, {"own": preload}) as pool:
        job = pool.submit(call(source + "def run(api, x): return [*known, tools.upper(x)]", "a", preload="own"))
        assert collected(pool, 1) == {job: [True, True, "A"]}


@pytest.mark.parametrize(
    "preload", [Preload(("no_such_module",)), Preload(modules={"bad": Module("1 / 0")})], ids=["missing", "failing"]
)
def test_a_preload_that_cannot_be_imported_stops_the_pool_and_says_why(preload: Preload) -> None:
    with Pool(1, {"own": preload}) as pool:
        pool.submit(call(ECHO, 1, preload="own"))
        with pytest.raises(SandboxUnavailable, match=r"preload own: .*(no_such_module|ZeroDivisionError)"):
            pool.wait(30.0)


@pytest.mark.slow
def test_without_a_sandbox_limits_still_hold() -> None:
    before = set(family(os.getpid()))
    with Pool(1, sandbox="none") as pool:
        assert pool.level == "none"
        pool.submit(
            call("import os\ndef run(api):\n    os.fork()\n    while True: pass", limits=replace(QUICK, cpu_seconds=1))
        )
        match pool.wait(20.0):
            case [Done(_, TimedOut("cpu_seconds"))]:
                pass
            case other:
                pytest.fail(str(other))
        assert eventually(lambda: len(alive(set(family(os.getpid())) - before)) == 3), (
            "worker, guardian and zygote remain"
        )


def test_closing_takes_no_time_whatever_runs_and_leaves_nothing() -> None:
    before = set(family(os.getpid()))
    pool = Pool(2)
    folder = pool._folder.path
    assert folder.stat().st_mode & 0o777 == 0o700
    for _ in range(4):
        pool.submit(call("def run(api): return sum(range(10**13))", limits=replace(QUICK, cpu_seconds=60)))
    deadline = time.monotonic() + 20
    while len(family(os.getpid()).keys() - before) < 8 and time.monotonic() < deadline:
        pool.wait(0.1)
    started = set(family(os.getpid())) - before
    assert len(started) >= 8, "two workers, each with guardian, zygote and job"
    moment = time.monotonic()
    pool.close()
    assert time.monotonic() - moment < 2
    assert eventually(lambda: not alive(started), 1.0), alive(started)
    assert not folder.exists()
    pool.close()


def test_closing_while_everything_starts_leaves_nothing() -> None:
    for pause in (0.0, 0.05, 0.2):
        before = set(family(os.getpid()))
        pool = Pool(2)
        pool.submit(call(ECHO, 1, preload="full"))
        pool.wait(pause)
        started = set(family(os.getpid())) - before
        pool.close()
        started |= set(family(os.getpid())) - before
        assert eventually(lambda: not alive(started)), alive(started)  # noqa: B023 - called at once


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "guardian", "zygote", "job"])
def test_a_job_survives_the_death_of_what_runs_it_and_a_shot_at_itself(fresh: Pool, victim: str) -> None:
    warm = [fresh.submit(call(ECHO, at)) for at in range(4)]
    assert len(collected(fresh, 4)) == len(warm)
    jobs = {fresh.submit(call(SLEEP, 0.5)): 0.5 for _ in range(4)}
    assert fresh.wait(0.2) == []
    pid = min(worker.pid for worker in fresh._workers.values())
    for _ in range(["worker", "guardian", "zygote", "job"].index(victim)):
        [pid] = [child for child in family(pid) if _parent(child) == pid]
    os.kill(pid, signal.SIGKILL)
    assert collected(fresh, 4) == jobs


def test_a_question_is_put_once_though_its_worker_dies(fresh: Pool) -> None:
    job = fresh.submit(call(ASK, "a", "b"))
    [asked] = fresh.wait(10.0)
    fresh.answer(job, 1)
    [asked] = fresh.wait(10.0)
    assert asked == Asked(job, "b")
    for worker in list(fresh._workers.values()):
        os.kill(worker.pid, signal.SIGKILL)
    assert fresh.wait(1.0) == []
    fresh.answer(job, 2)
    assert collected(fresh, 1) == {job: [1, 2]}


@pytest.mark.slow
def test_a_job_that_takes_three_workers_with_it_is_given_up(fresh: Pool) -> None:
    job = fresh.submit(call(SLEEP, 15.0))
    events: list[object] = []
    for _ in range(3):
        events += fresh.wait(0.7)
        owner = fresh._dispatch.owner(job)
        assert owner is not None
        os.kill(fresh._workers[owner].pid, signal.SIGKILL)
    events += fresh.wait(5.0)
    assert events == [Done(job, Killed("worker died"))]
    job = fresh.submit(call(ECHO, "on"))
    assert collected(fresh, 1) == {job: "on"}


@pytest.mark.slow
@pytest.mark.parametrize("busy", [True, False], ids=["busy", "idle"])
def test_a_worker_that_is_stopped_is_replaced(busy: bool) -> None:
    with Pool(1, patience=0.5) as pool:
        warm = pool.submit(call(ECHO, 0))
        assert collected(pool, 1) == {warm: 0}
        [stopped] = pool._workers.values()
        jobs = {}
        if busy:
            jobs = {pool.submit(call(SLEEP, 0.3)): 0.3}
            pool.wait(0.1)
        os.kill(stopped.pid, signal.SIGSTOP)
        jobs |= {pool.submit(call(ECHO, at)): at for at in range(3)}
        assert collected(pool, len(jobs)) == jobs
        assert not alive({stopped.pid})


@pytest.mark.slow
def test_a_host_that_is_busy_itself_takes_no_worker_for_silent() -> None:
    with Pool(2, patience=2.0) as pool:
        jobs = {pool.submit(call(ECHO, at)): at for at in range(4)}
        assert collected(pool, 4) == jobs
        names = set(pool._workers)
        time.sleep(1.1)
        pool._check_pulses()
        time.sleep(2.3)
        job = pool.submit(call(ECHO, 5))
        assert collected(pool, 1) == {job: 5}
        assert set(pool._workers) == names


FAMILY = "import os; [os.fork() for _ in range(2)]; time.sleep(60)"
HOST = """
import sys, time
from sandbox_runner import Call, Limits, Module, Pool
source = "import time\\ndef run(api):\\n    {body}"
pool = Pool(2)
for _ in range(4):
    profile = "tools" if "fork" in source else "pure"
    pool.submit(Call("harness:run", {{"harness": Module(source)}}, limits=Limits(60.0, 60), profile=profile))
pool.wait(1.0)
print(pool._folder.path, flush=True)
{then}
"""


@contextmanager
def host(body: str, then: str, **more: str) -> "Iterator[subprocess.Popen[str]]":
    script = HOST.format(body=body, then=then)
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path, **more}
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("body", "how"),
    [("time.sleep(60)", signal.SIGTERM), ("while True: pass", signal.SIGKILL), (FAMILY, signal.SIGKILL)],
)
def test_a_host_that_is_killed_leaves_nothing(body: str, how: signal.Signals) -> None:
    mounts = Path("/proc/self/mounts").read_text()
    with host(body, "time.sleep(60)") as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        assert eventually(lambda: len(family(process.pid)) >= (14 if body == FAMILY else 8)), family(process.pid)
        started = set(family(process.pid))
        process.send_signal(how)
        process.wait()
        assert eventually(lambda: not alive(started)), alive(started)
    assert eventually(lambda: not folder.exists()), "its workers remove it"
    assert Path("/proc/self/mounts").read_text() == mounts


@pytest.mark.slow
def test_what_is_left_when_all_are_killed_at_once_is_swept_by_the_next_pool(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pools of others on this machine sweep as well.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with host("time.sleep(60)", "time.sleep(60)", TMPDIR=str(tmp_path)) as process, Pool(1) as living:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        started = set(family(process.pid))
        workers = [pid for pid in started if _parent(pid) == process.pid]
        for pid in (*workers, process.pid):
            os.kill(pid, signal.SIGSTOP)
        for pid in (process.pid, *workers):
            os.kill(pid, signal.SIGKILL)
        process.wait()
        assert eventually(lambda: not alive(started)), alive(started)
        assert folder.exists()
        with Pool(1):
            assert not folder.exists()
            assert living._folder.path.exists(), "that of a living pool stays"
        job = living.submit(call(ECHO, 1))
        assert collected(living, 1) == {job: 1}


def test_sweeping_touches_nothing_that_is_not_a_dead_folder_of_ours(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (tmp_path / "sandbox-runner-link").symlink_to(kept)
    (tmp_path / "sandbox-runner-file").write_text("x")
    young, old, dead = (tmp_path / f"sandbox-runner{name}" for name in (".new-a", ".new-b", "-dead"))
    for path in (young, old, dead):
        path.mkdir()
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "kept", "sandbox-runner-file", "sandbox-runner-link", "sandbox-runner.new-a",
    ]  # fmt: skip
    assert not list(kept.iterdir())


def test_a_host_that_is_interrupted_cleans_up() -> None:
    then = "try:\n    pool.wait(None)\nexcept KeyboardInterrupt:\n    pool.close()\n    sys.exit(130)"
    with host("time.sleep(60)", then) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        started = set(family(process.pid))
        sessions = {os.getsid(pid) for pid in started}
        assert os.getsid(process.pid) not in sessions, "Ctrl-C reaches the host only"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(5.0) == 130
        assert eventually(lambda: not alive(started), 1.0)
    assert not folder.exists()


@pytest.mark.slow
def test_a_host_that_forgets_to_close_leaves_nothing() -> None:
    with host("time.sleep(60)", "time.sleep(0.2)") as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        started = set(family(process.pid))
        process.wait(10.0)
        assert eventually(lambda: not alive(started))
    assert not folder.exists()


def test_importing_the_package_imports_no_zeromq() -> None:
    script = "import sys, sandbox_runner; sys.exit('zmq' in sys.modules or 'libcst' in sys.modules)"
    subprocess.run(
        [sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
