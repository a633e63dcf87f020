"""What a packing is held against: the lower bound L2, and the bins that first fit and best fit use."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from hyperagent.domains.binpack.tools import packed


def lower_bound(items: Sequence[int], capacity: int) -> int:
    """The bound L2 of Martello & Toth (Knapsack Problems, 1990, section 8.3): no packing has fewer bins.

    For each threshold: an item that leaves less than it has a bin of its own, one of more than half a bin shares with
    none of its like, and what the rest needs beyond the room beside those is rounded up.
    """
    ordered = sorted(items)
    below = [0, *accumulate(ordered)]
    half = bisect_right(ordered, capacity // 2)
    bound = 0
    for least in {0, *ordered[:half]}:
        alone = bisect_right(ordered, capacity - least)
        room = (alone - half) * capacity - (below[alone] - below[half])
        rest = below[half] - below[bisect_left(ordered, least)]
        bound = max(bound, len(ordered) - half + max(0, -((room - rest) // capacity)))
    return bound


def best_fit(items: Sequence[int], capacity: int) -> int:
    """The number of bins when each item goes where the least space is left."""
    return len(set(packed(items, capacity, lambda _item, spaces: spaces[0])))


def first_fit(items: Sequence[int], capacity: int) -> int:
    """The number of bins when each item goes into the first bin that has the space."""
    spaces: list[int] = []
    for item in items:
        found = next((bin for bin, space in enumerate(spaces) if space >= item), len(spaces))
        if found == len(spaces):
            spaces.append(capacity)
        spaces[found] -= item
    return len(spaces)
