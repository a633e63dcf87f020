"""Correct textbook functions, by family: what faults are put into, and what repairs are measured against."""

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
