"""Holes in the heap of a process that is about to be forked, and what fills them.

Python puts small objects into pools, one size a pool. Where many objects have come and gone there is a little room in
many pools, and a fork that needs some would write to all of these pages, each of which is copied. What fills the holes
is kept for good, so that a fork puts what is new side by side. It costs no memory, since the pages are there already.

Not covered: objects above 512 bytes, which the C library places. Where another allocator is in use nothing is gained.
"""

from collections.abc import Callable

POOL, HEAD = 1 << 14, 48
"""The size of a pool and where its first object lies, in CPython 3.10 and later on machines of 64 bits."""
SIZES = range(16, 513, 16)
IN_A_ROW = 12
"""So many objects one behind the other, from the head of a pool on, lie in a new pool: there are no more holes."""
MOST = 20_000
"""More holes of one size than there are: it is not the allocator that it is taken for."""


def filling() -> list[object]:
    """Objects in all the holes that there are, to be kept."""
    return [one for size in SIZES for one in filling_of(size)]


def filling_of(size: int) -> list[object]:
    """Objects of one size in all the holes that are left by others of that size."""
    make = maker(size)
    found: list[object] = [None] * MOST
    last = row = 0
    for count in range(MOST):
        found[count] = one = make()
        at = id(one)
        row = 1 if at % POOL == HEAD else row + 1 if row and at == last + size else 0
        last = at
        if row == IN_A_ROW:
            return found[: count - row + 1]
    return []


def maker(size: int) -> Callable[[], object]:
    """What makes an object of a size that no garbage collector knows of."""
    if size == object.__basicsize__:
        return object
    if size <= bytes.__basicsize__:
        return lambda: float("0.5")
    return lambda: bytes(size - bytes.__basicsize__)
