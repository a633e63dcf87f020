"""Silence is noticed, and nobody who speaks is taken for silent."""

import math

from hypothesis import given
from hypothesis import strategies as st

from sandbox_runner.heartbeat import Heartbeats

INTERVAL, PATIENCE = 1.0, 5.0


def test_one_that_says_nothing_is_asked_once_and_then_given_up() -> None:
    beats = Heartbeats(INTERVAL, PATIENCE)
    assert beats.until_next(0.0) == math.inf
    beats.heard("a", 0.0)
    assert beats.to_ask(0.9) == []
    assert beats.until_next(0.9) == INTERVAL - 0.9
    assert beats.to_ask(1.0) == ["a"]
    assert beats.to_ask(2.0) == []
    assert beats.silent(5.9) == []
    assert beats.silent(6.0) == ["a"]
    beats.lost("a")
    assert beats.silent(9.0) == beats.to_ask(9.0) == []


def test_one_that_is_hired_may_take_its_time_to_start() -> None:
    beats = Heartbeats(INTERVAL, PATIENCE)
    beats.heard("a", 60.0)
    assert beats.to_ask(60.9) == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(0, 3)), max_size=30))
def test_one_that_answers_in_time_is_never_given_up(events: list[tuple[str, float]]) -> None:
    """Worker a answers whatever it is asked before the next event; b says something now and then, or not."""
    beats, now = Heartbeats(INTERVAL, PATIENCE), 0.0
    beats.heard("a", now)
    beats.heard("b", now)
    for who, pause in events:
        now += pause
        assert "a" not in beats.silent(now)
        assert beats.until_next(now) >= 0
        if who == "b":
            beats.heard("b", now)
        if "a" in beats.to_ask(now):
            beats.heard("a", now)
