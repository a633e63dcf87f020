"""Patches on code that nobody here wrote: every module of the standard library and of the installed packages.

A module is gone through in short chains: each edit upon the one before, and each is taken back by its inverse, byte for
byte, before the next one is made. So edits meet what edits have left, and the code stays that of others.
"""

import sysconfig
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from hyperagent.testing.drawn import drawn_edit
from meta import Conflict, Genome, Patch, PatchError, apply, diff, from_unified, merge, said, to_unified
from meta.chunk import printable
from meta.index import indexed
from meta.invert import taken_back
from meta.printing import printed_module
from meta.tree import parse_chunk

Given = TypeVar("Given")
Made = TypeVar("Made")
FILE = "m.py"
CHAIN = 20
TRIES = 8
"""How many edits are drawn, at most, for each that applies."""
LARGEST = 60_000
"""The longest module, in bytes, of which differences and merges are taken at the end of each chain."""


@dataclass
class Course:
    """What came of one module."""

    module: str
    edits: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    unprintable: int = 0
    seconds: float = 0.0
    ended: str = "done"
    failure: str = ""


def corpus() -> list[Path]:
    """Every module of the standard library and of the installed packages."""
    library, installed = (Path(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib"))
    return sorted({*library_modules(library), *installed.rglob("*.py")})


def library_modules(library: Path) -> Iterator[Path]:
    """The modules of a standard library, without what others put beside them."""
    return (path for path in library.rglob("*.py") if not {"site-packages", "dist-packages"} & {*path.parts})


def gone_through(path: Path, edits: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> Course:
    """A module read, printed, edited so many times and brought back, within a time."""
    name = "/".join(path.parts[-3:])
    course, start = Course(name), clock()
    genome = Genome({FILE: path.read_bytes()})
    rng = Random(zlib.crc32(name.encode()))
    try:
        course.unprintable = unprintable(genome)
        drive(genome, course, edits, rng, lambda: clock() - start > seconds)
    except PatchError as error:
        course.ended, course.failure = "refused", str(error)[:200]
    except (AssertionError, Refused, RecursionError) as error:
        course.ended, course.failure = "failed", str(error)[:2000]
    course.seconds = clock() - start
    return course


class Refused(Exception):
    """A patch that should apply, and does not."""


def unprintable(genome: Genome) -> int:
    """How many statements libcst cannot print back, of which each is refused; raises where one is not."""
    index = indexed(FILE, genome.raw(FILE))
    whole = "".join(index.gap(k) + index.chunk(k) for k in range(len(index.parts) + 1))
    assert index.source.encoded(whole) == genome.raw(FILE), "the statements of the module are not its bytes"
    return sum(not prints_back(index.chunk(k)) for k in range(len(index.parts)))


def prints_back(text: str) -> bool:
    """Whether a tree prints the text of its statement; where libcst loses something, no patch may edit it in part."""
    try:
        same = printed_module(parse_chunk("", text)).text == text
    except (PatchError, RecursionError):
        return True
    if not same:
        try:
            printable("", text)
        except PatchError:
            return False
        raise AssertionError(f"is not printed back, and is not refused: {text[:200]!r}")
    return True


def drive(genome: Genome, course: Course, wanted: int, rng: Random, late: Callable[[], bool]) -> None:
    """Chains of edits of one module until so many were made, or none applies any more, or it is late."""
    misses = 0
    while course.edits < wanted and misses < TRIES:
        done = chain(genome, course, min(CHAIN, wanted - course.edits), rng)
        misses = 0 if done else misses + 1
        if late():
            course.ended = "late"
            return
    if course.edits < wanted:
        course.ended = "few places"


def chain(start: Genome, course: Course, length: int, rng: Random) -> int:
    """One chain of edits, each taken back and then built upon; how many there were."""
    genome = start
    done = 0
    for _ in range(length * TRIES):
        if done == length or FILE not in genome:
            break
        made = patch_of(genome, FILE, rng)
        if made is not None:
            there_and_home(genome, *made)
            kind = type(made[0].edits[0]).__name__
            course.kinds[kind] = course.kinds.get(kind, 0) + 1
            genome, done = made[1], done + 1
    course.edits += done
    if done and len(start.raw(FILE)) <= LARGEST and rng.random() < 0.1:
        other_laws(start, sides_of(start, rng))
    return done


def there_and_home(genome: Genome, patch: Patch, child: Genome) -> None:
    """A patch that made a child is taken back by its inverse, to the byte."""
    try:
        _, back = taken_back(genome, patch, child)
    except PatchError as error:
        raise Refused(f"the inverse of {shown(patch)}: {error}") from None
    same = [*back] == [*genome] and all(back.raw(name) == genome.raw(name) for name in genome)
    assert same, f"not taken back: {shown(patch)}"


def patch_of(genome: Genome, name: str, rng: Random) -> tuple[Patch, Genome] | None:
    """A patch of one edit that applies, with what it makes."""
    try:
        patch = Patch((drawn_edit(genome, name, rng),))
        return patch, apply(genome, patch)
    except PatchError:
        return None


def sides_of(start: Genome, rng: Random) -> list[Genome]:
    """Two genomes that some edits in part make of one."""
    sides = []
    for _ in range(2):
        genome = start
        for _ in range(3):
            made = patch_of(genome, FILE, rng)
            genome = made[1] if made is not None and FILE in made[1] else genome
        sides.append(genome)
    return sides


def other_laws(base: Genome, sides: list[Genome]) -> None:
    """Differences lead there and back, as text too; what merges is a patch of the base, with either side alone it."""
    left, right = sides
    for one, other in ((base, left), (left, base), (left, right)):
        patch = diff(one, other)
        assert sure(apply, one, patch, patch) == other, f"the difference leads elsewhere: {shown(patch)}"
    merged = merge(base, left, right)
    if not isinstance(merged, Conflict):
        sure(apply, base, merged, merged)
    alone = merge(base, left, base)
    assert not isinstance(alone, Conflict) and apply(base, alone) == left, "a change merged with none is another"
    text = to_unified(base, diff(base, left))
    if "\nBinary files" not in f"\n{text}":
        assert apply(base, from_unified(base, text)) == left, "the unified difference leads elsewhere"


def sure(act: Callable[[Genome, Given], Made], genome: Genome, given: Given, patch: Patch) -> Made:
    """What an act gives that nothing may refuse."""
    try:
        return act(genome, given)
    except PatchError as error:
        raise Refused(f"{act.__name__} of {shown(patch)}: {error}") from None


def shown(patch: Patch) -> str:
    """The edits of a patch in words and in full."""
    return "; ".join(f"{said(edit)} [{edit!r:.800}]" for edit in patch.edits)


def there_and_back(one: bytes, other: bytes) -> None:
    """The difference of two versions of a module leads from each to the other."""
    old, new = Genome({FILE: one}), Genome({FILE: other})
    for a, b in ((old, new), (new, old)):
        patch = diff(a, b)
        assert sure(apply, a, patch, patch) == b, f"the difference leads elsewhere: {shown(patch)[:500]}"
