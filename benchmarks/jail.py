"""What does a jail cost? Latency of one tiny call and calls a second, beside cheaper and dearer ways to run it.

    python benchmarks/jail.py [--calls N] [--rounds N]

Every way runs the same call, which hands back its argument, and is measured in turn, round by round, so that other
work on the machine weighs on all alike. "fork" is a warm interpreter that forks, runs the call through the same guest
and reads the answer from a pipe: no confinement at all. "subprocess" starts a new interpreter for each call, and
"bubblewrap", where it is installed, does so behind its walls. With --calls, that many calls are made in one pool, and
what grows meanwhile is shown: descriptors, processes, mounts and memory of host and workers.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox_runner import Call, Done, Module, Pool, Returned

ECHO = Module("def run(api, x): return x")
# How much is used of what lies over the interpreter's folder, which is 64 MiB large where there is anything.
COPIES = Module("""
import os
def run(api):
    over = os.statvfs(os.path.dirname(os.__file__))
    return (over.f_blocks - over.f_bfree) * over.f_frsize if over.f_blocks * over.f_frsize == 64 << 20 else 0
""")
PRELOADS = {"bare": "nothing", "full": "numpy, libcst"}

# A warm interpreter that forks for every line it is given: the floor under every design that forks.
FORKER = """
import gc, importlib, os, sys, types
folder, imports, payload = sys.argv[1], sys.argv[2].split(), bytes.fromhex(sys.argv[3])
package = types.ModuleType("sandbox_runner")
package.__path__ = [folder]
sys.modules["sandbox_runner"] = package
guest = types.ModuleType("guest")
exec(compile(open(folder + "/guest.py").read(), "<guest>", "exec"), vars(guest))
for name in imports: importlib.import_module(name)
if "numpy" in imports:
    import libcst, numpy
    numpy.random.default_rng(0).random()
    libcst.parse_module("x = 1").code
gc.collect(); gc.disable(); gc.freeze()
for line in sys.stdin.buffer:
    answer, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(out, guest.outcome(payload, -1))
        os._exit(0)
    os.close(out)
    os.read(answer, 4096)
    os.close(answer)
    os.waitpid(pid, 0)
    sys.stdout.buffer.write(b"\\n"); sys.stdout.buffer.flush()
"""


def main() -> None:
    """Measure and print one table, or the growth over many calls."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=300, help="calls of each way (slow ways get a tenth)")
    parser.add_argument("--calls", type=int, default=0, help="watch for growth over this many calls instead")
    options = parser.parse_args()
    if options.calls:
        print(json.dumps(growth(options.calls), indent=1))
        return
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; milliseconds a call\n")
    for preload, what in PRELOADS.items():
        latencies(preload, what, options.rounds)
    for workers in (1, 2):
        for preload, what in PRELOADS.items():
            rate = throughput(workers, preload, options.rounds * 2)
            print(f"{workers} worker{'s' * (workers > 1)}, {what} preloaded: {rate:.0f} calls a second")
    private, copied = (size / 2**20 for size in idle_memory())
    print(f"\nmemory of an idle worker that is shared with nobody: {private:.1f} MiB, and {copied:.1f} MiB of copies")
    print(f"of libraries on a tmpfs: together {private + copied:.1f} MiB (target: 40)")


def latencies(preload: str, what: str, rounds: int) -> None:
    """Print median and 99th percentile of every way, and how it compares with the fork."""
    taken: dict[str, list[float]] = defaultdict(list)
    with Pool(1) as pool, forker(preload) as fork:
        quick: dict[str, Callable[[], None]] = {
            "fork": fork,
            "jail": lambda: jailed(pool, preload, "pure"),
            "jail, tools": lambda: jailed(pool, preload, "tools"),
        }
        slow: dict[str, Callable[[], None]] = {"subprocess": lambda: started([], preload)}
        if shutil.which("bwrap"):
            slow["bubblewrap"] = lambda: started(bubblewrap(), preload)
        for way in (*quick.values(), *quick.values(), *slow.values()):
            way()
        for number in range(rounds):
            for name, way in (quick | slow if number % 10 == 0 else quick).items():
                begun = time.perf_counter()
                way()
                taken[name].append((time.perf_counter() - begun) * 1e3)
    floor = statistics.median(taken["fork"])
    print(f"{what + ' preloaded':24}{'median':>8}{'p99':>8}{'of fork':>9}")
    for name, times in taken.items():
        middle, high = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
        print(f"  {name:22}{middle:8.2f}{high:8.2f}{middle / floor:9.2f}")
    print()


def call(preload: str, profile: str = "pure") -> Call:
    """The call that every way makes."""
    return Call("echo:run", {"echo": ECHO}, arguments=(7,), preload=preload, profile=profile)  # type: ignore[arg-type]


