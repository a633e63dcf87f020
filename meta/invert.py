"""The patch that takes a patch back."""

from dataclasses import replace

from meta.apply import apply
from meta.diff import diff
from meta.edit import Edit, PatchError
from meta.genome import Genome
from meta.patch import Patch
from meta.turn import turned


def invert(genome: Genome, patch: Patch) -> Patch:
    """A patch with `apply(apply(genome, patch), invert(genome, patch)) == genome`, byte for byte.

    Edits are turned round one by one where that suffices; else the inverse is the difference of the two genomes.
    """
    return taken_back(genome, patch, apply(genome, patch))[0]


def taken_back(genome: Genome, patch: Patch, child: Genome) -> tuple[Patch, Genome]:
    """The inverse of a patch that made a child of a genome, and what it makes of the child."""
    title = f"take back: {patch.title}"
    edits = turned_edits(genome, patch)
    candidate = Patch(tuple(edits or ()), title)
    try:
        if edits is not None and (made := apply(child, candidate)) == genome:
            return candidate, made
    except PatchError:
        pass
    inverse = replace(diff(child, genome), title=title)
    return inverse, apply(child, inverse)


def turned_edits(genome: Genome, patch: Patch) -> list[Edit] | None:
    """The edits of a patch the other way round, None where one of them cannot be turned."""
    found: list[Edit] = []
    for edit in patch.edits:
        back = turned(genome, edit)
        if back is None:
            return None
        found += back
    return found
