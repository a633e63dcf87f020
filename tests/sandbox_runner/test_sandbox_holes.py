"""Holes in the heap of a zygote: they are filled, at a bounded price, so that what a fork makes lies side by side."""

from itertools import pairwise

import pytest

from sandbox_runner import holes
from sandbox_runner.holes import HEAD, IN_A_ROW, POOL, SIZES, filling, filling_of, maker


@pytest.mark.parametrize("size", SIZES)
def test_what_is_made_of_each_size_takes_a_place_of_that_size(size: int) -> None:
    made = [maker(size)() for _ in range(2_000)]
    offsets = {(id(one) % POOL - HEAD) % size for one in made}
    assert offsets == {0}


@pytest.mark.parametrize("size", [64, 320])
def test_after_the_holes_are_filled_new_objects_lie_side_by_side(size: int) -> None:
    scattered = [maker(size)() for _ in range(5_000)]
    del scattered[::3]
    kept = filling_of(size)
    places = sorted(id(one) for one in [maker(size)() for _ in range(IN_A_ROW)])
    assert len(kept) > 1_000
    assert [after - before for before, after in pairwise(places)] == [size] * (IN_A_ROW - 1)


def test_an_allocator_with_no_such_pools_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holes, "HEAD", 1)
    assert filling() == []
