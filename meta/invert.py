"""The patch that takes a patch back."""

from dataclasses import replace

from meta.apply import apply
from meta.diff import diff
from meta.edit import PatchError, Replace
from meta.genome import Genome
from meta.patch import Patch


def invert(genome: Genome, patch: Patch) -> Patch:
    """A patch with `apply(apply(genome, patch), invert(genome, patch)) == genome`, byte for byte.

    Replacements are turned round where that suffices; else the inverse is the difference of the two genomes.
    """
    child = apply(genome, patch)
    title = f"take back: {patch.title}"
    if all(isinstance(edit, Replace) for edit in patch.edits):
        turned = [Replace(e.at, e.new, e.expect) for e in patch.edits if isinstance(e, Replace)]
        candidate = Patch(tuple(turned), title)
        try:
            if apply(child, candidate) == genome:
                return candidate
        except PatchError:
            pass
    return replace(diff(child, genome), title=title)
