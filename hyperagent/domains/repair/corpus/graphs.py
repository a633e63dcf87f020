"""Graphs, as a dict from each node to where its edges lead, and grids."""

import random

from hyperagent.domains.repair.corpus.draw import cases, graph, grid, undirected, weighted
from hyperagent.domains.repair.corpus.entry import entries


def distances(graph: dict[str, list[str]], start: str) -> dict[str, int]:
    """Return how many edges lead from the start to each node that can be reached."""
    found = {start: 0}
    queue = [start]
    while queue:
        node = queue.pop(0)
        for other in graph[node]:
            if other not in found:
                found[other] = found[node] + 1
                queue.append(other)
    return found


def topological_order(graph: dict[str, list[str]]) -> list[str]:
    """Order the nodes so that edges lead forwards, the first of the alphabet first; [] if there is a cycle."""
    incoming = dict.fromkeys(graph, 0)
    for node in graph:
        for other in graph[node]:
            incoming[other] += 1
    ready = sorted(node for node in graph if incoming[node] == 0)
    order = []
    while ready:
        node = ready.pop(0)
        order.append(node)
        for other in graph[node]:
            incoming[other] -= 1
            if incoming[other] == 0:
                ready.append(other)
        ready.sort()
    return order if len(order) == len(graph) else []


def has_cycle(graph: dict[str, list[str]]) -> bool:
    """Say whether a directed graph has a cycle, by a depth-first search that colours nodes."""
    state = dict.fromkeys(graph, 0)

    def visit(node: str) -> bool:
        if state[node] == 1:
            return True
        if state[node] == 2:
            return False
        state[node] = 1
        for other in graph[node]:
            if visit(other):
                return True
        state[node] = 2
        return False

    return any(visit(node) for node in graph)


def components(graph: dict[str, list[str]]) -> list[int]:
    """Return the sizes of the connected parts of an undirected graph, the largest first."""
    seen: dict[str, bool] = {}
    sizes = []
    for start in graph:
        if start in seen:
            continue
        seen[start] = True
        stack = [start]
        size = 0
        while stack:
            node = stack.pop()
            size += 1
            for other in graph[node]:
                if other not in seen:
                    seen[other] = True
                    stack.append(other)
        sizes.append(size)
    return sorted(sizes, reverse=True)


def shortest_lengths(graph: dict[str, dict[str, int]], start: str) -> dict[str, int]:
    """Return the length of the shortest path from the start to each node that can be reached (Dijkstra)."""
    settled: dict[str, int] = {}
    tentative = {start: 0}
    while tentative:
        node = min(tentative, key=lambda name: [tentative[name], name])
        length = tentative.pop(node)
        settled[node] = length
        for other in graph[node]:
            if other in settled:
                continue
            through = length + graph[node][other]
            if other not in tentative or through < tentative[other]:
                tentative[other] = through
    return settled


def all_pairs(lengths: list[list[int]]) -> list[list[int]]:
    """Return the shortest distances between all nodes, -1 for no edge or no path (Floyd and Warshall)."""
    count = len(lengths)
    best = [row[:] for row in lengths]
    for i in range(count):
        best[i][i] = 0
    for middle in range(count):
        for i in range(count):
            for j in range(count):
                if best[i][middle] >= 0 and best[middle][j] >= 0:
                    through = best[i][middle] + best[middle][j]
                    if best[i][j] < 0 or through < best[i][j]:
                        best[i][j] = through
    return best


def is_bipartite(graph: dict[str, list[str]]) -> bool:
    """Say whether the nodes of an undirected graph can be parted in two so that no edge stays within a part."""
    side: dict[str, int] = {}
    for start in graph:
        if start in side:
            continue
        side[start] = 0
        queue = [start]
        while queue:
            node = queue.pop()
            for other in graph[node]:
                if other not in side:
                    side[other] = 1 - side[node]
                    queue.append(other)
                elif side[other] == side[node]:
                    return False
    return True


def flood_fill(grid: list[list[int]], row: int, column: int, colour: int) -> list[list[int]]:
    """Recolour in place the area of equal cells around a cell; return the grid."""
    old = grid[row][column]
    if old == colour:
        return grid
    stack = [[row, column]]
    while stack:
        y, x = stack.pop()
        if y < 0 or y >= len(grid) or x < 0 or x >= len(grid[0]):
            continue
        if grid[y][x] != old:
            continue
        grid[y][x] = colour
        stack.extend([[y + 1, x], [y - 1, x], [y, x + 1], [y, x - 1]])
    return grid


