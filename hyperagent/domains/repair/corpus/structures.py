"""Stacks, queues, intervals, trees and grids."""

import random

from hyperagent.domains.repair.corpus.draw import cases, grid, integers
from hyperagent.domains.repair.corpus.entry import entries


def evaluate_postfix(tokens: list[str]) -> int | None:
    """Return the value of an expression in reverse Polish notation with + - *, or None if it is none."""
    stack: list[int] = []
    for token in tokens:
        if token not in ["+", "-", "*"]:
            stack.append(int(token))
            continue
        if len(stack) < 2:
            return None
        right = stack.pop()
        left = stack.pop()
        if token == "+":
            stack.append(left + right)
        elif token == "-":
            stack.append(left - right)
        else:
            stack.append(left * right)
    return stack[0] if len(stack) == 1 else None


def merge_intervals(intervals: list[list[int]]) -> list[list[int]]:
    """Merge the intervals that overlap or touch; return them in ascending order."""
    merged: list[list[int]] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def rotate_left(values: list[int], places: int) -> list[int]:
    """Rotate a list in place by three reversals, to the right if the places are negative; return it."""

    def reverse(low: int, high: int) -> None:
        while low < high:
            values[low], values[high] = values[high], values[low]
            low += 1
            high -= 1

    if values:
        cut = places % len(values)
        reverse(0, cut - 1)
        reverse(cut, len(values) - 1)
        reverse(0, len(values) - 1)
    return values


def spiral(rows: list[list[int]]) -> list[int]:
    """Return the cells of a grid in a clockwise spiral from the first cell inwards."""
    result: list[int] = []
    top, bottom = 0, len(rows) - 1
    left, right = 0, len(rows[0]) - 1 if rows else -1
    while top <= bottom and left <= right:
        for x in range(left, right + 1):
            result.append(rows[top][x])
        for y in range(top + 1, bottom + 1):
            result.append(rows[y][right])
        if top < bottom and left < right:
            for x in range(right - 1, left - 1, -1):
                result.append(rows[bottom][x])
            for y in range(bottom - 1, top, -1):
                result.append(rows[y][left])
        top, bottom = top + 1, bottom - 1
        left, right = left + 1, right - 1
    return result


def window_maxima(values: list[int], width: int) -> list[int]:
    """Return the largest value of each window of that width, from a queue of indexes whose values descend."""
    queue: list[int] = []
    maxima = []
    for i in range(len(values)):
        while queue and values[queue[-1]] <= values[i]:
            queue.pop()
        queue.append(i)
        if queue[0] <= i - width:
            queue.pop(0)
        if i >= width - 1:
            maxima.append(values[queue[0]])
    return maxima


def next_greater(values: list[int]) -> list[int]:
    """For each value, how many places further on the first greater one stands, 0 if there is none."""
    result = [0] * len(values)
    waiting: list[int] = []
    for i in range(len(values)):
        while waiting and values[waiting[-1]] < values[i]:
            j = waiting.pop()
            result[j] = i - j
        waiting.append(i)
    return result


def largest_rectangle(heights: list[int]) -> int:
    """Return the area of the largest rectangle under a histogram with bars of width 1."""
    best = 0
    stack: list[int] = []
    for i in range(len(heights) + 1):
        height = heights[i] if i < len(heights) else 0
        while stack and heights[stack[-1]] >= height:
            top = stack.pop()
            left = stack[-1] + 1 if stack else 0
            best = max(best, heights[top] * (i - left))
        stack.append(i)
    return best


def best_trade(prices: list[int], fee: int) -> list[int]:
    """Return [profit, buying day, selling day] of the best single trade, the first of several, or [0, -1, -1]."""
    best = [0, -1, -1]
    cheapest = 0
    for day in range(1, len(prices)):
        profit = prices[day] - prices[cheapest] - fee
        if profit > best[0]:
            best = [profit, cheapest, day]
        if prices[day] < prices[cheapest]:
            cheapest = day
    return best


def cache_misses(requests: list[str], size: int) -> list[int]:
    """Return how often a least-recently-used cache of that size is missed, and how many it holds in the end."""
    cache: list[str] = []
    misses = 0
    for key in requests:
        if key in cache:
            cache.remove(key)
        else:
            misses += 1
            if size > 0 and len(cache) >= size:
                cache.pop(0)
        if size > 0:
            cache.append(key)
    return [misses, len(cache)]


def josephus(count: int, step: int) -> list[int]:
    """Return the order in which people 1 to count leave a circle when every step-th one has to."""
    circle = list(range(1, count + 1))
    order = []
    index = 0
    while circle:
        index = (index + step - 1) % len(circle)
        order.append(circle.pop(index))
    return order


def next_permutation(values: list[int]) -> list[int]:
    """Turn a list in place into its next permutation, the last one into the first; return it."""
    pivot = len(values) - 2
    while pivot >= 0 and values[pivot] >= values[pivot + 1]:
        pivot -= 1
    if pivot >= 0:
        swap = len(values) - 1
        while values[swap] <= values[pivot]:
            swap -= 1
        values[pivot], values[swap] = values[swap], values[pivot]
    values[pivot + 1 :] = values[pivot + 1 :][::-1]
    return values


def next_life(grid: list[list[int]]) -> list[list[int]]:
    """Return the next generation of Conway's game of life on a grid with nothing alive around it."""
    height = len(grid)
    width = len(grid[0])
    result = []
    for y in range(height):
        row = []
        for x in range(width):
            alive = -grid[y][x]
            for near in range(max(y - 1, 0), min(y + 2, height)):
                alive += sum(grid[near][max(x - 1, 0) : x + 2])
            if alive == 3 or (alive == 2 and grid[y][x] == 1):
                row.append(1)
            else:
                row.append(0)
        result.append(row)
    return result


