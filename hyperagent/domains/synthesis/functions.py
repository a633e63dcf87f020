"""Functions on lists that people ask for, written in the language of `synthesis`: the targets of its tasks.

They are made from patterns: "the FOLD of those that are FILTER" stands for one function for each choice of the two.
"""

from collections.abc import Iterator
from itertools import product

from hyperagent.domains.synthesis.tools import FAMILIES

FILTERS = tuple(FAMILIES["filter"])
MAPS = tuple(FAMILIES["map"])
SCANS = tuple(FAMILIES["scan"])
TAKES = ("take 2", "take 3")
DROPS = ("drop 1", "drop 2")
FOLDS = ("sum", "max", "min", "length")
NUMBERS = ("sum", "max", "min")
ENDS = ("first", "last")

PATTERNS: tuple[tuple[tuple[str, ...], ...], ...] = (
    # The largest even number, how many are negative; the squares of the odd ones, and their sum.
    (FILTERS, FOLDS),
    (FILTERS, MAPS),
    (FILTERS, ("square", "abs", "* 2", "mod 10"), NUMBERS),
    # The sum of the squares, the largest absolute value, how many last digits there are.
    (MAPS, NUMBERS),
    (("mod 10", "/ 2", "abs"), ("unique",), ("length", "sum")),
    (MAPS, ("sort",)),
    (MAPS, FILTERS, ("length", "sum")),
    # The second smallest, the sum of the three largest, the largest in falling order.
    (("sort",), DROPS, ENDS),
    (("sort",), TAKES, ("sum",)),
    (("sort",), ("reverse",), TAKES),
    (("sort",), ("reverse",), TAKES, ("sum", "min")),
    (("sort",), ("reverse",), DROPS, ("first",)),
    # Without what is there twice: in order, how many, the sum of those that are even.
    (("unique",), ("sort", "length", "sum", "reverse")),
    (("unique",), FILTERS, ("length", "sum", "sort")),
    # The first ones, the last ones, the others; every second one.
    (TAKES, NUMBERS),
    (DROPS, NUMBERS),
    (("reverse",), TAKES, (*NUMBERS, "sort")),
    (("every second",), FOLDS),
    (("drop 1",), ("every second",), NUMBERS),
    (FILTERS, TAKES),
    (FILTERS, ENDS),
    (FILTERS, TAKES, ("sum", "max")),
    # From one to the next: the largest step, how many rises, the way that was gone.
    (("differences",), NUMBERS),
    (("differences",), FILTERS, ("length",)),
    (("differences",), ("abs",), FOLDS[:3]),
    # So far: the largest sum of a beginning, how many records there are, how often it was below zero.
    (SCANS, ("max", "min", "last", "sum")),
    (("running max",), ("unique",), ("length",)),
    (("running sum",), FILTERS, ("length",)),
    (FILTERS, ("running sum", "running max")),
    # With its place, or with what is at the same place of the other list.
    (("* place",), FOLDS[:3]),
    (("sort", "reverse"), ("+ input", "- input", "* input"), NUMBERS),
    (("sort", "reverse", "running max"), ("- input",), ("abs", "positive"), ("sum", "length", "max")),
    (MAPS, ("+ input",), ("sum", "max", "sort")),
)


def functions() -> Iterator[tuple[str, ...]]:
    """Every function of the patterns, as a program, once."""
    return iter(dict.fromkeys(program for pattern in PATTERNS for program in product(*pattern)))
