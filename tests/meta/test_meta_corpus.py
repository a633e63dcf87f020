"""Patches on code that nobody here wrote: modules of the standard library and of the installed dependencies.

A sample by default; HYPERAGENT_CORPUS=all takes every module, and HYPERAGENT_EDITS so many edits of each.
"""

import ast
import os
import random
import sysconfig
import zlib
from pathlib import Path

import pytest
from strategies import EXPRESSIONS, STATEMENTS

from meta import (
    Delete,
    Edit,
    Genome,
    Insert,
    Move,
    Patch,
    PatchError,
    Rename,
    Replace,
    SetConstant,
    apply,
    diff,
    from_unified,
    invert,
    to_unified,
)
from meta.index import indexed
from meta.places import Place, places

SAMPLE = 36
LARGEST = 60_000
EDITS = int(os.environ.get("HYPERAGENT_EDITS", "12"))
ROOTS = tuple(Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib"))


def modules() -> list[Path]:
    """The modules of the corpus, a fixed sample of them unless all are asked for."""
    found = sorted({path for root in ROOTS for path in root.rglob("*.py") if path.stat().st_size})
    if os.environ.get("HYPERAGENT_CORPUS") == "all":
        return found
    small = [path for path in found if path.stat().st_size <= LARGEST and "test" not in path.parts]
    return random.Random(1).sample(small, min(SAMPLE, len(small)))


def named(path: Path) -> str:
    """A module by its place."""
    return "/".join(path.parts[-2:])


@pytest.mark.slow
@pytest.mark.parametrize("path", modules(), ids=named)
def test_edits_of_a_module_leave_no_byte_of_difference_when_taken_back(path: Path) -> None:
    genome = Genome({"m.py": path.read_bytes()})
    rng = random.Random(zlib.crc32(named(path).encode()))
    try:
        index = indexed("m.py", genome.raw("m.py"))
    except PatchError:
        return  # not Python of this version, as some of the corpus is meant to be
    printed = "".join(index.gap(k) + index.chunk(k) for k in range(len(index.parts) + 1))
    assert index.source.encoded(printed) == genome.raw("m.py")
    found = places("m.py", genome.raw("m.py"))
    done = sum(changed_and_back(genome, Patch((edit,)), rng) for edit in drawn(found, rng, 3 * EDITS, EDITS, genome))
    assert done or len(found) < 10


def drawn(found: list[Place], rng: random.Random, tries: int, wanted: int, genome: Genome) -> list[Edit]:
    """Some edits that apply, at random places; expressions fit only in some places."""
    edits: list[Edit] = []
    for place in rng.choices(found, k=tries) if found else []:
        edit = random_edit(place, found, rng)
        try:
            apply(genome, Patch((edit,)))
        except PatchError:
            continue
        edits.append(edit)
        if len(edits) == wanted:
            break
    return edits


def random_edit(place: Place, found: list[Place], rng: random.Random) -> Edit:
    """An edit of one place."""
    if place.kind == "expression":
        return Replace(place.at, place.text, rng.choice(EXPRESSIONS))
    if not place.siblings:
        return Replace(place.at, place.text, rng.choice(STATEMENTS))
    to = rng.choice([other for other in found if other.siblings])
    kinds: list[Edit] = [
        Replace(place.at, place.text, rng.choice(STATEMENTS)),
        Insert(place.at, place.text, rng.choice(STATEMENTS)),
        Delete(place.at, place.text),
        Move(place.at, place.text, to.at, to.text),
    ]
    statement = first_statement(place.text)
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return rng.choice([*kinds, Rename(place.at, statement.name, "fresh_name_of_it")])
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        value = place.text.partition("=")[2].strip()
        name = statement.targets[0].id
        return rng.choice([*kinds, Rename(place.at, name, "fresh_name_of_it"), SetConstant(place.at, value, "[1]")])
    return rng.choice(kinds)


def first_statement(text: str) -> ast.stmt | None:
    """The statement of a place as `ast` sees it."""
    try:
        return ast.parse(text).body[0]
    except (SyntaxError, IndexError):
        return None


def changed_and_back(genome: Genome, patch: Patch, rng: random.Random) -> bool:
    """Apply a patch, hold every law that a pair of genomes has, and say that it was done."""
    child = apply(genome, patch)
    assert apply(child, invert(genome, patch)) == genome
    assert apply(genome, diff(genome, child)) == child
    if isinstance(patch.edits[0], Rename):
        assert kinds(child) == kinds(genome)
    if rng.random() < 0.2:
        assert apply(child, diff(child, genome)) == genome
        assert apply(genome, from_unified(genome, to_unified(genome, patch))) == child
    return True


def kinds(genome: Genome) -> list[str]:
    """The kinds of the nodes of a module, which no rename changes."""
    return [type(node).__name__ for node in ast.walk(ast.parse(genome.raw("m.py")))]


@pytest.mark.slow
@pytest.mark.parametrize("path", modules()[::2], ids=named)
def test_a_module_and_a_mutated_neighbour_lead_to_each_other(path: Path) -> None:
    genome = Genome({"m.py": path.read_bytes()})
    rng = random.Random(zlib.crc32(named(path).encode()))
    try:
        found = places("m.py", genome.raw("m.py"))
    except PatchError:
        return
    neighbour = genome
    for edit in drawn(found, rng, 30, 8, genome):
        try:
            neighbour = apply(neighbour, Patch((edit,)))
        except PatchError:
            continue
    there, back = diff(genome, neighbour), diff(neighbour, genome)
    assert apply(genome, there) == neighbour and apply(neighbour, back) == genome
