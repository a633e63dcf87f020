"""What a job can reach: tried from inside, for each level of the jail that this machine has."""

import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox_runner import Call, Limits, Module, Plain, Pool, Raised, Returned, interpreter, layers
from sandbox_runner.placement import placement

SMALL = Limits(wall_seconds=5.0, cpu_seconds=2, memory_bytes=128 << 20, answer_bytes=1 << 16, file_bytes=1 << 16)
HERE = {layer.name for layer in layers() if layer.present}
Try = Callable[..., Plain]


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def jail(request: pytest.FixtureRequest) -> Iterator[Pool]:
    if request.param not in HERE:
        pytest.skip(f"this machine has no {request.param}")
    with Pool(workers=1, sandbox=request.param) as pool:
        assert pool.level == request.param
        yield pool


@pytest.fixture
def attempt(jail: Pool) -> Try:
    """Run the body of a function in the jail: what it returns, or the name of what it raised."""

    def attempt(body: str, *arguments: Plain) -> Plain:
        source = "def solve(*args):\n" + textwrap.indent(textwrap.dedent(body), "    ")
        harness = Module("import genome.a\ndef run(api, *args): return genome.a.solve(*args)")
        jail.submit(Call("harness:run", {"harness": harness}, {"genome.a": Module(source)}, arguments, SMALL))
        [done] = jail.wait(60.0)
        match done.outcome:  # type: ignore[union-attr]
            case Returned(value):
                return value
            case Raised(kind):
                return kind
            case other:
                return str(replace(other, cost=replace(other.cost, cpu_seconds=0, wall_seconds=0, peak_bytes=0)))

    return attempt


REFUSED = ("PermissionError", "FileNotFoundError", "OSError")


def test_no_environment_of_the_host(attempt: Try) -> None:
    value = attempt("import os; return dict(os.environ)")
    assert isinstance(value, dict)
    assert set(value) <= {
        "PATH", "LANG", "HOME", "TMPDIR", "LC_CTYPE", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
        "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "LD_LIBRARY_PATH",
    }  # fmt: skip


def test_no_descriptor_but_the_answer_and_the_channel(attempt: Try) -> None:
    found = attempt(
        """
        import os, stat
        found = []
        for fd in range(2000):
            try: mode = os.fstat(fd).st_mode
            except OSError: continue
            found.append(stat.filemode(mode)[0])
        return sorted(found)
        """
    )
    assert found == ["-", "c", "c", "c", "s"], "the answer, /dev/null three times, the channel"


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/hostname", "/proc/1/environ", "/proc/self/environ", "/proc/cpuinfo", "/sys/kernel", "/root",
     "/home", "/var", "/dev/mem", "/run", str(Path.home()), str(Path(__file__)), str(Path(__file__).parents[2]),
     str(Path(__file__).parents[2] / "pyproject.toml")],
)  # fmt: skip
def test_files_of_the_host_cannot_be_read(attempt: Try, jail: Pool, path: str) -> None:
    found = attempt(
        "import os; return os.listdir(args[0]) if os.path.isdir(args[0]) else open(args[0], 'rb').read()", path
    )
    if isinstance(found, list):
        places = interpreter.visible() if jail.level == "landlock" else placement("pure").shown.values()
        way = {part for shown in places for part in Path(shown).parts}
        assert set(found) <= way, "nothing but the way to the interpreter"
    else:
        assert found in REFUSED


def test_the_interpreter_is_there_and_cannot_be_changed(attempt: Try) -> None:
    assert attempt("import os; return 'site' in ' '.join(os.listdir(os.path.dirname(os.__file__)))") is True
    assert attempt("import os; open(os.__file__, 'a')") in REFUSED
    assert attempt("import os; os.unlink(os.__file__)") in REFUSED
    assert attempt("import os; os.rename(os.__file__, os.__file__ + 'x')") in REFUSED


@pytest.mark.parametrize("folder", ["/", "/tmp", "/etc", "/box", "/dev", "/proc", "/usr/lib", "/dev/shm", "/var/tmp"])
def test_nothing_can_be_written_outside_the_own_folder(attempt: Try, folder: str) -> None:
    assert attempt("open(args[0] + '/sandbox-runner-test', 'w').write('x')", folder) in REFUSED
    assert not Path(folder, "sandbox-runner-test").exists()


def test_the_own_folder_is_bounded_and_empty_for_the_next_call(attempt: Try, jail: Pool) -> None:
    if jail.level == "landlock":
        assert attempt("open('x', 'w')") == "PermissionError"
        return
    write = "open('x', 'w').write(args[0]); return open('x').read()"
    assert attempt(write, "kept") == "kept"
    assert attempt("import os; return os.listdir('.')") == []
    many = "for i in range(5_000): open(str(i), 'wb').write(b'x' * args[0])"
    caught = f"try:\n    {many}\nexcept OSError: return i"
    assert attempt(caught, 5_000) in range(8, 20)
    assert attempt(caught, 0) == 1024


