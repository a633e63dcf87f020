"""Searching, and picking out of a list."""

import random

from hyperagent.domains.repair.corpus.draw import cases, integers
from hyperagent.domains.repair.corpus.entry import entries


def binary_search(values: list[int], target: int) -> int:
    """Return the index of the target in a sorted list without duplicates, or -1."""
    low = 0
    high = len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        if values[middle] == target:
            return middle
        if values[middle] < target:
            low = middle + 1
        else:
            high = middle - 1
    return -1


def insertion_point(values: list[int], target: int) -> int:
    """Return how many values of a sorted list are less than or equal to the target."""
    low = 0
    high = len(values)
    while low < high:
        middle = (low + high) // 2
        if target < values[middle]:
            high = middle
        else:
            low = middle + 1
    return low


def equal_range(values: list[int], target: int) -> list[int]:
    """Return the first and the last index of the target in a sorted list, or [-1, -1]."""

    def first_at_least(bound: int) -> int:
        low = 0
        high = len(values)
        while low < high:
            middle = low + (high - low) // 2
            if values[middle] < bound:
                low = middle + 1
            else:
                high = middle
        return low

    first = first_at_least(target)
    if first == len(values) or values[first] != target:
        return [-1, -1]
    return [first, first_at_least(target + 1) - 1]


def rotated_search(values: list[int], target: int) -> int:
    """Return the index of the target in a sorted list of distinct values that was rotated, or -1."""
    low, high = 0, len(values) - 1
    while low <= high:
        middle = (low + high) // 2
        if values[middle] == target:
            return middle
        if values[low] <= values[middle]:
            if values[low] <= target and target < values[middle]:
                high = middle - 1
            else:
                low = middle + 1
        elif values[middle] < target and target <= values[high]:
            low = middle + 1
        else:
            high = middle - 1
    return -1


def kth_smallest(values: list[int], k: int) -> int | None:
    """Return the k-th smallest value, counted from 1, or None if there are not that many."""
    if k < 1 or k > len(values):
        return None
    pivot = values[len(values) // 2]
    smaller = [value for value in values if value < pivot]
    larger = [value for value in values if value > pivot]
    equal = len(values) - len(smaller) - len(larger)
    if k <= len(smaller):
        return kth_smallest(smaller, k)
    if k <= len(smaller) + equal:
        return pivot
    return kth_smallest(larger, k - len(smaller) - equal)


def pair_with_sum(values: list[int], total: int) -> list[int]:
    """Return two indexes of a sorted list whose values add up to the total, the widest such pair, or []."""
    left = 0
    right = len(values) - 1
    while left < right:
        found = values[left] + values[right]
        if found == total:
            return [left, right]
        if found < total:
            left += 1
        else:
            right -= 1
    return []


def majority(values: list[int]) -> int | None:
    """Return the value that fills more than half of the list, or None; by voting."""
    candidate = None
    votes = 0
    for value in values:
        if votes == 0:
            candidate = value
        if value == candidate:
            votes += 1
        else:
            votes -= 1
    count = 0
    for value in values:
        if value == candidate:
            count += 1
    return candidate if count * 2 > len(values) else None


def first_missing(values: list[int]) -> int:
    """Return the smallest positive integer that is not in the list."""
    present = [False] * (len(values) + 1)
    for value in values:
        if 1 <= value <= len(values):
            present[value] = True
    missing = 1
    while missing <= len(values) and present[missing]:
        missing += 1
    return missing


def staircase_search(rows: list[list[int]], target: int) -> list[int]:
    """Return [row, column] of the topmost target in a grid whose rows and columns ascend, or []."""
    if not rows:
        return []
    row = 0
    column = len(rows[0]) - 1
    while row < len(rows) and column >= 0:
        value = rows[row][column]
        if value == target:
            return [row, column]
        if value > target:
            column -= 1
        else:
            row += 1
    return []


def sorted_intersection(left: list[int], right: list[int]) -> list[int]:
    """Return the values that two sorted lists have in common, each once."""
    common: list[int] = []
    i = 0
    j = 0
    while i < len(left) and j < len(right):
        if left[i] < right[j]:
            i += 1
        elif left[i] > right[j]:
            j += 1
        else:
            if not common or common[-1] != left[i]:
                common.append(left[i])
            i += 1
            j += 1
    return common


def _distinct(rng: random.Random) -> list[int]:
    return sorted(rng.sample(range(20), rng.randint(2, 9)))


def _targets(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        values = _distinct(rng)
        return [values, rng.choice([*values, rng.randint(0, 20)])]

    return cases([[[], 1], [[3], 3], [[3], 4], [[1, 4], 1], [[1, 4], 4], [[1, 4, 6], 6], [[1, 4, 6], 0]], one)


def _sorted_with_duplicates(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[], 1], [[3], 3], [[3], 2], [[2, 2, 2], 2], [[1, 2, 2], 2], [[2, 2, 5], 2], [[1, 5], 9]],
        lambda: [sorted(integers(rng, 9, 0, 6)), rng.randint(0, 6)],
    )


