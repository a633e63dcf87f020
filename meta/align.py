"""Two lists of statements laid side by side: what stays, what changes in place, what goes, what comes, what moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile
from typing import TypeAlias

LARGEST = 1_000_000
Runs: TypeAlias = Sequence[tuple[str, int, int, int, int]]


@dataclass(frozen=True)
class Alignment:
    """Pairs of positions (old, new) in order, the positions without a partner, and pairs of equals that moved."""

    pairs: tuple[tuple[int, int], ...]
    gone: tuple[int, ...]
    come: tuple[int, ...]
    moved: tuple[tuple[int, int], ...]

    def before(self, new: int, size: int) -> int:
        """The old position in front of which a new statement comes: that of the next one with a partner."""
        return next((i for i, j in self.pairs if j > new), size)


def aligned(old: Sequence[str], new: Sequence[str], old_keys: Sequence[str], new_keys: Sequence[str]) -> Alignment:
    """The alignment of two lists of texts; a key tells what a text is, so that a changed one finds its partner."""
    pairs: list[tuple[int, int]] = []
    for tag, i, i_end, j, j_end in runs(old, new):
        if tag == "equal":
            pairs += zip(range(i, i_end), range(j, j_end), strict=True)
        else:
            pairs += [(i + a, j + b) for a, b in partners(old_keys[i:i_end], new_keys[j:j_end])]
    gone = sorted({*range(len(old))} - {i for i, _ in pairs})
    come = sorted({*range(len(new))} - {j for _, j in pairs})
    return Alignment(tuple(pairs), tuple(gone), tuple(come), tuple(moves(old, new, gone, come)))


def runs(old: Sequence[str], new: Sequence[str]) -> Runs:
    """Runs of equal and of different items; what would take too long to match is one run that differs."""
    head, tail = ends(old, new)
    if effort(old, new) <= LARGEST:
        return SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    i, j = len(old) - tail, len(new) - tail
    return [("equal", 0, head, 0, head), ("replace", head, i, head, j), ("equal", i, len(old), j, len(new))]


def effort(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pairs of items lie between the common beginning and the common end of two lists."""
    head, tail = ends(old, new)
    return (len(old) - head - tail) * (len(new) - head - tail)


def ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many items two lists share at the beginning, and then at the end."""
    head = matching(old, new)
    return head, matching(old[head:][::-1], new[head:][::-1])


def matching(old: Sequence[str], new: Sequence[str]) -> int:
    """How many items two lists share at the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def partners(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Which of two differing runs belong together: those of one key, and in between as many as there are in turn."""
    found: list[tuple[int, int]] = []
    for tag, i, i_end, j, j_end in runs(old, new):
        count = i_end - i if tag == "equal" else min(i_end - i, j_end - j) if kin(old[i:i_end], new[j:j_end]) else 0
        found += zip(range(i, i + count), range(j, j + count), strict=True)
    return found


def kin(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether every statement of one run could have become that of the other: as many, of the same kinds."""
    return [key.split()[:1] for key in old] == [key.split()[:1] for key in new]


def moves(old: Sequence[str], new: Sequence[str], gone: list[int], come: list[int]) -> list[tuple[int, int]]:
    """The texts that went in one place and came in another, each once."""
    found = []
    left = [*come]
    for i in gone:
        j = next((j for j in left if new[j] == old[i]), None)
        if j is not None:
            left.remove(j)
            found.append((i, j))
    return found
