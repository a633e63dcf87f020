"""The table of jobs and workers: whatever happens in whatever order, no job is lost, doubled or misattributed."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from sandbox_runner.dispatch import Dispatch, Give, Take

PREFETCH, TRIES = 2, 3


class Jobs(RuleBasedStateMachine):
    """A model that knows what each worker was really sent, driven by everything that can happen to workers."""

    workers = Bundle("workers")

    def __init__(self) -> None:
        super().__init__()
        self.dispatch = Dispatch(PREFETCH, TRIES)
        self.sent: dict[str, list[int]] = {}
        self.open: set[int] = set()
        self.faults: dict[int, int] = {}
        self.names = 0
        self.past: list[tuple[str, int]] = []

    @rule()
    def submit(self) -> None:
        job = len(self.faults)
        self.faults[job] = 0
        self.open.add(job)
        self.dispatch.submit(job)

    @rule(target=workers)
    def join(self) -> str:
        self.names += 1
        name = f"worker-{self.names}"
        self.sent[name] = []
        self.dispatch.join(name)
        return name

    @rule()
    def plan(self) -> None:
        for move in self.dispatch.plan():
            match move:
                case Give(worker, job):
                    assert job in self.open
                    assert all(job not in jobs for jobs in self.sent.values()), "given to two workers"
                    self.sent[worker].append(job)
                    self.past.append((worker, job))
                case Take(worker, job):
                    assert self.sent[worker][0] != job, "taken while it runs"
                    self.sent[worker].remove(job)
        held = sum(len(jobs) for jobs in self.sent.values())
        assert held == min(len(self.open), PREFETCH * len(self.sent)), "a worker has room and a job waits"
        loads = [len(jobs) for jobs in self.sent.values()]
        assert not loads or min(loads) > 0 or max(loads) <= 1, "one worker idles while another has work in store"

    @rule(worker=workers)
    def finish(self, worker: str) -> None:
        if self.sent.get(worker):
            job = self.sent[worker].pop(0)
            assert self.dispatch.finish(worker, job)
            self.open.remove(job)
            assert not self.dispatch.finish(worker, job), "ended twice"

    @rule(worker=workers, job=st.integers(0, 30))
    def lie(self, worker: str, job: int) -> None:
        if job not in self.sent.get(worker, ()):
            assert not self.dispatch.finish(worker, job)
            assert not self.dispatch.fault(worker, job)

    @rule(data=st.data())
    def report_late_or_again(self, data: st.DataObject) -> None:
        """A worker that may be dead, stopped or merely slow reports on a job that it was given once."""
        if self.past:
            worker, job = data.draw(st.sampled_from(self.past))
            if job not in self.sent.get(worker, ()):
                assert not self.dispatch.finish(worker, job)
                assert not self.dispatch.fault(worker, job)
                assert not self.dispatch.owns(worker, job)

    @rule(data=st.data())
    def finish_out_of_order(self, data: st.DataObject) -> None:
        """What was sent ahead ends before what was sent first: a worker may tell so, and it counts."""
        jobs = [(worker, job) for worker, jobs in self.sent.items() for job in jobs[1:]]
        if jobs:
            worker, job = data.draw(st.sampled_from(jobs))
            assert self.dispatch.finish(worker, job)
            self.sent[worker].remove(job)
            self.open.remove(job)

    @rule(worker=workers)
    def join_again(self, worker: str) -> None:
        """A second greeting changes nothing."""
        self.dispatch.join(worker)

    @rule(worker=workers)
    def fault(self, worker: str) -> None:
        if self.sent.get(worker):
            job = self.sent[worker].pop(0)
            self.count_fault(job, self.dispatch.fault(worker, job))

    @rule(worker=consumes(workers))
    def die(self, worker: str) -> None:
        jobs = self.sent.pop(worker)
        again, given_up = self.dispatch.lose(worker)
        assert sorted(again + given_up) == sorted(jobs)
        assert given_up == jobs[:1] or not given_up
        for job in jobs[:1]:
            self.count_fault(job, job in given_up)

    @rule(job=st.integers(0, 30))
    def cancel(self, job: int) -> None:
        owners = [worker for worker, jobs in self.sent.items() if job in jobs]
        assert self.dispatch.cancel(job) == (owners[0] if owners else None)
        self.open.discard(job)
        for worker in owners:
            self.sent[worker].remove(job)

    @rule(job=st.integers(0, 30))
    def submit_again(self, job: int) -> None:
        if job in self.open:
            with pytest.raises(ValueError, match="submitted twice"):
                self.dispatch.submit(job)

    def teardown(self) -> None:
        """However it went, an honest worker brings every job that is still open to its end, each once."""
        self.die_all()
        self.dispatch.join("honest")
        self.sent["honest"] = []
        ended: list[int] = []
        while self.open:
            self.plan()
            job = self.sent["honest"].pop(0)
            assert self.dispatch.finish("honest", job)
            self.open.remove(job)
            ended.append(job)
        assert len(ended) == len(set(ended))
        assert self.dispatch.outstanding == 0

    def die_all(self) -> None:
        for worker in list(self.sent):
            self.die(worker)

    @invariant()
    def nothing_is_lost(self) -> None:
        assert self.dispatch.outstanding == len(self.open)
        for worker, jobs in self.sent.items():
            assert all(self.dispatch.owner(job) == worker for job in jobs)

    def count_fault(self, job: int, given_up: bool) -> None:
        self.faults[job] += 1
        assert given_up == (self.faults[job] >= TRIES)
        if given_up:
            self.open.remove(job)


TestJobs = Jobs.TestCase
TestJobs.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
