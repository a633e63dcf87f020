"""Correct textbook functions, by family: what faults are put into, and what repairs are measured against.

A faulty version of each runs on the host until its steps are used up. So none of them multiplies a number by itself in
a `while` loop, where it would outgrow all memory first, and none iterates over a set of texts, whose order is chance.
"""

from hyperagent.domains.repair.corpus import dynamic, graphs, numbers, searching, sorting, strings, structures
from hyperagent.domains.repair.corpus.entry import Entry

__all__ = ["ENTRIES", "Entry"]

ENTRIES: tuple[Entry, ...] = (
    *sorting.ENTRIES,
    *searching.ENTRIES,
    *graphs.ENTRIES,
    *strings.ENTRIES,
    *numbers.ENTRIES,
    *dynamic.ENTRIES,
    *structures.ENTRIES,
)
