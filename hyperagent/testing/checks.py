"""One check for everything that has laws: what a thing is decides which of them it has to keep."""

import ast
import inspect
from pathlib import Path
from typing import Literal

from hypothesis.strategies import SearchStrategy

from hyperagent.domain import Domain
from hyperagent.domains import module_of
from hyperagent.errors import UsageError
from hyperagent.testing.domain_laws import check_domain
from hyperagent.testing.jail import split_place
from hyperagent.testing.laws import Report
from hyperagent.testing.operator_laws import check_operator
from hyperagent.testing.patch_laws import check_patch_laws
from hyperagent.testing.selection_laws import check_selection
from meta import PatchError
from meta.source import decoded, parsed

Kind = Literal["operator", "selection"]
KINDS: dict[tuple[str, ...], Kind] = {("site", "scope"): "operator", ("candidates", "rng"): "selection"}
EXPECTED = "an operator (site, scope), a selection (candidates, rng), a Domain or a strategy of patches"


def check(thing: object, *, examples: int | None = None) -> Report:
    """The laws of an operator, a selection, a domain or a strategy of patches hold; raises `LawBroken` if one does not.

    "FILE.py:NAME" is any of these in a file: operators and selections, which are parts of a genome, run in jails; for a
    domain or a strategy, which never are, the file is imported, as its author's code on its author's machine.
    """
    if isinstance(thing, (str, Path)):
        return check_place(thing, examples)
    if isinstance(thing, Domain):
        return check_domain(thing, examples=examples)
    if isinstance(thing, SearchStrategy):
        return check_patch_laws(thing, examples=examples)
    match parameters(thing):
        case ["candidates", "rng"] if callable(thing):
            return check_selection(thing, examples=examples)
        case ["site", "scope"]:
            return check_operator(thing, examples=examples)
    raise UsageError(f"{thing!r:.80} has no laws here, expected {EXPECTED}")


def check_place(place: str | Path, examples: int | None) -> Report:
    """The laws of what a file defines under a name."""
    file, name = split_place(place)
    match kind_of(file, name):
        case "operator":
            return check_operator(place, examples=examples)
        case "selection":
            return check_selection(place, examples=examples)
    found = defined(file, name)
    if isinstance(found, (Domain, SearchStrategy)):
        return check(found, examples=examples)
    raise UsageError(f"{file}: {name} is {found!r:.80}, expected {EXPECTED}")


def defined(file: Path, name: str) -> object:
    """What a file, once it is run, defines under a name."""
    found = vars(module_of(file))
    if name not in found:
        raise UsageError(f"{file}: {name} is not defined there, expected {EXPECTED}")
    return found[name]


def kind_of(file: Path, name: str) -> Kind | None:
    """Whether a name is that of an operator or a selection, read from the text of the file, which is not run."""
    try:
        tree = parsed(file.name, decoded(file.name, file.read_bytes()).text)
    except PatchError as error:
        raise UsageError(f"{file}: {error}") from None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return KINDS.get(tuple(argument.arg for argument in node.args.args))
    return None


def parameters(thing: object) -> list[str]:
    """The names of a function's parameters; of an entry of a library of operators, those of its function."""
    function = getattr(thing, "function", thing)
    return [*inspect.signature(function).parameters] if callable(function) else []
