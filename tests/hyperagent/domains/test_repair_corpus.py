"""Every function of the corpus against an oracle that goes about it in another way."""

import bisect
import collections
import datetime
import heapq
import itertools
import math
import random
import re
import statistics
import textwrap
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from hyperagent.domains.repair import tools
from hyperagent.domains.repair.cases import cases
from hyperagent.domains.repair.corpus import ENTRIES, Entry

ORACLES: dict[str, Callable[..., Any]] = {}


def oracle(function: Callable[..., Any]) -> Callable[..., Any]:
    ORACLES[function.__name__] = function
    return function


for name in ("bubble_sort", "insertion_sort", "merge_sort", "quick_sort", "heap_sort", "shell_sort"):
    ORACLES[name] = sorted

ORACLES |= {
    "selection_sort": lambda values: sorted(values, reverse=True),
    "counting_sort": lambda values, top: sorted(v for v in values if v in range(top + 1)),
    "three_way_partition": lambda values, p: [bisect.bisect_left(sorted(values), p), bisect.bisect(sorted(values), p)],
    "binary_search": lambda values, target: values.index(target) if target in values else -1,
    "rotated_search": lambda values, target: values.index(target) if target in values else -1,
    "insertion_point": bisect.bisect_right,
    "kth_smallest": lambda values, k: heapq.nsmallest(k, values)[-1] if 1 <= k <= len(values) else None,
    "majority": lambda values: next((v for v in values if values.count(v) > len(values) / 2), None),
    "first_missing": lambda values: next(n for n in itertools.count(1) if n not in values),
    "sorted_intersection": lambda left, right: sorted(set(left) & set(right)),
    "greatest_common_divisor": lambda values: math.gcd(*values),
    "primes_up_to": lambda limit: [n for n in range(2, limit + 1) if all(n % d for d in range(2, n))],
    "power_modulo": pow,
    "to_base": lambda number, base: written(number, base),
    "longest_increasing": lambda values: longest(
        values, lambda chosen: all(a < b for a, b in itertools.pairwise(chosen))
    ),
    "is_palindrome": lambda text: (s := re.sub("[^a-z0-9]", "", text.lower())) == s[::-1],
    "run_lengths": lambda text: "".join(
        k + (str(n) if (n := len(list(g))) > 1 else "") for k, g in itertools.groupby(text)
    ),
    "expand_runs": lambda text: re.sub(r"(\D)(\d+)", lambda found: found[1] * int(found[2]), text),
    "word_counts": lambda text: dict(collections.Counter(re.findall("[a-z]+", text.lower()))),
    "find_all": lambda text, pattern: [m.start() for m in re.finditer(f"(?={pattern})", text)] if pattern else [],
    "wrap_words": lambda text, width: textwrap.wrap(" ".join(text.split()), width, break_long_words=False),
    "window_maxima": lambda values, width: [max(values[i : i + width]) for i in range(len(values) - width + 1)],
    "next_permutation": lambda values: following(values),
}


@oracle
def equal_range(values: list[int], target: int) -> list[int]:
    if target not in values:
        return [-1, -1]
    return [bisect.bisect_left(values, target), bisect.bisect_right(values, target) - 1]


@oracle
def pair_with_sum(values: list[int], total: int) -> list[int]:
    pairs = [p for p in itertools.combinations(range(len(values)), 2) if values[p[0]] + values[p[1]] == total]
    return list(max(pairs, key=lambda pair: pair[1] - pair[0], default=()))


@oracle
def staircase_search(rows: list[list[int]], target: int) -> list[int]:
    return next(([y, row.index(target)] for y, row in enumerate(rows) if target in row), [])


def relaxed(lengths: dict[str, dict[str, int]], start: str) -> dict[str, int]:
    """Bellman and Ford."""
    found = {start: 0}
    for _ in lengths:
        for node, edges in lengths.items():
            for other, length in edges.items():
                if node in found:
                    found[other] = min(found.get(other, 10**9), found[node] + length)
    return found


