"""A short tour through all cities, in the layout of ShinkaEvolve."""

import math
import random

# EVOLVE-BLOCK-START
ROUNDS = 0
LONGEST = 2


def tour(cities):
    """The order of the cities: each time the nearest that is left, then pieces turned round while that helps."""
    order = [0]
    left = set(range(1, len(cities)))
    while left:
        nearest = min(left, key=lambda city: (distance(cities[order[-1]], cities[city]), city))
        left.remove(nearest)
        order.append(nearest)
    for _ in range(ROUNDS):
        for start in range(1, len(order) - 1):
            for length in range(2, LONGEST + 1):
                turned = order[:start] + order[start : start + length][::-1] + order[start + length :]
                if total(cities, turned) < total(cities, order):
                    order = turned
    return order


# EVOLVE-BLOCK-END


def distance(one, other):
    """The length of the straight line between two cities."""
    return math.dist(one, other)


def total(cities, order):
    """The length of a closed tour."""
    return sum(distance(cities[a], cities[b]) for a, b in zip(order, order[1:] + order[:1], strict=True))


def run_experiment(seed):
    """The cities of one seed and the tour through them."""
    rng = random.Random(seed)
    cities = [(rng.random(), rng.random()) for _ in range(14)]
    return cities, tour(cities)
