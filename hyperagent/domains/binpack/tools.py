"""What a task agent packs with: items come one at a time, and each stays where it was put.

The source of this module runs in the jail of the agent, before it. It takes the items out of the task, so that the
agent is shown none before its turn. Not guarded: an agent that takes the interpreter apart could look for the items
(that is for the gate); what it answers is checked as a packing on the host.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from typing import Any

Choose = Callable[[int, list[int]], object]


def tools(task: dict[str, Any]) -> dict[str, object]:
    """`pack(choose)`: the bin of each item, in order, where `choose(item, spaces)` is asked for each."""
    items, capacity = task.pop("items"), task["capacity"]
    return {"pack": lambda choose: packed(items, capacity, choose)}


def packed(items: Sequence[int], capacity: int, choose: Choose) -> list[int]:
    """The number of the bin that each item was put into.

    `choose(item, spaces)` is given the different amounts of space that an item fits into, the least first; the last is
    the capacity, which stands for a new bin. Bins with equal space are equal, so that it gives one of the amounts.
    """
    spaces: list[int] = [capacity]
    open_bins: dict[int, list[int]] = {}
    bins: list[int] = []
    count = 0
    for item in items:
        offered = spaces[bisect_left(spaces, item) :]
        space = choose(item, list(offered))
        if type(space) is not int or space not in offered:
            raise ValueError(f"choose gave {space!r:.40}, expected one of the {len(offered)} amounts it was offered")
        if space == capacity:
            bin, count = count, count + 1
        else:
            bin = taken(spaces, open_bins, space)
        bins.append(bin)
        kept(spaces, open_bins, space - item, bin)
    return bins


def taken(spaces: list[int], open_bins: dict[int, list[int]], space: int) -> int:
    """A bin with this space, no longer among the open ones."""
    bin = open_bins[space].pop()
    if not open_bins[space]:
        del open_bins[space]
        spaces.remove(space)
    return bin


def kept(spaces: list[int], open_bins: dict[int, list[int]], space: int, bin: int) -> None:
    """The bin among the open ones with this space, unless it is full."""
    if space == 0:
        return
    if space not in open_bins:
        insort(spaces, space)
        open_bins[space] = []
    open_bins[space].append(bin)
