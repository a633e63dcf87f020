import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperagent.science.intervals import mean_interval


@pytest.mark.parametrize(
    ("scores", "low", "high"),
    [
        ([1] * 8 + [0] * 2, 0.4902, 0.9433),
        ([0] * 10, 0.0, 0.2775),
        ([1] * 10, 0.7225, 1.0),
        ([1], 0.2065, 1.0),
        ([1] * 50 + [0] * 50, 0.4038, 0.5962),
    ],
)
def test_scores_of_0_and_1_have_wilsons_interval(scores: list[float], low: float, high: float) -> None:
    found = mean_interval(scores)
    assert (found.low, found.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    assert found.mean == sum(scores) / len(scores)
    assert found.count == len(scores)


def test_the_bootstrap_agrees_with_the_normal_interval_of_a_large_sample() -> None:
    scores = np.random.default_rng(7).uniform(-3, 5, size=400)
    found = mean_interval(scores.tolist())
    half = 1.96 * scores.std(ddof=1) / math.sqrt(len(scores))
    assert found.low == pytest.approx(scores.mean() - half, abs=0.03)
    assert found.high == pytest.approx(scores.mean() + half, abs=0.03)


def test_more_confidence_needs_more_room() -> None:
    for scores in ([0.1, 0.9, 0.3, 0.7], [0, 1, 1, 0]):
        wide, narrow = mean_interval(scores, 0.99), mean_interval(scores, 0.5)
        assert wide.low < narrow.low < narrow.high < wide.high


def test_no_score_has_no_interval() -> None:
    found = mean_interval([])
    assert found.count == 0
    assert all(map(math.isnan, (found.mean, found.low, found.high)))


def test_one_score_between_0_and_1_says_nothing_of_the_spread() -> None:
    found = mean_interval([0.4])
    assert (found.mean, found.count) == (0.4, 1)
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_equal_scores_have_an_interval_of_no_width() -> None:
    assert mean_interval([0.4] * 5).low == mean_interval([0.4] * 5).high == 0.4


@given(st.lists(st.integers(-8, 8).map(lambda k: k / 8), min_size=2, max_size=12))
def test_the_mean_lies_in_its_interval_and_a_second_call_gives_the_same(scores: list[float]) -> None:
    found = mean_interval(scores)
    assert found.low <= found.mean <= found.high
    assert min(0.0, *scores) <= found.low
    assert found == mean_interval(scores)