def tree_levels(values: list[int]) -> list[list[int]]:
    """Insert values into a binary search tree, duplicates once; return the keys of each level from left to right."""
    children: dict[int, list[int | None]] = {}
    for value in values:
        node: int | None = values[0]
        while node is not None and node != value:
            side = 0 if value < node else 1
            if children[node][side] is None:
                children[node][side] = value
                break
            node = children[node][side]
        if value not in children:
            children[value] = [None, None]
    levels = []
    level = values[:1]
    while level:
        levels.append(level)
        level = [child for node in level for child in children[node] if child is not None]
    return levels


def busiest_moment(intervals: list[list[int]]) -> list[int]:
    """Return [most, when]: how many intervals overlap at most and where first; an end is no longer inside."""
    events = []
    for start, end in intervals:
        if start < end:
            events.append([start, 1])
            events.append([end, -1])
    most = 0
    when = 0
    current = 0
    for moment, change in sorted(events):
        current += change
        if current > most:
            most = current
            when = moment
    return [most, when]


def _expressions(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        tokens = [str(rng.randint(0, 9))]
        for _ in range(rng.randint(1, 3)):
            tokens += [str(rng.randint(-5, 9)), rng.choice("+-*")]
        return [rng.choice([tokens, tokens[1:2] + tokens[:1] + tokens[2:], [*tokens, "7"], [*tokens, "-"], tokens])]

    edges: list[list[object]] = [
        [[]],
        [["5"]],
        [["+"]],
        [["1", "+"]],
        [["1", "2"]],
        [["7", "2", "-"]],
        [["2", "3", "*"]],
    ]
    return cases([*edges, [["1", "2", "3", "-", "-"]]], one)


def _intervals(rng: random.Random) -> list[list[object]]:
    def interval() -> list[int]:
        start = rng.randint(0, 15)
        return [start, start + rng.randint(0, 5)]

    edges: list[list[object]] = [
        [[]],
        [[[1, 2]]],
        [[[1, 2], [2, 3]]],
        [[[1, 2], [3, 4]]],
        [[[1, 9], [2, 3]]],
        [[[2, 2]]],
    ]
    return cases(edges, lambda: [[interval() for _ in range(rng.randint(2, 5))]])


def _rotations(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[], 2], [[1], 1], [[1, 2], 1], [[1, 2, 3], 0], [[1, 2, 3], 3], [[1, 2, 3], -1]]
    return cases(edges, lambda: [integers(rng, 7), rng.randint(-9, 9)])


def _rectangles(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        width, height = rng.randint(1, 4), rng.randint(1, 4)
        return [[[y * width + x + 1 + rng.randint(0, 1) for x in range(width)] for y in range(height)]]

    return cases(
        [[[]], [[[]]], [[[1]]], [[[1, 2]]], [[[1], [2]]], [[[1, 2], [3, 4]]], [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], one
    )


def _windows(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [[], 1],
        [[4], 1],
        [[4], 2],
        [[1, 2, 3], 3],
        [[3, 2, 1], 2],
        [[2, 2, 1], 2],
        [[1, 2], 1],
    ]
    return cases(edges, lambda: [integers(rng, 9, 0, 9), rng.randint(1, 4)])


def _heights(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[0]], [[3]], [[2, 2]], [[1, 2, 3]], [[3, 2, 1]], [[2, 1, 2]], [[1, 3, 1, 3]]]
    return cases(edges, lambda: [integers(rng, 8, 0, 6)])


def _prices(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [[], 0],
        [[5], 0],
        [[1, 2], 0],
        [[1, 2], 1],
        [[2, 1], 0],
        [[1, 4, 1, 4], 1],
        [[3, 1, 2], 0],
    ]
    return cases(edges, lambda: [integers(rng, 8, 1, 12), rng.randint(0, 2)])


def _requests(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [[], 2],
        [["a"], 0],
        [["a", "a"], 1],
        [["a", "b", "a"], 1],
        [["a", "b", "a", "c", "b"], 2],
    ]
    return cases(edges, lambda: [[rng.choice("abcd") for _ in range(rng.randint(3, 10))], rng.randint(0, 3)])


def _circles(rng: random.Random) -> list[list[object]]:
    return cases([[0, 2], [1, 3], [2, 1], [2, 2], [5, 2], [3, 5]], lambda: [rng.randint(2, 9), rng.randint(1, 7)])


def _orders(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[1]], [[1, 2]], [[2, 1]], [[1, 3, 2]], [[3, 2, 1]], [[1, 1, 2]], [[2, 2]]]
    return cases(edges, lambda: [integers(rng, 6, 0, 4)])


def _worlds(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [[[0]]],
        [[[1]]],
        [[[1, 1], [1, 0]]],
        [[[1, 1, 1]]],
        [[[0, 1, 0], [0, 1, 0], [0, 1, 0]]],
        [[[1, 1], [1, 1]]],
    ]
    return cases(edges, lambda: [grid(rng, [0, 1])])


def _keys(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[5]], [[5, 3, 8]], [[1, 2, 3]], [[2, 2]], [[5, 3, 8, 4, 7, 3]]]
    return cases(edges, lambda: [integers(rng, 8, 0, 12)])


ENTRIES = entries(
    "structures",
    {
        evaluate_postfix: _expressions,
        merge_intervals: _intervals,
        rotate_left: _rotations,
        spiral: _rectangles,
        window_maxima: _windows,
        next_greater: _heights,
        largest_rectangle: _heights,
        best_trade: _prices,
        cache_misses: _requests,
        josephus: _circles,
        next_permutation: _orders,
        next_life: _worlds,
        tree_levels: _keys,
        busiest_moment: _intervals,
    },
)
