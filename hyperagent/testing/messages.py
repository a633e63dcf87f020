"""Strategies for plain data, and for what a host and its workers say to each other."""

from typing import cast

from hypothesis import strategies as st

from sandbox_runner import Cost, Killed, Limits, Module, Outcome, Plain, Preload, Raised, Returned, TimedOut
from sandbox_runner.messages import Asked, Broken, Cancel, Done, Fault, Hello, Message, Ping, Pong, Reply, Run, Welcome
from sandbox_runner.outcome import Profile

WORDS = st.text(max_size=20)
JOBS = st.integers(0, 2**63 - 1)
SECONDS = st.floats(0, 1e6)
BYTES = st.integers(0, 2**40)
LIMITS = st.builds(Limits, SECONDS, st.integers(0, 10**6), *[BYTES] * 6)
PROFILES: st.SearchStrategy[Profile] = st.sampled_from(("pure", "tools"))
COSTS = st.builds(Cost, SECONDS, SECONDS, BYTES)
MODULES = st.dictionaries(WORDS, st.builds(Module, WORDS, st.none() | st.binary(max_size=20)), max_size=3)
PRELOADS = st.builds(Preload, st.lists(WORDS, max_size=3).map(tuple), MODULES)


def plain(max_leaves: int = 8) -> st.SearchStrategy[Plain]:
    """Plain data: what may be an input, an answer, a question, or any other value that crosses the wall of a jail."""
    numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
    scalars = st.one_of(st.none(), st.booleans(), numbers, WORDS, st.binary(max_size=20))
    found = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
        max_leaves=max_leaves,
    )
    return cast(st.SearchStrategy[Plain], found)


def outcomes() -> st.SearchStrategy[Outcome]:
    """Every way in which a call can end."""
    return st.one_of(
        st.builds(Returned, plain(), COSTS, st.dictionaries(WORDS, st.binary(max_size=20), max_size=2)),
        st.builds(Raised, WORDS, WORDS, WORDS, COSTS),
        st.builds(TimedOut, WORDS, COSTS),
        st.builds(Killed, WORDS, COSTS),
    )


def messages() -> st.SearchStrategy[Message]:
    """Every message between host and worker, with any content that it may have."""
    return st.one_of(
        st.builds(Hello),
        st.builds(Ping),
        st.builds(Pong),
        st.builds(Welcome, WORDS, st.dictionaries(WORDS, PRELOADS, max_size=3)),
        st.builds(Run, JOBS, WORDS, PROFILES, LIMITS, st.lists(WORDS, max_size=2).map(tuple), st.binary(max_size=40)),
        st.builds(Cancel, JOBS),
        st.builds(Reply, JOBS, plain()),
        st.builds(Done, JOBS, outcomes()),
        st.builds(Asked, JOBS, plain()),
        st.builds(Fault, JOBS, WORDS),
        st.builds(Broken, WORDS),
    )
