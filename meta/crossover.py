"""Two lineages joined: the changes of both since an ancestor, and where they clash one of the two by lot."""

from dataclasses import replace
from typing import Protocol

from meta.apply import apply
from meta.diff import diff
from meta.genome import Genome
from meta.merge import by_target, clashes, joined
from meta.patch import Patch


class Chance(Protocol):
    """What lots are drawn with: `random.Random` and numpy's generators are."""

    def random(self) -> float:
        """A number from 0 up to 1."""
        ...


def crossover(a: Genome, b: Genome, ancestor: Genome, rng: Chance) -> Patch:
    """A patch of `a` that makes the child of both parents: each target as `a` has it, as `b` has it, or as it was.

    What one of them alone has changed since the ancestor is taken; of two changes that exclude each other the one that
    the lot falls on, target by target.
    """
    ours, theirs = by_target(diff(ancestor, a)), by_target(diff(ancestor, b))
    while found := clashes(ancestor, ours, theirs):
        one, other = found[0]
        if rng.random() < 0.5:
            del theirs[other]
        else:
            del ours[one]
    child = apply(ancestor, Patch(joined(ours, theirs)))
    title = f"cross {a.digest[:12]} with {b.digest[:12]}"
    return replace(diff(a, child), title=title, operators=("crossover",))