def jailed(pool: Pool, preload: str, profile: str) -> None:
    """One call in a jail, from its submission to its outcome."""
    pool.submit(call(preload, profile))
    match pool.wait(60):
        case [Done(_, Returned(7))]:
            return
        case other:
            raise RuntimeError(str(other))


@contextmanager
def forker(preload: str) -> Iterator[Callable[[], None]]:
    """A warm interpreter; calling what is given has it fork once."""
    import sandbox_runner
    from sandbox_runner.messages import payload_of
    from sandbox_runner.preload import DEFAULTS

    folder = str(Path(sandbox_runner.__file__).parent)
    imports = " ".join(DEFAULTS[preload].imports)
    command = [sys.executable, "-c", FORKER, folder, imports, payload_of(call(preload)).hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        assert process.stdin is not None and process.stdout is not None
        yield lambda: (process.stdin.write(b"\n"), process.stdout.read(1))[0]  # type: ignore[union-attr]
        process.stdin.close()


def started(wrapper: list[str], preload: str) -> None:
    """One call in an interpreter that is started for it."""
    imports = "import numpy, libcst\n" if preload == "full" else ""
    script = f"{imports}import json\n{ECHO.source}\nprint(json.dumps(run(None, 7)))"
    command = [*wrapper, sys.executable, "-s", "-c", script]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"7\n"


def bubblewrap() -> list[str]:
    """Walls as near to ours as its options come."""
    shown = [path for path in ("/usr", "/lib", "/lib64", "/bin", sys.prefix, sys.base_prefix) if Path(path).exists()]
    binds = [word for path in shown for word in ("--ro-bind", path, path)]
    return ["bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", *binds, "--proc", "/proc"]


def throughput(workers: int, preload: str, count: int) -> float:
    """Calls a second when there is always one more to do."""
    with Pool(workers) as pool:
        finish(pool, [pool.submit(call(preload)) for _ in range(4 * workers)])
        begun = time.perf_counter()
        finish(pool, [pool.submit(call(preload)) for _ in range(count)])
        return count / (time.perf_counter() - begun)


def finish(pool: Pool, jobs: list[int]) -> None:
    """Wait until all of these have returned."""
    left = len(jobs)
    while left:
        for event in pool.wait(60):
            assert isinstance(event, Done) and isinstance(event.outcome, Returned), event
            left -= 1


def idle_memory() -> tuple[int, int]:
    """Bytes of a worker, its guardian and its zygote that are in memory for them alone, one of two equal workers.

    And of the files that were copied for its zygote, without what the kernel needs to know of them.
    """
    with Pool(2) as pool:
        while len(descendants(os.getpid())) < 2 * 3:
            finish(pool, [pool.submit(call("full")) for _ in range(4)])
        time.sleep(0.3)
        private = sum(private_bytes(pid) for pid in descendants(os.getpid())) // 2
        pool.submit(Call("copies:run", {"copies": COPIES}, preload="full"))
        [done] = pool.wait(60)
        assert isinstance(done, Done) and isinstance(done.outcome, Returned) and isinstance(done.outcome.value, int)
        return private, done.outcome.value


def growth(count: int) -> dict[str, object]:
    """Descriptors, processes, mounts and memory after a tenth of the calls, and how much more there is at the end."""
    with Pool(os.cpu_count() or 2) as pool:
        batch = max(1, count // 10)
        begun = time.perf_counter()
        for done in range(0, count, batch):
            for start in range(0, batch, 500):
                finish(pool, [pool.submit(call("bare")) for _ in range(min(500, batch - start))])
            if done == 0:
                first = state()
        seconds = time.perf_counter() - begun
        last = state()
    grown = {name: last[name] - first[name] for name in first}
    return {"calls": count, "calls a second": round(count / seconds), "after a tenth": first, "growth since": grown}


def state() -> dict[str, int]:
    """What host and workers hold at this moment."""
    time.sleep(0.3)
    pids = [os.getpid(), *descendants(os.getpid())]
    return {
        "descriptors": sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids if readable(pid)),
        "processes": len(pids),
        "mounts": sum(len(Path(f"/proc/{pid}/mounts").read_text().splitlines()) for pid in pids),
        "private KiB": sum(private_bytes(pid) for pid in pids) // 1024,
    }


def readable(pid: int) -> bool:
    """Whether this user may look into the process; zygotes do not let an ordinary user."""
    return os.access(f"/proc/{pid}/fd", os.R_OK)


def descendants(root: int) -> list[int]:
    """All processes below `root`, each after its parent."""
    children = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            children[int(fields[1])].append(int(entry.name))
    found = list(children[root])
    for pid in found:
        found += children[pid]
    return found


def private_bytes(pid: int) -> int:
    """Memory of the process that no other maps; all that is not of a file where one may not look closer."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        names = ("Private_Clean:", "Private_Dirty:")
    except OSError:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        names = ("RssAnon:",)
    return sum(int(line.split()[1]) for line in lines if line.startswith(names)) << 10


if __name__ == "__main__":
    main()