def _rotated(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        values = _distinct(rng)
        cut = rng.randrange(len(values))
        return [values[cut:] + values[:cut], rng.choice([*values, rng.randint(0, 20)])]

    return cases([[[], 1], [[3], 3], [[3], 4], [[4, 1], 1], [[4, 1], 4], [[1, 4], 4], [[6, 1, 4], 4]], one)


def _ranks(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        values = integers(rng)
        return [values, rng.randint(1, len(values))]

    return cases([[[], 1], [[5], 1], [[5], 2], [[5, 3], 0], [[2, 2, 1], 2], [[2, 2, 1], 3], [[9, 8, 7], 1]], one)


def _sums(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        values = sorted(integers(rng, 8, -5, 12))
        return [values, rng.choice(values) + rng.choice(values)]

    return cases([[[], 0], [[4], 8], [[2, 5], 7], [[2, 5], 4], [[1, 2, 3, 4], 5], [[-3, 0, 3], 0]], one)


def _votes(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[]], [[7]], [[1, 2]], [[1, 1, 2]], [[2, 1, 1]], [[1, 2, 1, 2]], [[3, 3, 4, 2, 3]]],
        lambda: [integers(rng, 9, 0, 2)],
    )


def _gaps(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[]], [[1]], [[2]], [[1, 2, 3]], [[3, 1]], [[0, -4]], [[2, 1, 0]], [[1, 1, 2, 2]]],
        lambda: [integers(rng, 8, -1, 6)],
    )


def _ascending_grids(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        columns = sorted(rng.sample(range(10), rng.randint(2, 4)))
        rows = [[start + step for step in columns] for start in sorted(rng.sample(range(10), rng.randint(2, 4)))]
        return [rows, rng.choice([rng.choice(rng.choice(rows)), rng.randint(0, 20)])]

    return cases([[[], 1], [[[3]], 3], [[[3]], 2], [[[1, 2]], 1], [[[1], [2]], 2], [[[1, 2], [3, 4]], 5]], one)


def _sorted_pairs(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[], []], [[1], []], [[], [1]], [[2], [2]], [[1, 1], [1, 1, 1]], [[1, 3], [2, 4]]],
        lambda: [sorted(integers(rng, 7, 0, 8)), sorted(integers(rng, 7, 0, 8))],
    )


ENTRIES = entries(
    "searching",
    {
        binary_search: _targets,
        insertion_point: _sorted_with_duplicates,
        equal_range: _sorted_with_duplicates,
        rotated_search: _rotated,
        kth_smallest: _ranks,
        pair_with_sum: _sums,
        majority: _votes,
        first_missing: _gaps,
        staircase_search: _ascending_grids,
        sorted_intersection: _sorted_pairs,
    },
)
