"""Who runs what: a table of jobs and workers with no socket and no clock.

A job is waiting, or with exactly one worker, or gone. A worker has its jobs in the order in which it runs them, so the
first one is running and the others were sent ahead. Only the owner of a job can end it: what others report is late.
"""

from collections import deque
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Give:
    """Send the job to the worker."""

    worker: str
    job: int


@dataclass(frozen=True)
class Take:
    """Tell the worker to forget the job: somebody else has time for it."""

    worker: str
    job: int


Move: TypeAlias = Give | Take


class Dispatch:
    """Every submitted job ends once: by `finish`, by `cancel`, or given up after `tries` runs that met a fault."""

    def __init__(self, prefetch: int = 2, tries: int = 3) -> None:
        self._prefetch, self._tries = prefetch, tries
        self._waiting: deque[int] = deque()
        self._jobs_of: dict[str, list[int]] = {}
        self._owner: dict[int, str] = {}
        self._faults: dict[int, int] = {}

    @property
    def outstanding(self) -> int:
        """Jobs that have not ended."""
        return len(self._faults)

    def submit(self, job: int) -> None:
        """A new job; ValueError if its number is in use."""
        if job in self._faults:
            raise ValueError(f"job {job}: submitted twice")
        self._faults[job] = 0
        self._waiting.append(job)

    def join(self, worker: str) -> None:
        """A worker has time from now on."""
        self._jobs_of.setdefault(worker, [])

    def plan(self) -> list[Move]:
        """What to send now so that no worker idles while jobs wait, in line or behind a long one."""
        moves: list[Move] = []
        while self._waiting and (worker := self._freest()) is not None:
            moves.append(self._give(worker, self._waiting.popleft()))
        while (idle := self._idle()) is not None and (busy := self._busiest()) is not None:
            job = self._jobs_of[busy].pop()
            moves += [Take(busy, job), self._give(idle, job)]
        return moves

    def owner(self, job: int) -> str | None:
        """The worker that has the job, if it is not waiting and not gone."""
        return self._owner.get(job)

    def owns(self, worker: str, job: int) -> bool:
        """The worker is the one that has the job."""
        return self._owner.get(job) == worker

    def finish(self, worker: str, job: int) -> bool:
        """The worker reports the end of a job; False if it is not its job, or not any more."""
        if not self.owns(worker, job):
            return False
        self._forget(job)
        return True

    def fault(self, worker: str, job: int) -> bool:
        """The worker failed to run the job, which waits again; True if it is given up instead."""
        if not self.owns(worker, job):
            return False
        self._jobs_of[self._owner.pop(job)].remove(job)
        self._faults[job] += 1
        if self._faults[job] >= self._tries:
            self._forget(job)
            return True
        self._waiting.appendleft(job)
        return False

    def lose(self, worker: str) -> tuple[list[int], list[int]]:
        """The worker is dead: (jobs that wait again, jobs given up). Only the job it was running counts a fault."""
        jobs = list(self._jobs_of.get(worker, ()))
        for job in reversed(jobs[1:]):
            self._jobs_of[self._owner.pop(job)].remove(job)
            self._waiting.appendleft(job)
        given_up = [job for job in jobs[:1] if self.fault(worker, job)]
        self._jobs_of.pop(worker, None)
        return [job for job in jobs if job not in given_up], given_up

    def cancel(self, job: int) -> str | None:
        """The job is not wanted any more; the worker to tell so, if one has it."""
        owner = self._owner.get(job)
        if job in self._faults:
            self._forget(job)
        return owner

    def _give(self, worker: str, job: int) -> Give:
        self._jobs_of[worker].append(job)
        self._owner[job] = worker
        return Give(worker, job)

    def _forget(self, job: int) -> None:
        del self._faults[job]
        owner = self._owner.pop(job, None)
        if owner is not None:
            self._jobs_of[owner].remove(job)
        elif job in self._waiting:
            self._waiting.remove(job)

    def _freest(self) -> str | None:
        free = [worker for worker, jobs in self._jobs_of.items() if len(jobs) < self._prefetch]
        return min(free, key=lambda worker: len(self._jobs_of[worker]), default=None)

    def _idle(self) -> str | None:
        return next((worker for worker, jobs in self._jobs_of.items() if not jobs), None)

    def _busiest(self) -> str | None:
        spare = [worker for worker, jobs in self._jobs_of.items() if len(jobs) > 1]
        return max(spare, key=lambda worker: len(self._jobs_of[worker]), default=None)
