"""The laws of patches, for whoever makes patches in a new way, or applies, inverts, compares or merges them anew."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

from hypothesis.strategies import SearchStrategy

import meta
from hyperagent.seeds import seed_genome
from hyperagent.testing.laws import LawBroken, Report, uphold
from hyperagent.testing.shown import edit_lines, genome_diff
from meta import Conflict, Genome, Patch, PatchError, WriteFile
from meta.source import decoded, parsed

Made = TypeVar("Made")


@dataclass(frozen=True)
class Algebra:
    """What can be done with patches."""

    apply: Callable[[Genome, Patch], Genome] = meta.apply
    invert: Callable[[Genome, Patch], Patch] = meta.invert
    diff: Callable[[Genome, Genome], Patch] = meta.diff
    merge: Callable[[Genome, Genome, Genome], Patch | Conflict] = meta.merge
    compose: Callable[[Genome, Patch, Patch], Patch] = meta.compose
    crossover: Callable[[Genome, Genome, Genome, Random], Patch] = meta.crossover
    minimise: Callable[[Patch, Callable[[Patch], bool]], Patch] = meta.minimise


def check_patch_laws(
    strategy: SearchStrategy[tuple[Genome, Patch]] | SearchStrategy[Patch],
    genome: Genome | None = None,
    *,
    algebra: Algebra = Algebra(),
    examples: int | None = None,
) -> Report:
    """The laws of patches hold for what a strategy gives: pairs of a genome and a patch, or patches of one `genome`.

    Patches without a genome are patches of the built-in seed. A patch applies and gives the same genome each time;
    what was Python still parses; the old genome is as it was; the inverse takes it back, byte for byte, and composed
    with the patch does nothing; the difference, and the merge and the crossover with no other change, lead to the same
    genome, and so does what is left when the patch is minimised; its bytes are read back. Raises `LawBroken`.
    """
    base = seed_genome() if genome is None else genome
    counted = {"patches": 0, "edits": 0}

    def law(case: tuple[Genome, Patch] | Patch) -> None:
        old, patch = (base, case) if isinstance(case, Patch) else case
        counted["patches"] += 1
        counted["edits"] += len(patch.edits)
        hold(algebra, old, patch)

    uphold(strategy, law, examples)  # type: ignore[arg-type]  # a strategy of either kind
    return Report("patches", "of the strategy", counted)


def hold(algebra: Algebra, old: Genome, patch: Patch) -> None:
    """Every law of patches, for one of them."""
    new = applied(algebra, old, patch, patch, "a patch applies to its genome")
    again = applied(algebra, old, patch, patch, "a patch applies each time")
    expect(again, new, old, patch, "a patch gives the same genome each time")
    check_parsing(old, new, patch)
    read = meta.decode(meta.encode(patch))
    if read != patch:
        raise LawBroken("the bytes of a patch are read back", f"{edit_lines(patch)}\nas\n{edit_lines(read)}")
    inverse = made(lambda: algebra.invert(old, patch), old, patch, "a patch that applies has an inverse")
    back = applied(algebra, new, inverse, patch, "the inverse applies to what the patch made")
    expect(back, old, old, patch, "the inverse takes back what the patch did")
    difference = made(lambda: algebra.diff(old, new), old, patch, "two genomes have a difference")
    there = applied(algebra, old, difference, patch, "a difference applies to the first genome")
    expect(there, new, old, patch, "the difference leads from the one genome to the other")
    check_merge(algebra, old, new, patch)
    check_others(algebra, old, new, patch, inverse)


def applied(algebra: Algebra, genome: Genome, patch: Patch, case: Patch, law: str) -> Genome:
    """The genome with the patch, which must neither be refused nor change the genome that it is given."""
    before = genome.digest
    child = made(lambda: algebra.apply(genome, patch), genome, case, law)
    if Genome({name: genome.raw(name) for name in genome}).digest != before:
        raise LawBroken("a patch leaves the old genome as it was", edit_lines(case))
    return child


def made(make: Callable[[], Made], genome: Genome, case: Patch, law: str) -> Made:
    """What `make` gives; a refusal breaks the law."""
    try:
        return make()
    except PatchError as error:
        files = ", ".join(genome)
        raise LawBroken(law, f"the patch of a genome of {files}\n{edit_lines(case)}\nis refused: {error}") from None


def expect(found: Genome, wanted: Genome, old: Genome, case: Patch, law: str) -> None:
    """Refuse a genome that is not the wanted one, and show where it differs."""
    if found != wanted:
        shown = f"the patch\n{edit_lines(case)}\nof {', '.join(old)}; from what was expected to what was found:"
        raise LawBroken(law, f"{shown}\n{genome_diff(wanted, found)}")


def check_parsing(old: Genome, new: Genome, patch: Patch) -> None:
    """What was edited in part, and not written as a whole, is Python still."""
    written = {edit.name for edit in patch.edits if isinstance(edit, WriteFile)}
    for name in new:
        if name.endswith(".py") and name in old and name not in written and old.raw(name) != new.raw(name):
            try:
                parsed(name, decoded(name, new.raw(name)).text)
            except PatchError as error:
                shown = f"{edit_lines(patch)}\n{genome_diff(old, new)}\n{error}"
                raise LawBroken("a module edited in part still parses", shown) from None


def check_merge(algebra: Algebra, old: Genome, new: Genome, patch: Patch) -> None:
    """A merge with a side that changed nothing is the other side."""
    for sides in ((new, old), (old, new), (new, new)):
        merged = algebra.merge(old, *sides)
        if isinstance(merged, Conflict):
            raise LawBroken("a change merges with no change", f"{edit_lines(patch)}\nconflicts: {merged.targets}")
        found = applied(algebra, old, merged, patch, "a merge applies to its base")
        expect(found, new, old, patch, "a change merged with no change is the change")


def check_others(algebra: Algebra, old: Genome, new: Genome, patch: Patch, inverse: Patch) -> None:
    """What is composed, crossed over or minimised leads where it should."""
    nothing = made(lambda: algebra.compose(old, patch, inverse), old, patch, "a patch and its inverse are composed")
    found = applied(algebra, old, nothing, patch, "what is composed applies")
    expect(found, old, old, patch, "a patch composed with its inverse does nothing")
    child = made(
        lambda: algebra.crossover(new, old, old, Random(0)), old, patch, "a genome has a child with its parent"
    )
    found = applied(algebra, new, child, patch, "a crossover applies to the first parent")
    expect(found, new, old, patch, "a crossover takes what one parent alone has changed")
    least = algebra.minimise(patch, lambda part: algebra.apply(old, part) == new)
    found = applied(algebra, old, least, patch, "what is left of a patch applies")
    expect(found, new, old, patch, "what is left of a patch is still good")
