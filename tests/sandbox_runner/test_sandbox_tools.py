"""The profile "tools": honest programs run as anywhere, and what they start, leave or take ends with the call."""

import os
import shutil
import socket
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox_runner import (
    Asked,
    Call,
    Finished,
    Killed,
    Limits,
    Module,
    Outcome,
    Plain,
    Pool,
    ProtocolError,
    Raised,
    Returned,
    SandboxUnavailable,
    TimedOut,
    command,
    finished,
    layers,
)

HERE = {layer.name for layer in layers() if layer.present}
ROOMY = Limits(wall_seconds=20.0, cpu_seconds=10, memory_bytes=256 << 20, answer_bytes=1 << 20, file_bytes=4 << 20)
Run = Callable[..., Outcome]
pytestmark = pytest.mark.skipif("namespaces" not in HERE, reason="programs are confined by namespaces")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, sandbox="namespaces") as pool:
        yield pool


@pytest.fixture
def tools(pool: Pool) -> Run:
    """Run the body of a function in the profile "tools"."""

    def tools(body: str, *arguments: Plain, limits: Limits = ROOMY, **more: object) -> Outcome:
        source = "def run(api, *args):\n" + textwrap.indent(textwrap.dedent(body), "    ")
        call = Call("h:run", {"h": Module(source)}, {}, arguments, limits, profile="tools")
        return ended(pool, replace(call, **more))  # type: ignore[arg-type]

    return tools


@pytest.fixture
def sh(pool: Pool) -> Run:
    def sh(script: str, limits: Limits = ROOMY, **more: object) -> Outcome:
        return ended(pool, replace(command(["sh", "-c", script], limits=limits), **more))  # type: ignore[arg-type]

    return sh


def ended(pool: Pool, call: Call) -> Outcome:
    pool.submit(call)
    [done] = pool.wait(60.0)
    return done.outcome  # type: ignore[union-attr]


def bare(outcome: Outcome) -> Outcome:
    return replace(outcome, cost=type(outcome.cost)())


def test_a_call_that_asks_without_end_runs_out_of_its_own_time_whatever_looking_takes(pool: Pool) -> None:
    limits = replace(ROOMY, wall_seconds=0.5, cpu_seconds=2)
    source = Module("def run(api):\n    while True: api.ask(1)")
    pool.submit(Call("h:run", {"h": source}, limits=limits, profile="tools"))
    while isinstance(event := pool.wait(60.0)[0], Asked):
        pool.answer(event.job, None)
    assert bare(event.outcome) == TimedOut("wall_seconds") and event.outcome.cost.wall_seconds < 1.5


