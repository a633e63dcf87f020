"""Strategies for edits that say what is meant: moves, renames, constants and imports."""

from collections.abc import Sequence

from hypothesis import strategies as st

from hyperagent.testing.sources import either
from meta import AddImport, Edit, Move, RemoveImport, Rename, SetConstant
from meta.places import Place

NEW_NAMES = ("renamed", "other")
LITERALS = ("7", "'word'", "[1, 2.5]", "None")
IMPORTS = ("import math", "from json import dumps, loads", "import os.path as paths")


def meant_edits(spots: Sequence[Place]) -> list[st.SearchStrategy[Edit]]:
    """A strategy for each kind of edit that some of these places allow; not each that is drawn applies."""
    statements = [spot for spot in spots if spot.kind == "statement" and spot.siblings]
    targets = [spot for spot in statements if spot.at.endswith("]")]
    named = [spot for spot in statements if "/" not in spot.at]
    values = [spot for spot in spots if spot.at.endswith("/value") and spot.kind == "expression"]
    imports = [spot for spot in statements if spot.text.startswith(("import ", "from ")) and "/" in spot.at]
    modules = sorted({spot.at.partition(":")[0] for spot in spots})
    found: list[st.SearchStrategy[Edit]] = []
    if modules:
        found.append(st.builds(AddImport, st.sampled_from([f"{name}:" for name in modules]), either(IMPORTS)))
    if imports:
        found.append(st.sampled_from(imports).map(removal))
    if targets:
        found.append(st.tuples(st.sampled_from(statements), st.sampled_from(targets)).map(lambda two: move(*two)))
    if named:
        found.append(st.tuples(st.sampled_from(named), either(NEW_NAMES)).map(lambda two: rename(*two)))
    if values:
        found.append(st.tuples(st.sampled_from(values), either(LITERALS)).map(lambda two: constant(*two)))
    return found


def move(one: Place, other: Place) -> Edit:
    """Take a statement to before another."""
    return Move(one.at, one.text, other.at, other.text)


def rename(place: Place, new: str) -> Edit:
    """Give a definition another name."""
    return Rename(place.at, place.at.partition(":")[2].rpartition(".")[2], new)


def constant(place: Place, new: str) -> Edit:
    """Assign another value to a name."""
    return SetConstant(place.at.removesuffix("/value"), place.text, new)


def removal(place: Place) -> Edit:
    """Take an import out."""
    return RemoveImport(f"{place.at.partition(':')[0]}:", place.text)
