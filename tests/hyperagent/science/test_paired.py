import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperagent.science.paired import compared, holm, paired_effect, sign_flip

FEW = st.lists(st.floats(-10, 10, allow_nan=False), min_size=1, max_size=8)


def test_the_exact_test_counts_the_ways_to_sign() -> None:
    assert sign_flip([1.0]) == 1.0
    assert sign_flip([1.0, 1.0]) == 0.5
    assert sign_flip([1.0] * 10) == 2 / 2**10
    assert sign_flip([3.0, 2.0, -1.0]) == 4 / 8


def test_more_pairs_are_sampled_and_the_sample_is_the_same_each_time() -> None:
    differences = [0.1 * (k % 7 - 2) for k in range(40)]
    found = sign_flip(differences)
    assert 0.0 < found < 0.2
    assert found == sign_flip(differences)


@given(FEW)
def test_the_sign_of_a_difference_does_not_matter_to_the_test(differences: list[float]) -> None:
    assert sign_flip(differences) == pytest.approx(sign_flip([-d for d in differences]))
    assert 2 / 2 ** len(differences) <= sign_flip(differences) <= 1.0


def test_seeds_are_paired_and_those_with_one_arm_are_left_out() -> None:
    found = compared({0: 0.5, 1: 0.7, 2: 0.1, 9: 5.0}, {0: 0.4, 1: 0.5, 2: 0.1, 8: 3.0})
    assert found.count == 3
    assert found.difference == pytest.approx(0.1)
    assert found.low <= found.difference <= found.high


def test_nothing_in_common_gives_nothing() -> None:
    assert compared({0: 1.0}, {1: 1.0}).count == 0
    assert math.isnan(compared({0: 1.0}, {1: 1.0}).p)


def test_the_effect_is_the_mean_over_the_spread() -> None:
    assert paired_effect([1.0, 2.0, 3.0]) == pytest.approx(2.0)
    assert math.isnan(paired_effect([1.0, 1.0]))


def test_holm_multiplies_the_smallest_by_the_number_of_tests() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, math.nan, 0.9])[0] == 1.0
    assert math.isnan(holm([0.5, math.nan])[1])


@given(st.lists(st.floats(0, 1, allow_nan=False), min_size=1, max_size=8))
def test_a_corrected_value_is_never_smaller(values: list[float]) -> None:
    assert all(after >= before for before, after in zip(values, holm(values), strict=True))