def spanning_length(count: int, edges: list[list[int]]) -> int:
    """Return the length of a minimum spanning tree, -1 if there is none; an edge is [length, node, node] (Kruskal)."""
    parent = list(range(count))

    def root(node: int) -> int:
        while parent[node] != node:
            node = parent[node]
        return node

    total = 0
    joined = 1
    for length, a, b in sorted(edges):
        if root(a) != root(b):
            parent[root(a)] = root(b)
            total += length
            joined += 1
    return total if joined >= count else -1


def path_between(graph: dict[str, list[str]], start: str, goal: str) -> list[str]:
    """Return the nodes of a shortest path, found breadth first, or [] if there is none."""
    came_from = {start: ""}
    queue = [start]
    while queue and goal not in came_from:
        node = queue.pop(0)
        for other in graph[node]:
            if other not in came_from:
                came_from[other] = node
                queue.append(other)
    if goal not in came_from:
        return []
    path = [goal]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]


def _walks(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [{"a": []}, "a"],
        [{"a": ["a"]}, "a"],
        [{"a": ["b"], "b": []}, "a"],
        [{"a": ["b"], "b": []}, "b"],
        [{"a": ["b"], "b": ["c"], "c": ["a"]}, "b"],
    ]
    return cases(edges, lambda: [graph(rng), rng.choice("abcdef")])


def _directed(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        drawn = graph(rng, "abcde", rng.choice([0.2, 0.4]))
        acyclic = {node: [other for other in others if other < node] for node, others in drawn.items()}
        return [rng.choice([drawn, acyclic, acyclic])]

    small: list[list[object]] = [[{}], [{"a": []}], [{"a": ["a"]}], [{"a": ["b"], "b": []}], [{"b": [], "a": []}]]
    return cases([*small, [{"a": ["b"], "b": ["a"]}], [{"a": ["b", "c"], "b": ["c"], "c": []}]], one)


def _both_ways(rng: random.Random) -> list[list[object]]:
    small: list[list[object]] = [[{}], [{"a": []}], [{"a": ["b"], "b": ["a"]}], [{"a": [], "b": []}]]
    triangle: list[object] = [{"a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"]}]
    return cases([*small, triangle], lambda: [undirected(rng, density=rng.choice([0.15, 0.3, 0.5]))])


def _roads(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [{"a": {}}, "a"],
        [{"a": {"b": 3}, "b": {}}, "a"],
        [{"a": {"b": 3}, "b": {}}, "b"],
        [{"a": {"b": 5, "c": 1}, "b": {}, "c": {"b": 2}}, "a"],
    ]
    return cases(edges, lambda: [weighted(rng), rng.choice("abcde")])


def _matrices(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        count = rng.randint(2, 4)
        return [[[rng.choice([-1, -1, 1, 2, 5, 9]) for _ in range(count)] for _ in range(count)]]

    return cases([[[]], [[[0]]], [[[-1]]], [[[0, 1], [-1, 0]]], [[[0, 9, 1], [-1, 0, -1], [-1, 2, 0]]]], one)


def _fills(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        drawn = grid(rng, [0, 0, 1])
        return [drawn, rng.randrange(len(drawn)), rng.randrange(len(drawn[0])), rng.randint(0, 2)]

    small: list[list[object]] = [[[[0]], 0, 0, 1], [[[0]], 0, 0, 0], [[[0, 0]], 0, 1, 2], [[[1], [1]], 1, 0, 3]]
    return cases([*small, [[[0, 1], [1, 0]], 0, 0, 5], [[[1, 0, 1], [1, 1, 1]], 0, 2, 4]], one)


def _networks(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        count = rng.randint(2, 5)
        pairs = [[a, b] for a in range(count) for b in range(a) if rng.random() < 0.7]
        return [count, [[rng.randint(1, 9), *pair] for pair in pairs]]

    return cases([[0, []], [1, []], [2, []], [2, [[3, 0, 1]]], [2, [[3, 0, 1], [1, 1, 0]]], [3, [[1, 0, 1]]]], one)


def _journeys(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [{"a": []}, "a", "a"],
        [{"a": ["b"], "b": []}, "a", "b"],
        [{"a": ["b"], "b": []}, "b", "a"],
        [{"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, "a", "d"],
    ]
    return cases(edges, lambda: [graph(rng), rng.choice("abcdef"), rng.choice("abcdef")])


ENTRIES = entries(
    "graphs",
    {
        distances: _walks,
        topological_order: _directed,
        has_cycle: _directed,
        components: _both_ways,
        shortest_lengths: _roads,
        all_pairs: _matrices,
        is_bipartite: _both_ways,
        flood_fill: _fills,
        spanning_length: _networks,
        path_between: _journeys,
    },
)
