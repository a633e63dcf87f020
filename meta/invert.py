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
    child = apply(genome, patch)
    title = f"take back: {patch.title}"
    edits = turned_edits(genome, patch)
    candidate = Patch(tuple(edits or ()), title)
    try:
        if edits is not None and apply(child, candidate) == genome:
            return candidate
    except PatchError:
        pass
    return replace(diff(child, genome), title=title)


def turned_edits(genome: Genome, patch: Patch) -> list[Edit] | None:
    """The edits of a patch the other way round, None where one of them cannot be turned."""
    found: list[Edit] = []
    for edit in patch.edits:
        back = turned(genome, edit)
        if back is None:
            return None
        found += back
    return found
