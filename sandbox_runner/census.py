"""What the processes of a job use together, seen from the zygote through its own /proc, again and again.

For the profile "tools", where a job is a tree of processes and limits that the kernel keeps for each one are not
enough. Memory is shared out among those that share it, where the kernel tells us; a process that hides from that is
charged for all it maps. Not covered: what happens between two looks, a hundredth to a fifth of a second apart;
processor time of processes that live shorter than that below a parent that ignores their end (bounded by wall time and
the number of processors); memory that belongs to no process, such as what waits in pipes.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_LEAST_SECONDS, _MOST_SECONDS = 0.01, 0.2
# The part of a processor that looking may take, but for a tree that may soon be beyond its limit.
_SHARE = 0.05


@dataclass(frozen=True)
class Allowance:
    """How much a tree may use."""

    memory_bytes: int
    cpu_seconds: float
    processes: int


@dataclass
class Census:
    """The counts of one job's tree: everything that can be seen in /proc but this process itself."""

    allowance: Allowance
    peak_bytes: int = 0
    pause: float = _LEAST_SECONDS
    _cpu: dict[tuple[str, bytes], float] = field(default_factory=dict)
    _last: tuple[float, int] = field(default_factory=lambda: (time.monotonic(), 0))

    def exceeded(self) -> str:
        """Look once: the name of the limit that is exceeded now, or nothing. Sets `pause`, the time until the next."""
        started = time.thread_time()
        memory = tasks = 0
        reaped = 0.0
        for pid in _others():
            try:
                stat = _fields(pid)
                memory += _memory(pid)
            except OSError:
                # It has ended meanwhile.
                continue
            tasks += int(stat[17])
            own, of_children = ((int(stat[at]) + int(stat[at + 1])) / _TICKS for at in (11, 13))
            # The number of a process may be used again; together with its birth it is not.
            self._cpu[pid, stat[19]] = own
            reaped += own + of_children
        self.peak_bytes = max(self.peak_bytes, memory)
        least = max(_LEAST_SECONDS, (time.thread_time() - started) / _SHARE)
        self.pause = min(_MOST_SECONDS, least, max(_LEAST_SECONDS, self._until_full(time.monotonic(), memory)))
        return self._verdict(memory, max(reaped, self.cpu_seconds), tasks)

    def _until_full(self, now: float, memory: int) -> float:
        """Half the time in which a tree that grows as it has since the last look uses up what it may."""
        (before, then), self._last = self._last, (now, memory)
        left = self.allowance.memory_bytes - memory
        return (now - before) * left / (2 * (memory - then)) if memory > then else _MOST_SECONDS

    @property
    def cpu_seconds(self) -> float:
        """What all processes that were ever seen had used when they were seen last."""
        return sum(self._cpu.values())

    def _verdict(self, memory: int, cpu: float, tasks: int) -> str:
        if memory > self.allowance.memory_bytes:
            return "memory_bytes"
        if tasks > self.allowance.processes:
            return "processes"
        return "cpu_seconds" if cpu > self.allowance.cpu_seconds else ""


def _others() -> list[str]:
    own = str(os.getpid())
    return [name for name in os.listdir("/proc") if name.isdigit() and name != own]  # noqa: PTH208 - often


def _fields(pid: str) -> list[bytes]:
    """The fields of /proc/PID/stat from the third on; a program may have called itself anything."""
    return Path("/proc", pid, "stat").read_bytes().rpartition(b")")[2].split()


def _memory(pid: str) -> int:
    try:
        return _kilobytes(pid, "smaps_rollup", (b"Pss_Anon:", b"Pss_Shmem:"))
    except PermissionError:
        return _kilobytes(pid, "status", (b"RssAnon:", b"RssShmem:"))


def _kilobytes(pid: str, file: str, names: tuple[bytes, ...]) -> int:
    lines = Path("/proc", pid, file).read_bytes().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith(names)) << 10
