"""Patches on code that nobody here wrote: modules of the standard library and of the installed dependencies.

A sample by default; HYPERAGENT_CORPUS=all takes every module, =N so many of them, and HYPERAGENT_EDITS so many edits of
each. The neighbours of a module are those of the same name in the libraries of other Pythons that are found here.
"""

import ast
import os
import random
import sys
import sysconfig
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
from meta.chunk import printable
from meta.index import indexed
from meta.places import Place, places
from meta.printing import printed_module
from meta.tree import parse_chunk

SAMPLE = 36
LARGEST = 60_000
CORPUS = os.environ.get("HYPERAGENT_CORPUS", "")
EDITS = int(os.environ.get("HYPERAGENT_EDITS", "12"))
LIBRARY, INSTALLED = (Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib"))
OTHERS = "lib/python3.1[1-9]/os.py"


def modules() -> list[Path]:
    """The modules of the corpus in some order that is always the same; a sample unless all are asked for."""
    found = sorted({*sources_in(LIBRARY), *INSTALLED.rglob("*.py")})
    if CORPUS:
        return shuffled(found)[: None if CORPUS == "all" else int(CORPUS)]
    small = [path for path in found if path.stat().st_size <= LARGEST and "test" not in path.parts]
    return random.Random(1).sample(small, min(SAMPLE, len(small)))


def sources_in(library: Path) -> Iterator[Path]:
    """The modules of a standard library, without what others put beside them."""
    return (path for path in library.rglob("*.py") if not {"site-packages", "dist-packages"} & {*path.parts})


def neighbours() -> list[tuple[Path, Path]]:
    """Modules of the standard library, each with another version of it, of which it differs; a sample unless all are
    asked for."""
    above = [Path(sys.base_prefix), *Path(sys.base_prefix).parent.iterdir(), Path("/usr"), Path("/usr/local")]
    others = {file.parent.resolve() for prefix in above for file in prefix.glob(OTHERS)} - {LIBRARY.resolve()}
    pairs = [(path, other / path.relative_to(LIBRARY)) for path in sources_in(LIBRARY) for other in sorted(others)]
    found = shuffled([(path, other) for path, other in pairs if other.is_file()])
    different = ((path, other) for path, other in found if path.read_bytes() != other.read_bytes())
    if CORPUS:
        return [*different][: None if CORPUS == "all" else int(CORPUS)]
    small = ((path, other) for path, other in different if path.stat().st_size <= LARGEST)
    return [pair for pair, _ in zip(small, range(SAMPLE), strict=False)]


def shuffled(found: list[Any]) -> list[Any]:
    """A list in an order of chance that is always the same, so that a part of it is a fair sample."""
    return random.Random(1).sample(sorted(found), len(found))


def named(path: Path) -> str:
    """A module by its place."""
    return "/".join(path.parts[-2:])


@pytest.mark.slow
@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_prints_back_and_its_edits_leave_no_byte_of_difference_when_taken_back(path: Path) -> None:
    genome = Genome({"m.py": path.read_bytes()})
    rng = random.Random(zlib.crc32(named(path).encode()))
    try:
        index = indexed("m.py", genome.raw("m.py"))
    except PatchError:
        return  # not Python of this version, as some of the corpus is meant to be
    whole = "".join(index.gap(k) + index.chunk(k) for k in range(len(index.parts) + 1))
    assert index.source.encoded(whole) == genome.raw("m.py")
    for k in range(len(index.parts)):
        check_printed(index.chunk(k))
    found = places("m.py", genome.raw("m.py")) if EDITS else []
    done = 0
    for edit, child in drawn(found, rng, 3 * EDITS, EDITS, genome):
        check_back(genome, edit, child, rng)
        done += 1
    assert done or len(found) < 10


def check_printed(text: str) -> None:
    """A tree prints the text of its statement; where libcst loses a space or a line end, no patch edits it in part."""
    try:
        printed = printed_module(parse_chunk("", text)).text
    except (PatchError, RecursionError):
        return
    if printed != text:
        with pytest.raises(PatchError, match="cannot be printed back as it stands"):
            printable("", text)


def drawn(
    found: list[Place], rng: random.Random, tries: int, wanted: int, genome: Genome
) -> Iterator[tuple[Edit, Genome]]:
    """Some edits that apply, at random places, and what they give; expressions fit only in some places."""
    done = 0
    for place in rng.choices(found, k=tries) if found else []:
        edit = random_edit(place, found, rng)
        try:
            child = apply(genome, Patch((edit,)))
        except PatchError:
            continue
        yield edit, child
        done += 1
        if done == wanted:
            break


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


def check_back(genome: Genome, edit: Edit, child: Genome, rng: random.Random) -> None:
    """Take an edit back; now and then hold every other law that a pair of genomes has."""
    patch = Patch((edit,))
    assert apply(child, invert(genome, patch)) == genome
    if isinstance(edit, Rename):
        assert kinds(child) == kinds(genome)
    if rng.random() < 0.2:
        assert apply(genome, diff(genome, child)) == child
        assert apply(child, diff(child, genome)) == genome
        assert apply(genome, from_unified(genome, to_unified(genome, patch))) == child


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
    for edit, _ in drawn(found, rng, 30, 8, genome):
        try:
            neighbour = apply(neighbour, Patch((edit,)))
        except PatchError:
            continue
    check_there_and_back(genome, neighbour)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "other"), neighbours(), ids=lambda path: "/".join(path.parts[-3:]))
def test_a_module_and_its_neighbour_version_lead_to_each_other(path: Path, other: Path) -> None:
    check_there_and_back(Genome({"m.py": path.read_bytes()}), Genome({"m.py": other.read_bytes()}))


def check_there_and_back(one: Genome, other: Genome) -> None:
    """Hold the law of differences in both directions."""
    assert apply(one, diff(one, other)) == other
    assert apply(other, diff(other, one)) == one
