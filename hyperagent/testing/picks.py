"""A selection asked twice in the same words, with the global random state another each time.

Runs beside the selection: in a jail, where it is sent as source, or in the test author's own process.
"""

import importlib
import random
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy

DTYPES = {"id": "<i8", "score": "<f8", "visits": "<i8", "depth": "<i8", "size": "<i8"}


def main(_api: object, module: str, name: str, columns: dict[str, bytes], seed: int) -> list[int]:
    """In a jail: what `name` of a module of the genome picks."""
    arrays = {column: numpy.frombuffer(columns[column], kind) for column, kind in DTYPES.items()}
    return picks(getattr(importlib.import_module(module), name), arrays, seed)


def picks(select: Callable[..., Any], arrays: Mapping[str, Any], seed: int) -> list[int]:
    """The ids that two equal calls pick."""
    found = []
    for state in (seed % 1000, seed % 1000 + 1):
        random.seed(state)
        numpy.random.seed(state)
        shown = SimpleNamespace(**{name: array.copy() for name, array in arrays.items()})
        found.append(int(select(shown, random.Random(seed))))
    return found
