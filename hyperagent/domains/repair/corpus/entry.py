"""What the corpus is made of."""

import inspect
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

Inputs: TypeAlias = Callable[[random.Random], list[list[object]]]
"""Draws argument lists of one function: the edge cases first, then random ones."""


@dataclass(frozen=True)
class Entry:
    """A correct function, which family it belongs to, and the arguments it is tested on."""

    family: str
    function: Callable[..., object]
    inputs: Inputs

    @property
    def name(self) -> str:
        return self.function.__name__

    @cached_property
    def source(self) -> str:
        return inspect.getsource(self.function)


def entries(family: str, functions: dict[Callable[..., object], Inputs]) -> tuple[Entry, ...]:
    """The entries of one family."""
    return tuple(Entry(family, function, inputs) for function, inputs in functions.items())
