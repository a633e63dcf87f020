"""Work in flight: found by whoever goes on, gone with its generation, and never used once it was edited."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from specimens import evaluation, individual

from archive import Archive, Lease, Trial, Work, copied, examined, leases, refusals, suspects
from archive.work import EVERY

AGENT, OTHER = "ab" * 32, "cd" * 32
TRIAL = evaluation(0.5).trials[0]


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of the seed, with one trial of generation 1 and two of generation 2 in flight."""
    path = tmp_path / "archive.sqlite"
    with closing(Archive(path)) as archive:
        archive.add(individual(0, 1))
        work = Work(archive.store, "process 7 on here")
        work.begin([1, 2])
        work.claim(AGENT, 1)
        work.claim(OTHER, 2)
        work.keep(AGENT, b"first", TRIAL)
        work.keep(OTHER, b"first", TRIAL)
        work.keep(OTHER, b"second", TRIAL)
        work.write()
    return path


def found(path: Path, program: str, attempt: bytes) -> Trial | None:
    """What the next process finds of an attempt."""
    with closing(Archive(path)) as archive:
        return Work(archive.store).find(program, attempt)


def change(path: Path, query: str) -> None:
    """Do to the file what the archive never would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(query)


def test_the_next_process_finds_a_trial_and_who_had_begun_its_generation(path: Path) -> None:
    assert found(path, AGENT, b"first") == TRIAL and found(path, AGENT, b"second") is None
    with closing(Archive(path)) as archive:
        assert leases(archive.store) == [Lease(1, "process 7 on here", 1, 0.5), Lease(2, "process 7 on here", 2, 1.0)]
        Work(archive.store, "process 8 on here").begin([1])
        assert [lease.holder for lease in leases(archive.store)] == ["process 8 on here", "process 7 on here"]
    assert examined(path).damage == []


def test_work_is_gone_once_its_generation_is_in_the_archive(path: Path) -> None:
    with closing(Archive(path)) as archive:
        archive.add(individual(1, 1))
        assert [lease.generation for lease in leases(archive.store)] == [2]
    assert found(path, AGENT, b"first") is None and found(path, OTHER, b"first") == TRIAL


def test_a_trial_that_a_later_generation_needs_as_well_stays_for_that_one(path: Path) -> None:
    with closing(Archive(path)) as archive:
        work = Work(archive.store, "process 8 on here")
        work.claim(AGENT, 2)
        work.settle(1)
        archive.add(individual(1, 1))
    assert found(path, AGENT, b"first") == TRIAL and examined(path).damage == []


def test_writes_are_spaced_and_what_is_committed_before_one_is_never_written(tmp_path: Path) -> None:
    clock = Clock()
    with closing(Archive(tmp_path / "a")) as archive:
        work = Work(archive.store, "me", clock)
        work.claim(AGENT, 0)
        work.keep(AGENT, b"first", TRIAL)
        work.keep(AGENT, b"second", TRIAL)
        assert [lease.trials for lease in leases(archive.store)] == [1]
        clock.now += EVERY
        work.write_if_due()
        assert [lease.trials for lease in leases(archive.store)] == [2]
        work.keep(AGENT, b"third", TRIAL)
        work.settle(0)
        archive.add(individual(0, 1))
        work.write()
        assert leases(archive.store) == []


def test_a_trial_that_was_killed_or_that_no_generation_needs_is_not_kept(tmp_path: Path) -> None:
    with closing(Archive(tmp_path / "a")) as archive:
        work = Work(archive.store, "me")
        work.claim(AGENT, 0)
        work.keep(AGENT, b"first", Trial("t", "Killed", None, 0.0, "worker died"))
        work.keep(OTHER, b"first", TRIAL)
        work.write()
        assert leases(archive.store) == []


@pytest.mark.parametrize(
    "changed",
    ["generation = 2", "generation = 'x'", "holder = 'me'", "content = x'00'", "content = 'text'", "seal = x'00'",
     "attempt = x'00'", "program = x'00'", "content = replace(content, x'736f', x'736e')"],
)  # fmt: skip
def test_work_that_was_edited_is_named_never_used_and_done_again(path: Path, changed: str) -> None:
    change(path, f"UPDATE work SET {changed} WHERE generation = 1")
    told = [str(damage) for damage in examined(path).damage]
    assert len(told) == 1 and "in flight: is not what was written" in told[0]
    assert found(path, AGENT, b"first") is None and found(path, OTHER, b"first") == TRIAL
    with closing(Archive(path)) as archive:
        assert len(refusals(archive.store)) == 1 and suspects(archive.store) == []
    assert examined(path).damage == []


def test_an_edited_lease_is_named_and_a_row_that_outlived_its_generation_too(path: Path) -> None:
    change(path, "UPDATE lease SET holder = 'nobody' WHERE generation = 2")
    assert [str(damage) for damage in examined(path).damage] == [
        "the lease of generation 2 in flight: is not what was written"
    ]
    found(path, AGENT, b"first")
    with closing(Archive(path)) as archive:
        archive.store._has_work = False
        archive.add(individual(1, 1))
    assert [str(damage) for damage in examined(path).damage] == [
        "the lease of generation 1 in flight: is there still, expected it to be gone with its generation",
        "a trial of generation 1 in flight: is there still, expected it to be gone with its generation",
    ]


@pytest.mark.parametrize(("keep", "expected"), [(lambda: None, TRIAL), (lambda: {0}, None)])
def test_a_copy_has_the_work_in_flight_and_a_pruned_one_has_not(
    path: Path, tmp_path: Path, keep: Callable[[], set[int] | None], expected: Trial | None
) -> None:
    change(path, "UPDATE work SET content = x'00' WHERE generation = 1")
    copied(path, tmp_path / "b", whole=keep())
    assert found(tmp_path / "b", OTHER, b"second") == expected and examined(tmp_path / "b").damage == []
