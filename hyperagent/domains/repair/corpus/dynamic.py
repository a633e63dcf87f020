"""Dynamic programming: answers made of the answers to smaller questions."""

import random

from hyperagent.domains.repair.corpus.draw import cases, grid, integers, text
from hyperagent.domains.repair.corpus.entry import entries


def best_stretch(values: list[int]) -> list[int]:
    """Return [sum, start, end) of the first stretch with the largest sum; zeros if none is positive."""
    best = [0, 0, 0]
    total = 0
    start = 0
    for i in range(len(values)):
        if total <= 0:
            total = 0
            start = i
        total += values[i]
        if total > best[0]:
            best = [total, start, i + 1]
    return best


def longest_increasing(values: list[int]) -> int:
    """Return the length of the longest strictly increasing subsequence."""
    longest = [1] * len(values)
    for i in range(1, len(values)):
        for j in range(i):
            if values[j] < values[i] and longest[j] + 1 > longest[i]:
                longest[i] = longest[j] + 1
    return max(longest, default=0)


def fewest_coins(coins: list[int], amount: int) -> int:
    """Return how few coins make up the amount, or -1 if none do."""
    fewest = [0] + [-1] * amount
    for total in range(1, amount + 1):
        for coin in coins:
            if coin <= total and fewest[total - coin] >= 0:
                count = fewest[total - coin] + 1
                if fewest[total] < 0 or count < fewest[total]:
                    fewest[total] = count
    return fewest[amount]


def ways_to_pay(coins: list[int], amount: int) -> int:
    """Return in how many ways coins of these kinds make up the amount, whatever their order."""
    ways = [0] * (amount + 1)
    ways[0] = 1
    for coin in coins:
        for total in range(coin, amount + 1):
            ways[total] += ways[total - coin]
    return ways[amount]


def knapsack(weights: list[int], values: list[int], capacity: int) -> int:
    """Return the largest value of things, each taken at most once, whose weights fit the capacity."""
    best = [0] * (capacity + 1)
    for i in range(len(weights)):
        for room in range(capacity, weights[i] - 1, -1):
            taken = best[room - weights[i]] + values[i]
            if taken > best[room]:
                best[room] = taken
    return best[capacity]


def edit_distance(left: str, right: str) -> int:
    """Return how few insertions, deletions and substitutions turn one text into the other."""
    previous = list(range(len(right) + 1))
    for i in range(1, len(left) + 1):
        current = [i]
        for j in range(1, len(right) + 1):
            if left[i - 1] == right[j - 1]:
                cost = previous[j - 1]
            else:
                cost = 1 + min(previous[j - 1], previous[j], current[j - 1])
            current.append(cost)
        previous = current
    return previous[len(right)]


def common_subsequence(left: str, right: str) -> str:
    """Return a longest common subsequence; of several, what following the table backwards finds, up before left."""
    table = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            if left[i - 1] == right[j - 1]:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    result = ""
    i, j = len(left), len(right)
    while i > 0 and j > 0:
        if left[i - 1] == right[j - 1]:
            result = left[i - 1] + result
            i -= 1
            j -= 1
        elif table[i - 1][j] >= table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return result


def grid_paths(grid: list[list[int]]) -> int:
    """Return how many ways lead right and down from the first cell to the last, around cells that are 1."""
    if not grid or grid[0][0] == 1:
        return 0
    ways = [0] * len(grid[0])
    ways[0] = 1
    for row in grid:
        for x in range(len(row)):
            if row[x] == 1:
                ways[x] = 0
            elif x > 0:
                ways[x] += ways[x - 1]
    return ways[-1]


def can_split_evenly(values: list[int]) -> bool:
    """Say whether positive values can be parted into two lists with the same sum."""
    total = sum(values)
    if total % 2 == 1:
        return False
    half = total // 2
    reachable = [True] + [False] * half
    for value in values:
        for target in range(half, value - 1, -1):
            if reachable[target - value]:
                reachable[target] = True
    return reachable[half]


def richest_apart(values: list[int]) -> int:
    """Return the largest sum of values of which no two are neighbours."""
    with_last = 0
    without_last = 0
    for value in values:
        best = max(with_last, without_last)
        with_last = without_last + value
        without_last = best
    return max(with_last, without_last)


