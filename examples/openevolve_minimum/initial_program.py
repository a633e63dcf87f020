"""A search for the lowest point of a rugged surface, in the layout of OpenEvolve."""

import contextlib
import math
import random

# EVOLVE-BLOCK-START
TRIES = 60
RANGE = 5.0
STEP = 0.0
KEEP = 1


def search(height, rng):
    """Draw points and keep the lowest; with a step above 0, go on from there."""
    best = (rng.uniform(-RANGE, RANGE), rng.uniform(-RANGE, RANGE))
    for number in range(TRIES):
        if number % (KEEP + 1):
            point = (best[0] + rng.gauss(0, STEP), best[1] + rng.gauss(0, STEP))
        else:
            point = (rng.uniform(-RANGE, RANGE), rng.uniform(-RANGE, RANGE))
        if height(*point) < height(*best):
            best = point
    return best


# EVOLVE-BLOCK-END


class Spent(Exception):
    """The search has looked at as many points as it may."""


def run_search(seed, budget=400):
    """The lowest height that one search found among the points it may look at."""
    seen = []

    def height(x, y):
        if len(seen) >= budget:
            raise Spent
        seen.append((x * x + y * y) / 20 + math.sin(3 * x) * math.cos(2 * y))
        return seen[-1]

    with contextlib.suppress(Spent):
        search(height, random.Random(seed))
    return min(seen, default=10.0)