def test_nothing_in_memory_is_kept_for_the_next_call(attempt: Try) -> None:
    assert attempt("import sys, json; json.left = sys.left = 1; return hasattr(json, 'left')") is True
    assert attempt("import sys, json; return hasattr(json, 'left') or hasattr(sys, 'left')") is False


def test_no_network_not_even_the_own_machine(attempt: Try) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        assert attempt("import socket; socket.create_connection(('127.0.0.1', args[0]))", port) in REFUSED
        with pytest.raises(TimeoutError):
            server.accept()
    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_VSOCK", "AF_PACKET"):
        assert attempt("import socket; socket.socket(getattr(socket, args[0]), socket.SOCK_DGRAM)", family) in REFUSED


@pytest.mark.parametrize(
    "act",
    [
        "os.fork()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.execv('/bin/true', ['true'])",
        "__import__('subprocess').run(['true'])",
        "__import__('multiprocessing').get_context('fork').Process(target=print).start()",
        "__import__('pty').fork()",
    ],
)
def test_no_other_process_can_be_started(attempt: Try, act: str) -> None:
    assert attempt(f"import os; {act}") in REFUSED


@pytest.mark.parametrize(
    "number", [57, 58, 435, 272, 165, 308, 101, 321, 425, 250, 310, 319, 434, 446, 105, 39 + 0x40000000]
)
def test_raw_system_calls_are_refused_too(attempt: Try, number: int) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers are those of x86-64")
    body = """
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(args[0]), ctypes.c_long(0), ctypes.c_long(0), ctypes.c_long(0))
    return [result, ctypes.get_errno()]
    """
    assert attempt(body, number) in ([-1, 1], [-1, 38])


def test_others_cannot_be_signalled_or_seen(attempt: Try, jail: Pool) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)"])
    try:
        assert attempt("import os; os.kill(args[0], 9)", victim.pid) in REFUSED
        assert attempt("import os; os.kill(-1, 9)") in REFUSED
        assert victim.poll() is None
        assert attempt("import os; os.listdir('/proc/' + str(args[0]))", victim.pid) in REFUSED
    finally:
        victim.kill()
        victim.wait()
    if jail.level == "namespaces":
        assert attempt("import os; return [os.getpid(), os.getppid(), os.getuid(), os.listdir('/proc')]") == [
            1,
            0,
            1000,
            [],
        ]
        assert attempt("import os; return os.uname().nodename") == "jail"


def test_limits_cannot_be_raised_and_dying_with_the_zygote_cannot_be_undone(attempt: Try) -> None:
    body = """
    import resource
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard + 1, hard + 1))
    """
    assert attempt(body) in ("ValueError", *REFUSED)
    assert attempt("import ctypes; return ctypes.CDLL(None).prctl(1, 0, 0, 0, 0)") == -1


def test_threads_are_allowed_and_bounded(attempt: Try, jail: Pool) -> None:
    body = """
    import threading
    found = []
    for i in range(4):
        thread = threading.Thread(target=found.append, args=(i,)); thread.start(); thread.join()
    return found
    """
    assert attempt(body) == [0, 1, 2, 3]
    many = """
    import threading, time
    threading.stack_size(32768)
    for i in range(3_000):
        try: threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
        except RuntimeError: return i
    """
    if jail.level == "namespaces":
        assert attempt(many) in range(50, 64)
    elif os.geteuid():
        assert attempt(many) in range(64, 2_000), "roughly"


def test_what_was_installed_with_this_package_looks_empty(tmp_path: Path) -> None:
    """An installed copy: answers that lie in a package beside it cannot be read from a jail."""
    import sandbox_runner

    site = tmp_path / "site-packages"
    (site / "answers").mkdir(parents=True)
    (site / "answers" / "targets.txt").write_text("42")
    (site / "neighbour.py").write_text("x = 1")
    subprocess.run(["cp", "-r", str(Path(sandbox_runner.__file__).parent), str(site / "sandbox_runner")], check=True)
    (site / "tool-1.dist-info").mkdir()
    (site / "tool-1.dist-info" / "top_level.txt").write_text("answers\nsandbox_runner\n")
    script = f"""
import sys
sys.path.insert(0, {str(site)!r})
from sandbox_runner import *
look = Module('''
import neighbour, os, sys
def run(api, name):
    try: return open(os.path.join(os.path.dirname(neighbour.__file__), name)).read()
    except OSError as error: return type(error).__name__
''')
for level in {sorted(HERE & {"namespaces", "landlock"})!r}:
    with Pool(1, sandbox=level) as pool:
        for name in ("answers/targets.txt", "neighbour.py"):
            pool.submit(Call("harness:run", {{"harness": look}}, arguments=(name,)))
            print(pool.wait(30)[0].outcome.value)
"""
    environment = {**os.environ, "PYTHONPATH": ""}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd="/", env=environment)
    levels = len(HERE & {"namespaces", "landlock"})
    words = result.stdout.split("\n")[: 2 * levels]
    assert [word in ("FileNotFoundError", "PermissionError") for word in words[::2]] == [True] * levels, result
    assert words[1::2] == ["x = 1"] * levels, result
