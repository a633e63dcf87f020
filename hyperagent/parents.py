"""Rules of our own for picking parents: what the selection of a genome is compared with, and what can stand in for it.

`paper` is the hand-made rule of HyperAgents: the chance of a parent is proportional to
sigmoid(10 (score - mean of the three best)) / (1 + children that could be run).
"""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from archive import Columns

SHARPNESS = 10.0
TOP = 3
Rule: TypeAlias = Callable[[Columns, Mapping[int, int], Sequence[int]], list[int]]
"""From the candidates, how many living children each id has, and a seed for each parent that is wanted, to the ids."""


def uniform(columns: Columns, children: Mapping[int, int], seeds: Sequence[int]) -> list[int]:
    """Any candidate, with equal chances."""
    del children
    return [random.Random(seed).choice(columns.id.tolist()) for seed in seeds]


def newest(columns: Columns, children: Mapping[int, int], seeds: Sequence[int]) -> list[int]:
    """The candidate that was born last: no archive, only a chain."""
    del children
    return [int(columns.id.max())] * len(seeds)


def first(columns: Columns, children: Mapping[int, int], seeds: Sequence[int]) -> list[int]:
    """Always the seed."""
    del columns, children
    return [0] * len(seeds)


def paper(columns: Columns, children: Mapping[int, int], seeds: Sequence[int]) -> list[int]:
    """The hand-made rule; a pick counts as a child for the picks after it."""
    born = np.array([children.get(id, 0) for id in columns.id.tolist()], dtype=np.float64)
    promise = sigmoid(SHARPNESS * (columns.score - np.sort(columns.score)[-TOP:].mean()))
    picks = []
    for seed in seeds:
        [place] = random.Random(seed).choices(range(len(born)), (promise / (1.0 + born)).tolist())
        born[place] += 1
        picks.append(int(columns.id[place]))
    return picks


def sigmoid(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The logistic function, without overflow and never quite zero."""
    return 1.0 / (1.0 + np.exp(-np.clip(x, -500, 500)))


RULES: Mapping[str, Rule] = {"uniform": uniform, "newest": newest, "paper": paper, "seed": first}
