"""Strategies for edits and patches of a genome, at places that are really there."""

import hashlib
from contextlib import suppress
from functools import lru_cache

from hypothesis import assume
from hypothesis import strategies as st

from hyperagent.testing.genomes import contents, genomes
from hyperagent.testing.meant import meant_edits
from hyperagent.testing.sources import Where, either, sources, texts
from meta import Delete, DeleteFile, Edit, Genome, Insert, Patch, PatchError, RenameFile, Replace, WriteFile, apply
from meta.places import Place, places

INSIDE = Where(blocks=1, levels=1, shut=True)
NEW_FILES = ("new.txt", "pkg/new.py")


@st.composite
def edits(draw: st.DrawFn, genome: Genome, fitting: bool = True) -> Edit:
    """An edit of the genome, at a place that it has and expecting what stands there.

    A fitting one applies. Others may be refused, as not every expression can stand in the place of every other.
    """
    edit = draw(draw(st.sampled_from(kinds_of_edits(genome))))
    if fitting:
        assume(applies(genome, Patch((edit,))))
    return edit


def kinds_of_edits(genome: Genome) -> list[st.SearchStrategy[Edit]]:
    """What can be drawn for a genome: edits of its places, edits that say what is meant, and edits of whole files."""
    spots = places_of(genome)
    at_places = [st.sampled_from(spots).flatmap(edits_at)] if spots else []
    return [*at_places * 6, *meant_edits(spots), file_edits(genome)]


@st.composite
def patches(draw: st.DrawFn, genome: Genome, max_size: int = 4) -> Patch:
    """A patch of the genome that applies, of at least one edit. A failing one shrinks to the edits that matter."""
    found = draw(st.lists(edits(genome), min_size=1, max_size=max_size, unique=True))
    kept: tuple[Edit, ...] = (found[0],)
    for edit in found[1:]:
        if applies(genome, Patch((*kept, edit))):
            kept = (*kept, edit)
    return Patch(kept, title=f"{len(kept)} edits")


@st.composite
def edited(draw: st.DrawFn) -> tuple[Genome, Patch]:
    """A genome, and a patch that applies to it."""
    genome = draw(genomes(max_size=2)).with_files({"m.py": draw(sources(3))})
    return genome, draw(patches(genome))


def edits_at(place: Place) -> st.SearchStrategy[Edit]:
    """The edits of one place."""
    if place.kind == "expression":
        new = st.one_of(either(("z", "0")), texts("expression", INSIDE))
        return new.map(lambda text: Replace(place.at, place.text, text))
    new = st.one_of(either(("z = 0",)), texts("statement", INSIDE))
    kinds: list[st.SearchStrategy[Edit]] = [new.map(lambda text: Replace(place.at, place.text, text))]
    if place.siblings > 1:
        kinds.insert(0, st.just(Delete(place.at, place.text)))
    if place.siblings and place.at.endswith("]"):
        kinds.append(new.map(lambda text: Insert(place.at, place.text, text)))
    return st.one_of(kinds)


@st.composite
def file_edits(draw: st.DrawFn, genome: Genome) -> Edit:
    """An edit of a whole file, old or new."""
    name = draw(st.sampled_from((*genome, *NEW_FILES)))
    expect = hashlib.sha256(genome.raw(name)).hexdigest() if name in genome else ""
    if expect and draw(st.booleans()):
        return DeleteFile(name, expect) if draw(st.booleans()) else RenameFile(name, expect, f"renamed/{name}")
    return WriteFile(name, expect, draw(contents()))


@lru_cache(maxsize=64)
def places_of(genome: Genome) -> tuple[Place, ...]:
    """Every place of every module of the genome that an address can name."""
    found: list[Place] = []
    for name in genome:
        parts = name.removesuffix(".py").split("/")
        if name.endswith(".py") and all(part.isidentifier() for part in parts):
            with suppress(PatchError):
                found += places(name, genome.raw(name))
    return tuple(found)


def applies(genome: Genome, patch: Patch) -> bool:
    """Whether the genome takes the patch."""
    try:
        apply(genome, patch)
    except PatchError:
        return False
    return True