HONEST = {
    "a program": """
        import subprocess
        return subprocess.run(["echo", "hello"], capture_output=True, text=True, check=True).stdout == "hello\\n"
    """,
    "a pipeline": """
        import subprocess
        return subprocess.run("seq 5 | sort -r | head -1", shell=True, capture_output=True).stdout == b"5\\n"
    """,
    "python": """
        import subprocess, sys
        code = "import json, msgpack; print(json.dumps([1]))"
        return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[1]\\n"
    """,
    "processes that share": """
        import multiprocessing as m
        context = m.get_context("fork")
        queue, lock, number = context.Queue(), context.Lock(), context.Value("i", 0)
        def work(n):
            with lock: number.value += n
            queue.put(n)
        crew = [context.Process(target=work, args=(n,)) for n in range(4)]
        for each in crew: each.start()
        got = sorted(queue.get() for _ in crew)
        for each in crew: each.join()
        return (got, number.value) == ([0, 1, 2, 3], 6)
    """,
    "shared memory": """
        from multiprocessing.shared_memory import SharedMemory
        memory = SharedMemory(create=True, size=5000)
        memory.buf[0] = 7
        other = SharedMemory(memory.name)
        same = other.buf[0] == 7
        memory.unlink()
        return same
    """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor
        return list(ThreadPoolExecutor(4).map(abs, (-1, -2))) == [1, 2]
    """,
    "a database": """
        import sqlite3
        with sqlite3.connect("x.db") as db:
            db.execute("create table t (x)"); db.execute("insert into t values (5)")
        return sqlite3.connect("x.db").execute("select x from t").fetchall() == [(5,)]
    """,
    "a unix socket": """
        import socket, threading
        server = socket.socket(socket.AF_UNIX); server.bind("s"); server.listen()
        def serve():
            connection, _ = server.accept(); connection.send(b"hi"); connection.close()
        threading.Thread(target=serve).start()
        client = socket.socket(socket.AF_UNIX); client.connect("s")
        return client.recv(9) == b"hi"
    """,
    "a lock": """
        import fcntl
        file = open("lock", "w")
        fcntl.flock(file, fcntl.LOCK_EX); fcntl.lockf(file, fcntl.LOCK_EX)
        return True
    """,
    "temporary files": """
        import os, tempfile
        with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
            return os.listdir(".") == [] and os.path.exists(file.name) and os.path.isdir(folder)
    """,
    "asyncio": """
        import asyncio
        async def main():
            process = await asyncio.create_subprocess_exec("cat", stdin=-1, stdout=-1)
            return (await process.communicate(b"x"))[0] == b"x"
        return asyncio.run(main())
    """,
    "a named pipe": """
        import os, subprocess
        os.mkfifo("p")
        subprocess.Popen("echo 1 > p", shell=True)
        return open("p").read() == "1\\n"
    """,
    "signals": """
        import os, signal, subprocess
        sleeper = subprocess.Popen(["sleep", "9"])
        os.kill(sleeper.pid, signal.SIGTERM)
        return sleeper.wait() == -signal.SIGTERM
    """,
    "a copy with all its attributes": """
        import shutil, subprocess
        open("a", "w").write("x")
        shutil.copy2("a", "b")
        return subprocess.run("cp -a a c && timeout 5 tar cf t a b && nohup true", shell=True).returncode == 0
    """,
    "its own processes in /proc": """
        import os
        pid = os.fork()
        if pid == 0: os._exit(len(os.listdir("/proc/self/fd")) < 3)
        return os.waitpid(pid, 0)[1] == 0 and sorted(os.listdir("/proc")) == ["1", "self", "thread-self"]
    """,
}


@pytest.mark.parametrize("what", HONEST)
def test_honest_programs_run_as_anywhere(tools: Run, what: str) -> None:
    match tools(HONEST[what]):
        case Returned(True):
            pass
        case other:
            pytest.fail(str(other))


def test_pytest_runs_files_that_are_handed_over(pool: Pool) -> None:
    files = {
        "twice.py": b"def double(x): return 2 * x\n",
        "test_twice.py": b"import twice\ndef test(): assert twice.double(2) == 5\n",
    }
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junitxml=out/report.xml"]
    outcome = ended(pool, command(argv, files=files, collect=("out/report.xml",), limits=ROOMY))
    match finished(outcome), outcome:
        case Finished(1, stdout, b""), Returned(files=left):
            assert b"assert 4 == 5" in stdout
            assert b'failures="1"' in left["out/report.xml"]
        case other:
            pytest.fail(str(other))


@pytest.mark.skipif(not Path(sys.prefix, "bin", "pytest").exists(), reason="no script of pytest beside the interpreter")
def test_scripts_beside_the_interpreter_run_by_name_and_tell_no_folder_of_the_host(sh: Run) -> None:
    match finished(sh("pytest --version && cat $(command -v pytest)")):
        case Finished(0, stdout, _):
            assert stdout.startswith(b"pytest ")
            assert sys.prefix in ("/usr", "/usr/local") or sys.prefix.encode() not in stdout
        case other:
            pytest.fail(str(other))


@pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc here")
def test_a_compiler_makes_a_program_that_runs(pool: Pool) -> None:
    main = b'int main(void) { int x; if (scanf("%d", &x) == 1) printf("%d\\n", x + 1); return 3; }'
    source = b"#include <stdio.h>\n" + main
    outcome = ended(pool, command(["gcc", "-O1", "-o", "a.out", "a.c"], files={"a.c": source}, collect=("a.out",)))
    assert isinstance(outcome, Returned), outcome
    assert finished(outcome) == Finished(0, b"", b"")
    script = {"run.sh": b"#!/bin/sh\nchmod +x a.out && exec ./a.out\n", "a.out": outcome.files["a.out"]}
    assert finished(ended(pool, command(["./run.sh"], files=script, stdin=b"41\n"))) == Finished(3, b"42\n", b"")


def test_a_command_tells_how_it_ended(sh: Run, pool: Pool) -> None:
    assert finished(sh("echo out; echo err >&2; exit 7")) == Finished(7, b"out\n", b"err\n")
    assert finished(sh("kill -TERM $$")) == Finished(-15, b"", b"")
    assert bare(sh("head -c 2000000 /dev/zero")) == Killed("answer_bytes")
    assert bare(sh("sleep 60", limits=replace(ROOMY, wall_seconds=0.3))) == TimedOut("wall_seconds")
    match ended(pool, command(["no-such-program"])):
        case Raised("FileNotFoundError", message):
            assert "no-such-program" in message
        case other:
            pytest.fail(str(other))


def test_a_command_need_not_read_what_it_is_given(pool: Pool) -> None:
    assert finished(ended(pool, command(["true"], stdin=b"x" * 1_000_000))) == Finished(0, b"", b"")
    echoed = finished(ended(pool, command(["cat"], stdin=b"x" * 300_000)))
    assert echoed == Finished(0, b"x" * 300_000, b"")


def test_what_a_command_leaves_running_is_not_waited_for(sh: Run) -> None:
    started = time.monotonic()
    assert finished(sh("sleep 30 & echo gone")) == Finished(0, b"gone\n", b"")
    assert time.monotonic() - started < 5


def test_the_whole_tree_dies_with_the_call(tools: Run) -> None:
    """Daemons in sessions of their own, deaf to signals, are gone when the answer is here."""
    mark = f"{time.time_ns()}"
    body = """
        import os, signal, time
        for _ in range(3):
            if os.fork() == 0:
                os.setsid()
                if os.fork(): os._exit(0)
                for number in range(1, 65):
                    try: signal.signal(number, signal.SIG_IGN)
                    except (OSError, ValueError): pass
                os.execv("/usr/bin/env", ["env", "sleep", "60." + args[0]])
        time.sleep(0.2)
        return sum(args[0] in open(f"/proc/{pid}/cmdline").read() for pid in os.listdir("/proc") if pid.isdigit())
    """
    assert bare(tools(body, mark)) == Returned(3)
    assert not [line for line in _command_lines() if mark in line]


def test_closing_takes_no_time_whatever_programs_do() -> None:
    mark = f"60.{time.time_ns()}"
    with Pool(1) as pool:
        pool.submit(command(["sh", "-c", f"trap '' TERM INT HUP; sleep {mark} & setsid sleep {mark} & sleep {mark}"]))
        deadline = time.monotonic() + 20
        while sum(mark in line for line in _command_lines()) < 4 and time.monotonic() < deadline:
            pool.wait(0.1)
        assert sum(mark in line for line in _command_lines()) >= 4
        started = time.monotonic()
        pool.close()
        assert time.monotonic() - started < 2
    assert not [line for line in _command_lines() if mark in line]


def _command_lines() -> list[str]:
    lines = []
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline") as file:  # noqa: PTH123
                    lines.append(file.read())
            except OSError:
                continue
    return lines


def test_files_go_in_and_come_out(tools: Run) -> None:
    body = """
        import os
        os.mkdir("made"); open("made/there", "wb").write(open("given/deep/file", "rb").read()[::-1])
        os.symlink("made/there", "link"); os.symlink("/etc", "dir"); os.mkfifo("pipe"); os.symlink("made", "way")
        open("sparse", "wb").truncate(1 << 40) if args else None
        return os.access("script", os.X_OK)
    """
    names = ("made/there", "missing", "link", "dir/passwd", "pipe", "made", "way/there", "given/deep/file")
    outcome = tools(body, files={"given/deep/file": b"\0\xff", "script": b"#!/bin/sh\n"}, collect=names)
    assert bare(outcome) == Returned(True, files={"made/there": b"\xff\0", "given/deep/file": b"\0\xff"})


def test_files_that_are_too_large_are_named_and_not_read(tools: Run) -> None:
    grown = 'open("big", "wb").write(b"x" * 2_000_000)'
    assert bare(tools(grown, collect=("big",))) == Killed("answer_bytes")
    assert bare(tools('open("big", "wb").truncate(4 << 20)', collect=("big",))) == Killed("answer_bytes")
    assert bare(tools("pass", files={"big": b"x" * 5_000_000})) == Killed("file_bytes")


@pytest.mark.parametrize("path", ["", "/etc/passwd", "../x", "a/../../x", "a\0b", "x" * 2_000, "\ud800", "."])
def test_a_path_that_leads_elsewhere_is_refused_at_once(pool: Pool, path: str) -> None:
    for call in (command(["true"], files={path: b""}), command(["true"], collect=(path,))):
        with pytest.raises(ProtocolError, match="no relative path"):
            pool.submit(call)


def test_a_call_that_computes_may_have_files_too(pool: Pool) -> None:
    source = "def run(api): open('b', 'w').write(open('a').read() * 2)"
    call = Call("h:run", {"h": Module(source)}, files={"a": b"x"}, collect=("b",))
    assert bare(ended(pool, call)) == Returned(None, files={"b": b"xx"})


@pytest.mark.parametrize(
    ("body", "limit"),
    [
        ("import os\nwhile True:\n    if os.fork() == 0:\n        while True: os.wait", TimedOut("cpu_seconds")),
        (
            "import os, time\nfor _ in range(6):\n    if os.fork() == 0:\n        x = bytearray(b'x') * 30_000_000\n"
            "        time.sleep(9)\ntime.sleep(9)",
            Killed("memory_bytes"),
        ),
        (
            "import subprocess, sys\ncode = 'x = bytearray(b\"x\") * 30_000_000; import time; time.sleep(9)'\n"
            "for _ in range(6): subprocess.Popen([sys.executable, '-S', '-c', code])\nimport time; time.sleep(9)",
            Killed("memory_bytes"),
        ),
        ("import os, time\nwhile True:\n    if os.fork() == 0: time.sleep(9)", Killed("processes")),
        ("import subprocess\nwhile True: subprocess.Popen(['sleep', '9'])", Killed("processes")),
        ("open('x', 'wb').write(b'x' * 9_000_000)", Killed("file_bytes")),
        ("for i in range(9): open(str(i), 'wb').write(b'x' * 900_000)", Killed("file_bytes")),
        ("for i in range(999): open(str(i), 'wb')", Killed("files")),
        ("for name in ('/dev/shm/x', 'x'): open(name, 'wb').write(b'x' * 4_000_000)", Killed("file_bytes")),
    ],
    ids=["cpu", "memory of forks", "memory of programs", "forks", "programs", "bytes", "sum of bytes", "files", "shm"],
)  # fmt: skip
def test_limits_hold_for_the_tree_and_are_named(tools: Run, body: str, limit: Outcome) -> None:
    small = Limits(30.0, 1, 128 << 20, 1 << 16, 4 << 20, files=50, processes=20)
    if limit == TimedOut("cpu_seconds"):
        small = replace(small, processes=1000, memory_bytes=1 << 30)
        body = body.replace("while True:\n    if", "for _ in range(2):\n    if", 1) + "\nos.wait()"
    assert bare(tools(body, limits=small)) == limit


@pytest.mark.slow
def test_a_tree_that_grows_is_looked_at_before_it_is_far_beyond_its_limit(tools: Run) -> None:
    body = """
        import os, time
        for _ in range(12):
            if os.fork() == 0:
                held = bytearray(b"x") * (40 << 20)
                time.sleep(9)
        time.sleep(9)
    """
    small = Limits(20.0, 4, 64 << 20)
    outcomes = [tools(body, limits=small) for _ in range(8)]
    assert {bare(outcome) for outcome in outcomes} == {Killed("memory_bytes")}
    peaks = sorted(outcome.cost.peak_bytes >> 20 for outcome in outcomes)
    assert peaks[6] < 64 + 90, peaks


def test_the_cost_is_that_of_the_tree(tools: Run) -> None:
    body = """
        import os, time
        for _ in range(2):
            if os.fork() == 0:
                x = bytearray(b"x") * 40_000_000
                while time.process_time() < 0.3: pass
                os._exit(0)
        os.wait(); os.wait()
    """
    outcome = tools(body)
    assert isinstance(outcome, Returned), outcome
    assert 0.55 < outcome.cost.cpu_seconds < 1.2
    assert outcome.cost.peak_bytes > 80_000_000


REFUSED = ("PermissionError", "FileNotFoundError", "OSError", "ProcessLookupError")


@pytest.mark.parametrize(
    "body",
    [
        "import socket; socket.socket(socket.AF_INET)",
        "import socket; socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "open('/usr/bin/x', 'w')",
        "open('/etc/x', 'w')",
        "open('/etc/shadow')",
        "open('/proc/sys/kernel/hostname')",
        "open('/proc/sysrq-trigger', 'w')",
        "import os; os.mknod('x', 0o60600, os.makedev(254, 0))",
        "import os; os.chmod(__import__('shutil').copy('/usr/bin/env', 'e'), 0o4755)",
        "import os; os.setuid(0)",
        "import os; os.chroot('.')",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == -1; raise OSError",
        "import ctypes; assert ctypes.CDLL(None).ptrace(0, 0, 0, 0) == -1; raise OSError",
    ],
)  # fmt: skip
def test_what_no_profile_may_is_refused_to_programs_too(tools: Run, body: str) -> None:
    match tools(body):
        case Raised(kind) if kind in REFUSED:
            pass
        case other:
            pytest.fail(str(other))


def test_a_program_may_not_look_into_the_guest_that_started_it(sh: Run) -> None:
    match finished(sh("cat /proc/1/environ; ls /proc/1/fd; (: >> /proc/1/mem); id -u; cat /proc/$$/comm")):
        case Finished(0, b"1000\nsh\n", stderr):
            assert stderr.count(b"denied") == 3
        case other:
            pytest.fail(str(other))


def test_a_program_gets_no_descriptor_of_the_guest(tools: Run) -> None:
    body = "import os; os.system('ls -l /proc/self/fd > x'); return open('x').read()"
    match tools(body):
        case Returned(str(listing)):
            assert "/box/t/w/x" in listing
            assert "memfd" not in listing and "socket" not in listing
        case other:
            pytest.fail(str(other))


def test_no_unix_socket_of_the_host_can_be_reached(tools: Run) -> None:
    name = f"sandbox-runner-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0{name}")
        server.listen()
        match tools("import socket; socket.socket(socket.AF_UNIX).connect('\\0' + args[0])", name):
            case Raised("ConnectionRefusedError" | "PermissionError"):
                pass
            case other:
                pytest.fail(str(other))


def test_without_a_sandbox_calls_have_a_folder_of_their_own_all_the_same() -> None:
    here = set(Path.cwd().iterdir()) | set(Path("/").iterdir())
    with Pool(1, sandbox="none") as pool:
        script = 'cat a; echo x > b; pwd; [ "$HOME" = "$PWD" ] && mktemp'
        outcome = ended(pool, command(["sh", "-c", script], files={"a": b"1\n"}, collect=("b",)))
        assert isinstance(outcome, Returned), outcome
        result = finished(outcome)
        assert result is not None and result.status == 0, result
        first, place, temporary = result.stdout.decode().split()
        assert first == "1"
        assert outcome.files == {"b": b"x\n"}
        assert Path(place).parents[1] == Path(temporary).parents[2] == pool._folder.path
        call = Call("h:run", {"h": Module("def run(api): open('b', 'w').write(open('a').read() * 2)")})
        outcome = ended(pool, replace(call, files={"a": b"x"}, collect=("b",)))
        assert bare(outcome) == Returned(None, files={"b": b"xx"})
        assert not Path(place).exists() and not Path(temporary).exists()
    assert set(Path.cwd().iterdir()) | set(Path("/").iterdir()) == here


@pytest.mark.skipif("landlock" not in HERE, reason="this machine has no landlock")
def test_programs_are_refused_where_only_landlock_is_to_be_had() -> None:
    with Pool(1, sandbox="landlock") as pool:
        for call in (command(["true"]), Call("h:run", {"h": Module("")}, collect=("x",))):
            with pytest.raises(SandboxUnavailable, match="need namespaces"):
                pool.submit(call)
