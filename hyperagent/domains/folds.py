"""Parts of what tasks are made of, so that one run can learn on what another is not measured on."""

from collections.abc import Sequence
from typing import TypeVar

from hyperagent.errors import UsageError

Item = TypeVar("Item")


def folded(domain: str, items: Sequence[Item], fold: str) -> Sequence[Item]:
    """The part of the items that K/N names, every N-th from the K-th on, and all of them for ""."""
    if not fold:
        return items
    part, _, parts = fold.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise UsageError(f"option fold of domain {domain} is {fold!r}, expected K/N with K from 1 to N, as in 1/2")
    return items[int(part) - 1 :: int(parts)]
