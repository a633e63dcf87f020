"""A strategy for what a selection is shown."""

import numpy as np
from hypothesis import strategies as st

from archive import Columns

IDS = st.integers(0, 10**6)
SCORES = st.one_of(st.sampled_from((0.0, 0.5, 1.0)), st.floats(-1e9, 1e9))
VISITS = st.one_of(st.integers(0, 50), st.integers(0, 10**12))
DEPTHS = st.integers(0, 10**4)
SIZES = st.integers(0, 10**7)


def candidates(max_size: int = 12) -> st.SearchStrategy[Columns]:
    """Columns of one to `max_size` candidates: equals among them, the never visited, and the very often visited."""
    one = st.tuples(IDS, SCORES, VISITS, DEPTHS, SIZES)
    rows = st.lists(one, min_size=1, max_size=max_size, unique_by=lambda row: row[0])
    return rows.map(lambda found: columns(sorted(found)))


def columns(rows: list[tuple[int, float, int, int, int]]) -> Columns:
    """Rows of (id, score, visits, depth, size) as columns."""
    ids, scores, visits, depths, sizes = zip(*rows, strict=True)
    return Columns(
        id=np.array(ids, np.int64),
        score=np.array(scores, np.float64),
        visits=np.array(visits, np.int64),
        depth=np.array(depths, np.int64),
        size=np.array(sizes, np.int64),
    )
