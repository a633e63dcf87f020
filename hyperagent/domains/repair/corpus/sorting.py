"""Sorting: each in a way of its own."""

import random

from hyperagent.domains.repair.corpus.draw import cases, integers
from hyperagent.domains.repair.corpus.entry import entries


def bubble_sort(values: list[int]) -> list[int]:
    """Sort in place by swapping neighbours until a pass swaps none; return the list."""
    end = len(values) - 1
    swapped = True
    while swapped:
        swapped = False
        for i in range(end):
            if values[i] > values[i + 1]:
                values[i], values[i + 1] = values[i + 1], values[i]
                swapped = True
        end -= 1
    return values


def insertion_sort(values: list[int]) -> list[int]:
    """Return a sorted copy, made by inserting each value into the sorted part before it."""
    result = list(values)
    for i in range(1, len(result)):
        value = result[i]
        j = i - 1
        while j >= 0 and result[j] > value:
            result[j + 1] = result[j]
            j -= 1
        result[j + 1] = value
    return result


def selection_sort(values: list[int]) -> list[int]:
    """Return a copy in descending order, made by selecting the largest of what is left."""
    result = list(values)
    for i in range(len(result) - 1):
        best = i
        for j in range(i + 1, len(result)):
            if result[j] > result[best]:
                best = j
        if best != i:
            result[i], result[best] = result[best], result[i]
    return result


def merge_sort(values: list[int]) -> list[int]:
    """Return a sorted copy, made by merging two sorted halves."""
    if len(values) <= 1:
        return values[:]
    middle = len(values) // 2
    left = merge_sort(values[:middle])
    right = merge_sort(values[middle:])
    merged = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] <= right[j]:
            merged.append(left[i])
            i += 1
        else:
            merged.append(right[j])
            j += 1
    return merged + left[i:] + right[j:]


def quick_sort(values: list[int]) -> list[int]:
    """Sort in place around pivots taken from the end; return the list."""

    def sort(low: int, high: int) -> None:
        if low >= high:
            return
        pivot = values[high]
        store = low
        for i in range(low, high):
            if values[i] < pivot:
                values[i], values[store] = values[store], values[i]
                store += 1
        values[store], values[high] = values[high], values[store]
        sort(low, store - 1)
        sort(store + 1, high)

    sort(0, len(values) - 1)
    return values


def heap_sort(values: list[int]) -> list[int]:
    """Return a sorted copy, made with a binary heap whose root is the largest."""
    heap = list(values)

    def sift_down(root: int, end: int) -> None:
        while 2 * root + 1 < end:
            child = 2 * root + 1
            if child + 1 < end and heap[child] < heap[child + 1]:
                child += 1
            if heap[root] >= heap[child]:
                return
            heap[root], heap[child] = heap[child], heap[root]
            root = child

    for start in range(len(heap) // 2 - 1, -1, -1):
        sift_down(start, len(heap))
    for end in range(len(heap) - 1, 0, -1):
        heap[0], heap[end] = heap[end], heap[0]
        sift_down(0, end)
    return heap


def counting_sort(values: list[int], top: int) -> list[int]:
    """Sort values from 0 to `top`, which is included, by counting each; values out of that range are left out."""
    counts = [0] * (top + 1)
    for value in values:
        if 0 <= value <= top:
            counts[value] += 1
    result = []
    for value in range(top + 1):
        for _ in range(counts[value]):
            result.append(value)
    return result


def shell_sort(values: list[int]) -> list[int]:
    """Sort in place by insertion over gaps that are halved until they are 1; return the list."""
    gap = len(values) // 2
    while gap > 0:
        for i in range(gap, len(values)):
            value = values[i]
            j = i
            while j >= gap and values[j - gap] > value:
                values[j] = values[j - gap]
                j -= gap
            values[j] = value
        gap //= 2
    return values


def three_way_partition(values: list[int], pivot: int) -> list[int]:
    """Reorder in place to smaller, equal, larger than the pivot; return where the equal ones begin and end."""
    low = 0
    i = 0
    high = len(values) - 1
    while i <= high:
        if values[i] < pivot:
            values[i], values[low] = values[low], values[i]
            low += 1
            i += 1
        elif values[i] > pivot:
            values[i], values[high] = values[high], values[i]
            high -= 1
        else:
            i += 1
    return [low, high + 1]


def _lists(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[]], [[4]], [[2, 1]], [[3, 3, 3]], [[1, 2, 3, 4]], [[5, 4, 3, 2, 1]], [[0, -1, 0, -1]]],
        lambda: [integers(rng)],
    )


def _counts(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[], 3], [[0], 0], [[2, 0, 2], 2], [[3, -1, 1], 2], [[5, 4, 3, 2, 1, 0], 5]],
        lambda: [integers(rng, 9, -1, 7), rng.randint(0, 7)],
    )


def _pivots(rng: random.Random) -> list[list[object]]:
    return cases(
        [[[], 1], [[1], 1], [[2], 1], [[0], 1], [[1, 1, 1], 1], [[3, 2, 1], 2], [[5, 1, 5], 3]],
        lambda: [integers(rng, 9, 0, 6), rng.randint(1, 5)],
    )


ENTRIES = entries(
    "sorting",
    {
        bubble_sort: _lists,
        insertion_sort: _lists,
        selection_sort: _lists,
        merge_sort: _lists,
        quick_sort: _lists,
        heap_sort: _lists,
        counting_sort: _counts,
        shell_sort: _lists,
        three_way_partition: _pivots,
    },
)
