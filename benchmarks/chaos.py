"""Does anything get lost? A run whose processes are killed with signal 9 at random: host, workers, zygotes, jails.

    python benchmarks/chaos.py [--generations 2000] [--kills 200] [--workers 2]

A run on a fast domain is made once undisturbed, and once with kills, which are spread over its whole course: most come
a random while after it has got a certain way, some at once, so that those that are just starting are hit too. Where the
host was the victim the run is resumed.
Prints both lineage digests, whether every individual is there once and whole, and which processes, mounts and files
for the time being were left over; exits with 1 if anything is not as it should be, and then keeps both runs.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

COMMAND = [sys.executable, "-c", "from hyperagent.cli import main; main()"]
DOMAIN = """
import hyperagent as ha

words = ("stressed", "drawer", "lager", "diaper", "reward", "desserts")


def score(task, answer):
    return float(answer == task.target)


backwards = ha.Domain("backwards", [ha.Task(word, word, word[::-1]) for word in words], score)
"""
LONGEST_WAIT = 0.5
AT_ONCE_SHARE = 0.2
NEARLY_DONE = 0.98
LOOK = 0.02
PATIENCE = 60.0
HOST_SHARE = 0.2


def main() -> None:
    """Run both, compare, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generations", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0, help="of the kills")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    (folder / "words.py").write_text(DOMAIN)
    (folder / "tmp").mkdir()
    os.environ["TMPDIR"] = str(folder / "tmp")
    mounts = Path("/proc/self/mounts").read_text()
    settings = [str(folder / "words.py"), "--generations", str(options.generations), "--workers", str(options.workers)]
    calm = finished(["run", *settings, "--run", str(folder / "calm")])
    print(f"undisturbed:  {calm['lineage']} in {calm['seconds']:.0f} s", flush=True)
    chaos = Chaos(folder / "chaos", settings, random.Random(options.seed))
    chaos.run(options.kills, options.generations)
    end = finished(chaos.arguments())
    print(f"{sum(chaos.killed.values())} kills:    {end['lineage']}  {dict(chaos.killed)}", flush=True)
    faults = [*chaos.faults, *compared(calm, end), *doctored(chaos.folder, options.generations), *chaos.leftover(),
              *remains(folder / "tmp", mounts)]  # fmt: skip
    if faults:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    print("\n".join(faults) or "equal; every individual once and whole; no process, mount or file left over")
    sys.exit(bool(faults))


class Chaos:
    """A run and what is done to it."""

    def __init__(self, folder: Path, settings: list[str], chance: random.Random) -> None:
        self.folder = folder
        self.killed: Counter[str] = Counter()
        self.faults: list[str] = []
        self._settings = settings
        self._said = folder.with_name("stderr")
        self._chance = chance
        self._seen: dict[int, str] = {}

    def run(self, kills: int, generations: int) -> None:
        """Kill so many times while so many generations are made, or until the run is done."""
        host = self._start()
        while (done := sum(self.killed.values())) < kills:
            if self._chance.random() > AT_ONCE_SHARE:
                self._reach(host, int(NEARLY_DONE * generations * done / kills))
            time.sleep(self._chance.uniform(0, LONGEST_WAIT))
            if host.poll() is None:
                self._kill(host)
            elif host.returncode == -signal.SIGKILL or self._refused():
                host = self._start()
            else:
                if host.returncode:
                    self.faults.append(f"the host ended with {host.returncode}: {self._words()}")
                return
        host.kill()
        host.wait()

    def _reach(self, host: "subprocess.Popen[bytes]", count: int) -> None:
        """Wait until the run has so many individuals, or its host has ended."""
        while host.poll() is None and individuals(self.folder) < count:
            time.sleep(LOOK)

    def arguments(self) -> list[str]:
        """What begins the run, or goes on with it."""
        begun = (self.folder / "run.toml").exists()
        return ["resume", str(self.folder)] if begun else ["run", *self._settings, "--run", str(self.folder)]

    def leftover(self) -> list[str]:
        """The processes of the run that are still there after a while."""
        end = time.monotonic() + PATIENCE
        while (left := [pid for pid, begun in self._seen.items() if started(pid) == begun]) and time.monotonic() < end:
            time.sleep(0.2)
        return [f"process {pid} is left over" for pid in left]

    def _refused(self) -> bool:
        """Whether a run did not begin, since what tried a layer of the jail or compiled the seed was killed."""
        return any(words in self._words() for words in ("hyperagent: no ", "the genome cannot be compiled: killed"))

    def _words(self) -> str:
        """What the host said last."""
        return self._said.read_text(errors="replace").strip()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._said.open("wb") as said:
            return subprocess.Popen([*COMMAND, *self.arguments()], stdout=subprocess.DEVNULL, stderr=said)

    def _kill(self, host: "subprocess.Popen[bytes]") -> None:
        """Kill the host, or more often one of those that it has started, if it has got so far."""
        depth = descendants(host.pid)
        self._seen |= {pid: begun for pid in depth if (begun := started(pid))}
        if self._chance.random() < HOST_SHARE:
            victim = host.pid
        elif depth:
            victim = self._chance.choice(sorted(depth))
        else:
            return
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.killed["host" if victim == host.pid else f"depth {depth[victim]}"] += 1
        if victim == host.pid:
            host.wait()


def individuals(folder: Path) -> int:
    """How many there are so far."""
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{folder}/archive.sqlite?mode=ro", uri=True)) as file:
        return int(file.execute("SELECT COUNT(*) FROM line").fetchone()[0])
    return 0


def descendants(root: int) -> dict[int, int]:
    """The processes below one, and how far."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = status(int(entry.name))
            if fields:
                parents[int(entry.name)] = int(fields[1])
    found: dict[int, int] = {}
    level, depth = [root], 0
    while level:
        depth += 1
        level = [pid for pid, parent in parents.items() if parent in level and pid not in found]
        found.update(dict.fromkeys(level, depth))
    return found


def status(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name; none for a process that is gone or waits to be reaped."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] in "ZX" else fields


def started(pid: int) -> str:
    """When a process was started, which tells it from a later one with its id; "" if it is gone."""
    fields = status(pid)
    return fields[19] if fields else ""


def compared(calm: dict[str, float], end: dict[str, float]) -> list[str]:
    """What differs between the two runs."""
    return [f"{name} is {end[name]}, expected {calm[name]}" for name in ("lineage", "generations") if
            end[name] != calm[name]]  # fmt: skip


def doctored(folder: Path, generations: int) -> list[str]:
    """What the doctor says of a run."""
    done = subprocess.run([*COMMAND, "doctor", str(folder), "--json"], capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    faults = [f"{wrong['where']}: {wrong['what']}" for wrong in found["damage"]]
    return faults + [f"{found['whole']} are whole, expected {generations + 1}"] * (found["whole"] != generations + 1)


def remains(temporary: Path, mounts: str) -> list[str]:
    """What is left over of that which is there for the time being only."""
    faults = [f"{path} is left over" for path in temporary.iterdir()]
    return faults + ["a mount is left over"] * (Path("/proc/self/mounts").read_text() != mounts)


def finished(arguments: list[str]) -> dict[str, float]:
    """The JSON object that a command ends with."""
    done = subprocess.run([*COMMAND, *arguments, "--json"], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.strip()}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
