from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import Columns
from hyperagent.parents import RULES, paper


def columns(*scores: float) -> Columns:
    """Candidates 0, 3, 6, ... with these scores."""
    count = len(scores)
    zeros = np.zeros(count, np.int64)
    return Columns(np.arange(count) * 3, np.array(scores, np.float64), zeros, zeros, zeros)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=20), st.sampled_from(sorted(RULES)), st.integers(1, 9))
def test_a_rule_picks_ids_that_it_was_offered(scores: list[float], rule: str, wanted: int) -> None:
    offered = columns(*scores)
    picks = RULES[rule](offered, {0: 3}, list(range(wanted)))
    assert len(picks) == wanted
    assert set(picks) <= set(offered.id.tolist())


def test_the_newest_is_the_one_born_last() -> None:
    assert RULES["newest"](columns(0.9, 0.1), {}, [1, 2]) == [3, 3]


def test_the_rule_of_the_paper_prefers_high_scores_and_few_children() -> None:
    offered, seeds = columns(0.9, 0.9, 0.1), list(range(4000))
    fresh = Counter(paper(offered, {}, [seed])[0] for seed in seeds)
    assert fresh[0] == pytest.approx(fresh[3], rel=0.15)
    assert fresh[6] < fresh[0] / 100
    crowded = Counter(paper(offered, {0: 3}, [seed])[0] for seed in seeds)
    assert crowded[3] / crowded[0] == pytest.approx(4.0, rel=0.2)


def test_a_pick_counts_as_a_child_for_the_next() -> None:
    picks = Counter(paper(columns(0.5, 0.5), {}, list(range(400))))
    assert abs(picks[0] - picks[3]) < 20
