"""One pool of real processes for all tests that only look at outcomes, and a short way to run a foreign function."""

from collections.abc import Callable, Iterator

import pytest

from sandbox_runner import Call, Done, Limits, Module, Outcome, Plain, Pool

HARNESS = Module("""
def run(api, *arguments):
    import genome.agent
    return genome.agent.solve(*arguments)
""")
SMALL = Limits(wall_seconds=5.0, cpu_seconds=1, memory_bytes=64 << 20, answer_bytes=1 << 16, file_bytes=1 << 16)

Run = Callable[..., Outcome]


def foreign(source: str, *arguments: Plain, limits: Limits = SMALL, preload: str = "bare") -> Call:
    """A call of `solve` in `source`, which the jail sees as genome.agent."""
    return Call("harness:run", {"harness": HARNESS}, {"genome.agent": Module(source)}, arguments, limits, preload)


def outcome(pool: Pool, call: Call) -> Outcome:
    """How the call ends."""
    job = pool.submit(call)
    events = pool.wait(60.0)
    match events:
        case [Done(number, result)] if number == job:
            return result
    raise AssertionError(f"{events} instead of the end of job {job}")


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    with Pool(workers=2) as pool:
        yield pool


@pytest.fixture
def run(pool: Pool) -> Run:
    def run(source: str, *arguments: Plain, limits: Limits = SMALL, preload: str = "bare") -> Outcome:
        return outcome(pool, foreign(source, *arguments, limits=limits, preload=preload))

    return run


@pytest.fixture
def make_call() -> Callable[..., Call]:
    return foreign
