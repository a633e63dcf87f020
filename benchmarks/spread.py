"""Means over seeds with 95 % intervals by Student's t, and runs that are made once and gone on with."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean, stdev

import hyperagent as ha
from archive import Individual

T = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}
"""The 0.975 quantile of Student's t by degrees of freedom."""


def spread(values: Sequence[float], digits: int = 3) -> str:
    """Mean and half width of the 95 % interval; the mean alone of a single value."""
    if len(values) < 2:
        return f"{fmean(values):.{digits}f}"
    half = T.get(len(values) - 1, 1.96) * stdev(values) / math.sqrt(len(values))
    return f"{fmean(values):.{digits}f} ± {half:.{digits}f}"


def first_and_best(
    folder: Path, domain: Callable[[], ha.Domain], generations: int, seed: int, **settings: str
) -> tuple[Individual, Individual]:
    """The seed and the best of one run, which is made, gone on with, or there already."""
    if not finished(folder, generations):
        for _ in ha.evolve(domain(), run=folder, generations=generations, seed=seed, **settings):
            pass
    archive = ha.Archive(folder / "archive.sqlite", create=False)
    try:
        best = archive.best()
        assert best is not None
        return archive[0], best
    finally:
        archive.close()


def finished(folder: Path, generations: int) -> bool:
    """Whether a run has so many children."""
    if not (folder / "archive.sqlite").exists():
        return False
    archive = ha.Archive(folder / "archive.sqlite", create=False)
    try:
        return len(archive) > generations
    finally:
        archive.close()
