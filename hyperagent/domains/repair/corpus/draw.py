"""Draws that several functions of the corpus share."""

import random
from collections.abc import Callable


def cases(edges: list[list[object]], one: Callable[[], list[object]], count: int = 24) -> list[list[object]]:
    """The edge cases, then `count` random argument lists, each different from the ones before."""
    found = list(edges)
    for _ in range(count * 8):
        arguments = one()
        if len(found) < len(edges) + count and arguments not in found:
            found.append(arguments)
    return found


def integers(rng: random.Random, longest: int = 9, low: int = -9, high: int = 20) -> list[int]:
    """A list of up to `longest` integers, duplicates included."""
    return [rng.randint(low, high) for _ in range(rng.randint(1, longest))]


def text(rng: random.Random, letters: str = "abc", longest: int = 9) -> str:
    """A word of up to `longest` letters out of few, so that it repeats itself."""
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, longest)))


def graph(rng: random.Random, nodes: str = "abcdef", density: float = 0.3) -> dict[str, list[str]]:
    """A directed graph: each node with the nodes its edges lead to, in random order."""
    return {
        node: rng.sample(others, len(others))
        for node in nodes
        for others in [[other for other in nodes if other != node and rng.random() < density]]
    }


def undirected(rng: random.Random, nodes: str = "abcdef", density: float = 0.3) -> dict[str, list[str]]:
    """A graph in which each edge is listed from both ends."""
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for index, node in enumerate(nodes):
        for other in nodes[index + 1 :]:
            if rng.random() < density:
                neighbours[node].append(other)
                neighbours[other].append(node)
    return neighbours


def weighted(rng: random.Random, nodes: str = "abcde", density: float = 0.4) -> dict[str, dict[str, int]]:
    """A directed graph whose edges carry lengths from 1 to 9."""
    return {
        node: {other: rng.randint(1, 9) for other in nodes if other != node and rng.random() < density}
        for node in nodes
    }


def grid(rng: random.Random, values: list[int], longest: int = 4) -> list[list[int]]:
    """A rectangle of values."""
    width = rng.randint(1, longest)
    return [[rng.choice(values) for _ in range(width)] for _ in range(rng.randint(1, longest))]
