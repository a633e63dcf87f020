"""One patch for two that follow each other."""

from dataclasses import replace

from meta.apply import apply
from meta.diff import diff
from meta.edit import PatchError
from meta.genome import Genome
from meta.patch import Patch


def compose(genome: Genome, first: Patch, second: Patch) -> Patch:
    """A patch with `apply(genome, compose(genome, first, second)) == apply(apply(genome, first), second)`.

    The genome is asked for, as in `invert`, because the second patch speaks of places that the first has made. Where
    the edits of both mean the same when they are made at once they are kept as they are, else the difference is taken.
    """
    result = apply(apply(genome, first), second)
    words = Patch(
        edits=first.edits + second.edits,
        title="; ".join(filter(None, (first.title, second.title))),
        hypothesis="; ".join(filter(None, (first.hypothesis, second.hypothesis))),
        operators=first.operators + second.operators,
    )
    try:
        if apply(genome, words) == result:
            return words
    except PatchError:
        pass
    return replace(words, edits=diff(genome, result).edits)