def ones(graph: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    return {node: dict.fromkeys(others, 1) for node, others in graph.items()}


ORACLES["shortest_lengths"] = relaxed
ORACLES["distances"] = lambda graph, start: relaxed(ones(graph), start)


@oracle
def topological_order(graph: dict[str, list[str]]) -> list[str]:
    def forwards(order: tuple[str, ...]) -> bool:
        return all(order.index(node) < order.index(other) for node in graph for other in graph[node])

    return next((list(order) for order in itertools.permutations(sorted(graph)) if forwards(order)), [])


@oracle
def has_cycle(graph: dict[str, list[str]]) -> bool:
    return any(node in relaxed(ones(graph), other) for node in graph for other in graph[node])


@oracle
def components(graph: dict[str, list[str]]) -> list[int]:
    parts = {tuple(sorted(relaxed(ones(graph), node))) for node in graph}
    return sorted(map(len, parts), reverse=True)


@oracle
def all_pairs(lengths: list[list[int]]) -> list[list[int]]:
    names = [str(i) for i in range(len(lengths))]
    graph = {
        a: {b: n for b, n in zip(names, row, strict=True) if n >= 0} for a, row in zip(names, lengths, strict=True)
    }
    return [[relaxed(graph, a).get(b, -1) for b in names] for a in names]


@oracle
def is_bipartite(graph: dict[str, list[str]]) -> bool:
    sides = (dict(zip(graph, side, strict=True)) for side in itertools.product([0, 1], repeat=len(graph)))
    return any(all(side[a] != side[b] for a in graph for b in graph[a]) for side in sides)


@oracle
def flood_fill(grid: list[list[int]], row: int, column: int, colour: int) -> list[list[int]]:
    area = {(row, column)}
    for _ in range(len(grid) * len(grid[0])):
        near = {(y + dy, x + dx) for y, x in area for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0))}
        area |= {(y, x) for y, line in enumerate(grid) for x, v in enumerate(line) if v == grid[row][column]} & near
    return [[colour if (y, x) in area else v for x, v in enumerate(line)] for y, line in enumerate(grid)]


@oracle
def spanning_length(count: int, edges: list[list[int]]) -> int:
    def joins(tree: tuple[list[int], ...]) -> bool:
        graph: dict[str, dict[str, int]] = {str(node): {} for node in range(count)}
        for _, a, b in tree:
            graph[str(a)][str(b)] = graph[str(b)][str(a)] = 1
        return len(relaxed(graph, "0")) == count

    trees = itertools.combinations(edges, max(count - 1, 0))
    return min((sum(edge[0] for edge in tree) for tree in trees if count == 0 or joins(tree)), default=-1)


@oracle
def caesar_shift(text: str, shift: int) -> str:
    lower = "abcdefghijklmnopqrstuvwxyz"
    turned = lower[shift % 26 :] + lower[: shift % 26]
    return text.translate(str.maketrans(lower + lower.upper(), turned + turned.upper()))


@oracle
def common_prefix(words: list[str]) -> str:
    same = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*words, strict=False))
    return "".join(letters[0] for letters in same)


@oracle
def roman_numeral(number: int) -> str:
    places = [
        "I II III IV V VI VII VIII IX",
        "X XX XXX XL L LX LXX LXXX XC",
        "C CC CCC CD D DC DCC DCCC CM",
        "M MM MMM",
    ]
    digits = [int(digit) for digit in reversed(str(number))]
    return "".join(["", *place.split()][digit] for digit, place in reversed(list(zip(digits, places, strict=False))))


@oracle
def roman_value(numeral: str) -> int:
    return next(number for number in range(1, 4000) if roman_numeral(number) == numeral)


@oracle
def prefix_table(pattern: str) -> list[int]:
    heads = [pattern[:end] for end in range(1, len(pattern) + 1)]
    return [max(n for n in range(len(head)) if head.endswith(head[:n])) for head in heads]


@oracle
def unbalanced_bracket(text: str) -> int:
    """The shortest beginning that no ending could mend ends with the culprit."""

    def reduced(part: str) -> str:
        part = re.sub(r"[^][(){}]", "", part)
        while (less := re.sub(r"\(\)|\[\]|\{\}", "", part)) != part:
            part = less
        return part

    for i in range(len(text)):
        if re.search(r"[])}]", reduced(text[: i + 1])):
            return i
    return len(text) if reduced(text) else -1


