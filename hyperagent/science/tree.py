"""A family tree over time, laid out so that no two lines cross.

Each individual has a row and a life line in it, from its own generation to that of its last child; a child hangs from
that line by an upright at its generation. Children are placed the youngest first, each in the nearest row with room.
An upright then crosses nothing: whatever lies between was born later, and uprights count as taken room themselves.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Taken = dict[int, tuple[int, int]]
"""Rows, relative to an individual's own, with the first and the last generation that its descent takes up there."""


@dataclass(frozen=True)
class Tree:
    """The row of each individual, and the children of each, in the order of ids."""

    row: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]


def tree(parents: Sequence[int | None]) -> Tree:
    """The layout of a population given each individual's parent; every parent comes before its children."""
    children: dict[int, list[int]] = defaultdict(list)
    for id, parent in enumerate(parents):
        if parent is not None:
            children[parent].append(id)
    offset = [0] * len(parents)
    taken: dict[int, Taken] = {}
    for id in reversed(range(len(parents))):
        taken[id] = settled(id, children[id], taken, offset)
    row = [0] * len(parents)
    for id, parent in enumerate(parents):
        row[id] = offset[id] + (0 if parent is None else row[parent])
    return Tree(tuple(row), tuple(tuple(children[id]) for id in range(len(parents))))


def settled(id: int, children: Sequence[int], taken: dict[int, Taken], offset: list[int]) -> Taken:
    """The room of an individual once its children have their offsets; theirs is used up."""
    if not children:
        return {0: (id, id)}
    *elder, youngest = children
    room = taken.pop(youngest)
    room[0] = (id, max(room[0][1], youngest))
    for child in reversed(elder):
        descent = taken.pop(child)
        offset[child] = next(rows for rows in nearest() if fits(descent, rows, room))
        for row in range(*sorted((0, offset[child]))):
            widen(room, row, child, child)
        for row, (first, last) in descent.items():
            widen(room, row + offset[child], first, last)
    return room


def nearest() -> Iterator[int]:
    """1, -1, 2, -2, and so on."""
    distance = 0
    while True:
        distance += 1
        yield distance
        yield -distance


def fits(descent: Taken, rows: int, room: Taken) -> bool:
    """Whether a descent, moved by so many rows, ends in each of them before anything else begins."""
    return all(row + rows not in room or last < room[row + rows][0] for row, (_, last) in descent.items())


def widen(room: Taken, row: int, first: int, last: int) -> None:
    """Count some generations of a row as taken."""
    if row in room:
        first, last = min(first, room[row][0]), max(last, room[row][1])
    room[row] = (first, last)
