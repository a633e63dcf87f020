"""In a jail: one selection for each of several generations."""

import importlib
import random
from types import SimpleNamespace

import numpy


def main(_api, columns, seeds, brood):
    """One id for each seed; a pick counts as `brood` visits for the picks after it."""
    select = importlib.import_module("genome.selection").select
    visits = numpy.frombuffer(columns["visits"], "<i8").copy()
    ids = numpy.frombuffer(columns["id"], "<i8")
    picks = []
    for seed in seeds:
        shown = SimpleNamespace(
            id=ids.copy(),
            score=numpy.frombuffer(columns["score"], "<f8").copy(),
            visits=visits.copy(),
            depth=numpy.frombuffer(columns["depth"], "<i8").copy(),
            size=numpy.frombuffer(columns["size"], "<i8").copy(),
        )
        pick = int(select(shown, random.Random(seed)))
        picks.append(pick)
        visits += brood * (ids == pick)
    return picks