@oracle
def longest_palindrome(text: str) -> str:
    parts = [text[a:b] for a, b in itertools.combinations(range(len(text) + 1), 2)]
    return max((part for part in parts if part == part[::-1]), key=len, default="")


@oracle
def compare_versions(left: str, right: str) -> int:
    a, b = ([*map(int, version.split(".")), 0, 0, 0, 0, 0][:5] for version in (left, right))
    return (a > b) - (a < b)


@oracle
def prime_factors(number: int) -> list[int]:
    divisor = next((d for d in range(2, number + 1) if number % d == 0), None)
    return [divisor, *prime_factors(number // divisor)] if divisor else []


@oracle
def square_root(number: int) -> list[int]:
    return [math.isqrt(number), number - math.isqrt(number) ** 2]


def written(number: int, base: int) -> str:
    text = next(t for t in numerals(base) if int(t, base) == abs(number))
    return f"-{text}" if number < 0 else text


def numerals(base: int) -> Any:
    for length in itertools.count(1):
        for letters in itertools.product("0123456789abcdef"[:base], repeat=length):
            if length == 1 or letters[0] != "0":
                yield "".join(letters)


@oracle
def from_base(text: str, base: int) -> int | None:
    try:
        return int(text, base)
    except ValueError:
        return None


@oracle
def digital_root(number: int, base: int) -> list[int]:
    if number < base:
        return [number, 0]
    digits = [number // base**place % base for place in range(number.bit_length())]
    root, rounds = digital_root(sum(digits), base)
    return [root, rounds + 1]


@oracle
def collatz_peak(start: int) -> list[int]:
    if start == 1:
        return [0, 1]
    steps, peak = collatz_peak(start * 3 + 1 if start & 1 else start >> 1)
    return [steps + 1, max(peak, start)]


@oracle
def leap_days(first: int, last: int) -> int:
    days = [datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1) for year in range(first, last + 1)]
    return sum(year.days == 366 for year in days)


@oracle
def perfect_kind(number: int) -> str:
    total = sum(divisor for divisor in range(1, number) if number % divisor == 0)
    return {0: "perfect", 1: "abundant", -1: "deficient"}[(total > number) - (total < number)]


@oracle
def luhn_valid(number: str) -> bool:
    digits = number.replace(" ", "")
    if not re.fullmatch("[0-9]{2,}", digits):
        return False
    doubled = sum(sum(map(int, str(2 * int(digit)))) for digit in digits[-2::-2])
    return (doubled + sum(map(int, digits[-1::-2]))) % 10 == 0


@oracle
def best_stretch(values: list[int]) -> list[int]:
    """The first to end, as the longest of those has a beginning that is no loss to drop."""
    stretches = [[sum(values[a:b]), a, b] for b in range(len(values) + 1) for a in range(b, -1, -1)]
    best = max(total for total, _, _ in stretches)
    return next(found for found in stretches if found[0] == best) if best > 0 else [0, 0, 0]


def longest(values: list[int], good: Callable[[Any], bool]) -> int:
    return max(len(c) for n in range(len(values) + 1) for c in itertools.combinations(values, n) if good(c))


@oracle
def fewest_coins(coins: list[int], amount: int) -> int:
    counts = [sum(c) for c in ways(coins, amount)]
    return min(counts, default=-1)


def ways(coins: list[int], amount: int) -> list[tuple[int, ...]]:
    counts = itertools.product(*(range(amount // coin + 1) for coin in coins))
    return [c for c in counts if sum(n * coin for n, coin in zip(c, coins, strict=True)) == amount]


ORACLES["ways_to_pay"] = lambda coins, amount: len(ways(coins, amount))


@oracle
def knapsack(weights: list[int], values: list[int], capacity: int) -> int:
    chosen = subsets(weights)
    return max(sum(values[i] for i in c) for c in chosen if sum(weights[i] for i in c) <= capacity)


@oracle
def edit_distance(left: str, right: str) -> int:
    if not left or not right:
        return len(left) + len(right)
    deleted, inserted = edit_distance(left[1:], right), edit_distance(left, right[1:])
    return min(1 + deleted, 1 + inserted, (left[0] != right[0]) + edit_distance(left[1:], right[1:]))


@oracle
def grid_paths(grid: list[list[int]]) -> int:
    if not grid:
        return 0

    def paths(y: int, x: int) -> int:
        if y < 0 or x < 0 or grid[y][x] == 1:
            return 0
        return 1 if y == x == 0 else paths(y - 1, x) + paths(y, x - 1)

    return paths(len(grid) - 1, len(grid[0]) - 1)


def subsets(values: list[int]) -> list[tuple[int, ...]]:
    return [c for n in range(len(values) + 1) for c in itertools.combinations(range(len(values)), n)]


@oracle
def can_split_evenly(values: list[int]) -> bool:
    return any(2 * sum(values[i] for i in chosen) == sum(values) for chosen in subsets(values))


@oracle
def richest_apart(values: list[int]) -> int:
    apart = [c for c in subsets(values) if all(b - a > 1 for a, b in itertools.pairwise(c))]
    return max(sum(values[i] for i in chosen) for chosen in apart)


@oracle
def multiplication_cost(sizes: list[int]) -> int:
    if len(sizes) <= 2:
        return 0
    inner = range(1, len(sizes) - 1)
    return min(math.prod(sizes[i - 1 : i + 2]) + multiplication_cost(sizes[:i] + sizes[i + 1 :]) for i in inner)


@oracle
def word_break(text: str, words: list[str]) -> list[int]:
    pattern = "|".join(words)
    return [end for end in range(len(text) + 1) if end == 0 or (words and re.fullmatch(f"({pattern})*", text[:end]))]


@oracle
def evaluate_postfix(tokens: list[str]) -> int | None:
    stack: list[str] = []
    try:
        for token in tokens:
            if token in "+-*":
                right, left = stack.pop(), stack.pop()
                token = f"({left}{token}{right})"
            stack.append(f"({token})")
    except IndexError:
        return None
    return eval(stack[0]) if len(stack) == 1 else None


@oracle
def merge_intervals(intervals: list[list[int]]) -> list[list[int]]:
    points = sorted({point for start, end in intervals for point in range(2 * start, 2 * end + 1)})
    starts = [p for p in points if p - 1 not in points]
    return [[start // 2, next(p for p in points if p >= start and p + 1 not in points) // 2] for start in starts]


@oracle
def rotate_left(values: list[int], places: int) -> list[int]:
    ring = collections.deque(values)
    ring.rotate(-places)
    return list(ring)


@oracle
def spiral(rows: list[list[int]]) -> list[int]:
    if not rows or not rows[0]:
        return []
    turned = [list(column) for column in zip(*rows[1:], strict=True)][::-1]
    return rows[0] + spiral(turned)


@oracle
def next_greater(values: list[int]) -> list[int]:
    return [next((j for j, v in enumerate(values[i:]) if v > value), 0) for i, value in enumerate(values)]


@oracle
def largest_rectangle(heights: list[int]) -> int:
    spans = itertools.combinations(range(len(heights) + 1), 2)
    return max((min(heights[a:b]) * (b - a) for a, b in spans), default=0)


@oracle
def best_trade(prices: list[int], fee: int) -> list[int]:
    days = [(buy, sell) for sell in range(len(prices)) for buy in range(sell)]
    best = max(days, key=lambda day: prices[day[1]] - prices[day[0]], default=(0, 0))
    profit = prices[best[1]] - prices[best[0]] - fee if days else 0
    return [profit, *best] if profit > 0 else [0, -1, -1]


@oracle
def cache_misses(requests: list[str], size: int) -> list[int]:
    def held(key: str, before: list[str]) -> bool:
        if key not in before:
            return False
        since = before[len(before) - before[::-1].index(key) :]
        return len(set(since)) < size

    hits = sum(held(key, requests[:i]) for i, key in enumerate(requests))
    return [len(requests) - hits, min(size, len(set(requests)))]


@oracle
def josephus(count: int, step: int) -> list[int]:
    ring = collections.deque(range(1, count + 1))
    order = []
    while ring:
        ring.rotate(1 - step)
        order.append(ring.popleft())
    return order


def following(values: list[int]) -> list[int]:
    orders = sorted(set(itertools.permutations(values)))
    return list(orders[(orders.index(tuple(values)) + 1) % len(orders)])


@oracle
def next_life(grid: list[list[int]]) -> list[list[int]]:
    alive = {(y, x) for y, row in enumerate(grid) for x, cell in enumerate(row) if cell}
    around = set(itertools.product([-1, 0, 1], repeat=2)) - {(0, 0)}
    near = {
        (y, x): sum((y + a, x + b) in alive for a, b in around) for y in range(len(grid)) for x in range(len(grid[0]))
    }
    return [
        [int(near[y, x] == 3 or (near[y, x] == 2 and cell)) for x, cell in enumerate(r)] for y, r in enumerate(grid)
    ]


@oracle
def tree_levels(values: list[int]) -> list[list[int]]:
    levels: dict[int, list[int]] = {}

    def place(keys: list[int], level: int) -> None:
        if keys:
            place([key for key in keys if key < keys[0]], level + 1)
            levels.setdefault(level, []).append(keys[0])
            place([key for key in keys if key > keys[0]], level + 1)

    place(values, 0)
    return [levels[level] for level in sorted(levels)]


@oracle
def busiest_moment(intervals: list[list[int]]) -> list[int]:
    inside = {moment: sum(s <= moment < e for s, e in intervals) for moment in range(40)}
    most = max(inside.values())
    return [most, next(moment for moment in inside if inside[moment] == most)] if most else [0, 0]


def is_common_subsequence(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


PROPERTIES: dict[str, Callable[..., bool]] = {
    "path_between": lambda found, graph, start, goal: (
        found[0] == start
        and found[-1] == goal
        and all(b in graph[a] for a, b in itertools.pairwise(found))
        and len(found) == relaxed(ones(graph), start)[goal] + 1
        if found
        else goal not in relaxed(ones(graph), start)
    ),
    "common_subsequence": lambda found, left, right: (
        is_common_subsequence(found, left)
        and is_common_subsequence(found, right)
        and len(found) == longest(list(left), lambda chosen: is_common_subsequence("".join(chosen), right))
    ),
}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_a_correct_function_agrees_with_its_oracle(entry: Entry) -> None:
    for seed in range(4):
        for arguments in entry.inputs(random.Random(seed)):
            found = entry.function(*deepcopy(arguments))
            if entry.name in PROPERTIES:
                assert PROPERTIES[entry.name](found, *arguments), (arguments, found)
            else:
                expected = ORACLES[entry.name](*deepcopy(arguments))
                assert tools.same(found, expected), (arguments, found, expected)


def test_every_function_has_one_oracle_and_a_name_of_its_own() -> None:
    names = [entry.name for entry in ENTRIES]
    assert sorted(names) == sorted({*ORACLES, *PROPERTIES})
    assert len(names) >= 48
    assert len({entry.family for entry in ENTRIES}) >= 7


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_inputs_are_different_plain_enough_for_both_kinds_of_tests_and_drawn_by_the_seed(entry: Entry) -> None:
    drawn = entry.inputs(random.Random(3))
    assert drawn == entry.inputs(random.Random(3))
    assert len(drawn) == len({repr(arguments) for arguments in drawn}) >= 18
    assert all(is_plain(arguments) for arguments in drawn)
    assert all(is_plain(case.test.expected) for case in cases(entry, random.Random(3)))


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(type(key) is str and is_plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(is_plain, value))
    return value is None or type(value) in (bool, str) or (type(value) is int and abs(value) < 2**60)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_results_differ_from_input_to_input(entry: Entry) -> None:
    expected = [repr(case.test.expected) for case in cases(entry, random.Random(5))]
    commonest = statistics.mode(expected)
    assert expected.count(commonest) <= 0.75 * len(expected), commonest


def test_sources_are_short_and_stand_alone() -> None:
    for entry in ENTRIES:
        assert 6 <= len(entry.source.splitlines()) <= 26, entry.name
        assert "import " not in entry.source
        assert entry.source.startswith(f"def {entry.name}(")