def multiplication_cost(sizes: list[int]) -> int:
    """Return how few products of numbers a chain of matrices takes, the i-th being sizes[i] by sizes[i + 1]."""
    count = len(sizes) - 1
    cost = [[0] * (count + 1) for _ in range(count + 1)]
    for length in range(2, count + 1):
        for start in range(count - length + 1):
            end = start + length
            best = -1
            for cut in range(start + 1, end):
                total = cost[start][cut] + cost[cut][end] + sizes[start] * sizes[cut] * sizes[end]
                if best < 0 or total < best:
                    best = total
            cost[start][end] = best
    return cost[0][count] if count > 0 else 0


def word_break(text: str, words: list[str]) -> list[int]:
    """Return every length up to which the text can be cut into words of the list, in ascending order."""
    ends = [0]
    for end in range(1, len(text) + 1):
        for word in words:
            start = end - len(word)
            if start >= 0 and start in ends and text[start:end] == word:
                ends.append(end)
                break
    return ends


def _signed(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[0]], [[5]], [[-2]], [[-1, 3]], [[3, -1]], [[2, -2, 2]], [[1, -3, 4, -1, 2]]]
    return cases(edges, lambda: [integers(rng, 9, -6, 6)])


def _sequences(rng: random.Random) -> list[list[object]]:
    return cases([[[]], [[3]], [[1, 2, 3]], [[3, 2, 1]], [[2, 2]], [[1, 3, 2, 4]]], lambda: [integers(rng, 8, 0, 9)])


def _coins(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[], 0], [[], 3], [[2], 3], [[2], 4], [[5], 5], [[1, 3, 4], 6], [[7], 0], [[4, 9], 12]]
    return cases(edges, lambda: [rng.sample(range(1, 8), rng.randint(1, 3)), rng.randint(1, 14)])


def _loads(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        weights = integers(rng, 5, 1, 6)
        return [weights, [rng.randint(1, 9) for _ in weights], rng.randint(2, 12)]

    small: list[list[object]] = [[[], [], 4], [[3], [5], 3], [[3], [5], 2], [[1], [2], 0], [[2, 2], [3, 4], 2]]
    return cases([*small, [[1, 1], [3, 4], 5], [[2], [3], 6]], one)


def _pairs(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["", ""], ["a", ""], ["", "b"], ["a", "a"], ["a", "b"], ["ab", "ba"], ["abc", "ac"]]
    return cases(edges, lambda: [text(rng, "abc", 6), text(rng, "abc", 6)])


def _mazes(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [[]],
        [[[0]]],
        [[[1]]],
        [[[0, 0], [0, 0]]],
        [[[0, 1], [1, 0]]],
        [[[0, 0, 1]]],
        [[[0], [0]]],
    ]
    return cases(edges, lambda: [grid(rng, [0, 0, 0, 0, 1])])


def _shares(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[2]], [[1, 1]], [[1, 2]], [[1, 2, 3]], [[2, 2, 2]], [[1, 5, 11, 5]]]
    return cases(edges, lambda: [integers(rng, 6, 1, 7)])


def _chains(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[3]], [[2, 3]], [[2, 3, 4]], [[1, 5, 1, 5]], [[9, 1, 9, 1]], [[4, 3, 2, 1, 2]]]
    return cases(edges, lambda: [[rng.randint(1, 9) for _ in range(rng.randint(3, 6))]])


def _cuts(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["", []], ["a", []], ["a", ["a"]], ["ab", ["a"]], ["ab", ["b"]], ["aab", ["a", "ab"]]]
    return cases(edges, lambda: [text(rng, "ab", 8), [text(rng, "ab", 3) for _ in range(rng.randint(1, 3))]])


ENTRIES = entries(
    "dynamic",
    {
        best_stretch: _signed,
        longest_increasing: _sequences,
        fewest_coins: _coins,
        ways_to_pay: _coins,
        knapsack: _loads,
        edit_distance: _pairs,
        common_subsequence: _pairs,
        grid_paths: _mazes,
        can_split_evenly: _shares,
        richest_apart: _signed,
        multiplication_cost: _chains,
        word_break: _cuts,
    },
)
