"""Forbidden system calls: refused as ever, and counted whatever the job says of them."""

import errno
import textwrap
from collections.abc import Iterator

import pytest

from sandbox_runner import Call, Killed, Limits, Module, Outcome, Pool, Profile, Returned, TimedOut
from sandbox_runner.refusals import MOST

HUSHED = """
    import socket

    def run(api, times):
        seen = set()
        for _ in range(times):
            try:
                socket.socket(socket.AF_INET)
            except OSError as error:
                seen.add(error.errno)
        return sorted(seen)
"""


@pytest.fixture(scope="module", params=["namespaces", "landlock"])
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with Pool(1, sandbox=request.param) as pool:
        yield pool


def ended(pool: Pool, source: str, *arguments: int, profile: Profile = "pure", limits: Limits = Limits()) -> Outcome:  # noqa: B008 - immutable
    pool.submit(Call("h:run", {"h": Module(textwrap.dedent(source))}, {}, arguments, limits, profile=profile))
    [done] = pool.wait(60.0)
    return done.outcome  # type: ignore[union-attr]


@pytest.mark.parametrize("times", [0, 1, 7, MOST])
def test_what_a_job_hides_is_counted(pool: Pool, times: int) -> None:
    outcome = ended(pool, HUSHED, times)
    assert isinstance(outcome, Returned)
    assert outcome.value == ([errno.EPERM] if times else [])
    assert outcome.cost.refused == times


def test_beyond_the_most_that_is_counted_all_is_refused_as_well(pool: Pool) -> None:
    outcome = ended(pool, HUSHED, 20 * MOST)
    assert isinstance(outcome, Returned)
    assert outcome.value == [errno.EPERM, errno.ENOSYS]
    assert outcome.cost.refused == MOST


def test_a_tree_of_programs_is_counted_together() -> None:
    source = """
        import os, socket

        def run(api):
            for _ in range(3):
                if os.fork() == 0:
                    try:
                        socket.socket(socket.AF_INET)
                    finally:
                        os._exit(0)
            return [os.wait()[1] for _ in range(3)]
    """
    with Pool(1, sandbox="namespaces") as pool:
        assert ended(pool, source, profile="tools").cost.refused == 3


def test_threads_are_counted_together(pool: Pool) -> None:
    source = """
        import socket, threading

        def attempt():
            try:
                socket.socket(socket.AF_INET)
            except PermissionError:
                pass

        def run(api):
            threads = [threading.Thread(target=attempt) for _ in range(4)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
    """
    assert ended(pool, source).cost.refused == 4


@pytest.mark.parametrize(
    ("end", "outcome"),
    [("os._exit(3)", Killed), ("os.abort()", Killed), ("time.sleep(60)", TimedOut), ("while True: pass", TimedOut)],
)
def test_however_a_job_ends_what_it_tried_is_known(pool: Pool, end: str, outcome: type[Outcome]) -> None:
    source = f"""
        import os, socket, time

        def run(api):
            try:
                socket.socket(socket.AF_INET)
            except OSError:
                pass
            {end}
    """
    found = ended(pool, source, limits=Limits(wall_seconds=1.0))
    assert isinstance(found, outcome)
    assert found.cost.refused == 1


def test_honest_work_tries_nothing_that_is_forbidden(pool: Pool) -> None:
    source = """
        import collections, decimal, json, os, random, re, threading, time, tempfile, libcst, numpy

        def run(api):
            thread = threading.Thread(target=time.sleep, args=(0.01,))
            thread.start()
            thread.join()
            numpy.linalg.inv(numpy.random.default_rng(0).random((200, 200)))
            libcst.parse_module("x = 1")
            os.urandom(9), os.cpu_count(), os.getcwd()
            try:
                open("/etc/shadow")
            except OSError:
                pass
    """
    outcome = ended(pool, source)
    assert isinstance(outcome, Returned), outcome
    assert outcome.cost.refused == 0
