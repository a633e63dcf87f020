"""The edits of a patch that matter, by delta debugging: `ddmin` of Zeller and Hildebrandt, "Simplifying and Isolating
Failure-Inducing Input", IEEE TSE 28(2), 2002, section 3."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from meta.edit import PatchError
from meta.patch import Patch

Chosen = tuple[int, ...]


def minimise(patch: Patch, still_good: Callable[[Patch], bool]) -> Patch:
    """A part of the patch that is still good and of which no single edit can be left out.

    `still_good` is asked once about each part, about as often as twice the number of edits that matter times the
    logarithm of all, in the worst case as often as the square of their number; a part that it refuses with
    `PatchError` is not good. Raises `PatchError` if the whole patch is not.
    """
    asked: dict[Chosen, bool] = {}

    def good(chosen: Chosen) -> bool:
        if chosen not in asked:
            asked[chosen] = answer(part(patch, chosen), still_good)
        return asked[chosen]

    everything = tuple(range(len(patch.edits)))
    if not good(everything):
        raise PatchError(f"a patch of {len(everything)} edits that is not good as a whole, expected one that is")
    return part(patch, smallest(everything, good))


def answer(patch: Patch, still_good: Callable[[Patch], bool]) -> bool:
    """Whether a patch is good; one that cannot be applied is not."""
    try:
        return still_good(patch)
    except PatchError:
        return False


def part(patch: Patch, chosen: Chosen) -> Patch:
    """The patch with some of its edits alone."""
    return replace(patch, edits=tuple(patch.edits[k] for k in chosen))


def smallest(chosen: Chosen, good: Callable[[Chosen], bool]) -> Chosen:
    """A good part of which no element can be left out: ever finer pieces are tried alone and left out."""
    pieces = 2
    while chosen:
        found = next((rest for rest in candidates(chosen, min(pieces, len(chosen))) if good(rest)), None)
        if found is not None:
            pieces = 2 if len(found) * 2 <= len(chosen) else max(pieces - 1, 2)
            chosen = found
        elif pieces >= len(chosen):
            return chosen
        else:
            pieces = min(2 * pieces, len(chosen))
    return chosen


def candidates(chosen: Chosen, pieces: int) -> Iterator[Chosen]:
    """Each of some pieces alone, then all without each; of a single element, nothing."""
    bounds = [len(chosen) * k // pieces for k in range(pieces + 1)]
    yield from (chosen[i:j] for i, j in pairwise(bounds) if pieces > 1)
    yield from (chosen[:i] + chosen[j:] for i, j in pairwise(bounds))
