"""What an operator offers: the edits of one definition, as plain data.

Runs beside the operator: in a jail, where it is sent as source, or in the test author's own process. Of the library of
operators it uses OPERATORS, Scope, pairs, changes, edits and applied, which are what a meta agent uses too.
"""

import importlib
import random
from typing import Any


def main(_api: object, module: str, name: str, texts: list[str] | None) -> list[Any]:
    """In a jail: what an operator of a module of the genome offers for each text, or its cases if there is none."""
    importlib.import_module(module)
    library = importlib.import_module("genome.operators")
    operator = library.OPERATORS[name]
    return cases(library, operator) if texts is None else [offers(library, operator, text) for text in texts]


def offers(library: Any, operator: Any, text: str) -> list[list[dict[str, Any]]]:
    """The candidate edits for the definition `subject` in a text, asked for twice."""
    return [offered(library, operator, text, state) for state in (1, 2)]


def offered(library: Any, operator: Any, text: str, state: int) -> list[dict[str, Any]]:
    """The candidate edits with the address of the site that each was asked for, the global random state set before."""
    random.seed(state)
    scope = library.Scope(text)
    found = []
    for site in sites(library, operator, scope):
        target = "m:subject/" + site.path.removeprefix("body[0].")
        if "." in site.path:
            for change in library.changes(operator, site, scope):
                title = f"{change.operator} at {change.title}"
                found.append({"target": target, "title": title, "edits": library.edits(change, "m:subject")})
    return found


def sites(library: Any, operator: Any, scope: Any) -> list[Any]:
    """The sites of a scope to which an operator applies."""
    return [site for found, site in library.pairs(scope) if found is operator]


def cases(library: Any, operator: Any) -> list[list[Any]]:
    """By case: whether it is one of VALID, its texts before and after, and the texts that the operator makes."""
    valid = [(True, before, after) for before, after in listed(operator, "cases", "valid", "VALID")]
    invalid = [(False, *((case, None) if isinstance(case, str) else case))
               for case in listed(operator, "never", "invalid", "INVALID")]  # fmt: skip
    return [[*case, results(library, operator, case[1])] for case in (*valid, *invalid)]


def listed(operator: Any, *names: str) -> list[Any]:
    """The cases under any of some names, of the operator or of its function."""
    return [
        case for owner in (operator, operator.function) for name in names for case in getattr(owner, name, None) or ()
    ]


def results(library: Any, operator: Any, before: str) -> list[str]:
    """What the operator makes of a text, in every way that it offers."""
    scope = library.Scope(before)
    changes = [c for site in sites(library, operator, scope) for c in library.changes(operator, site, scope)]
    return [text for text in (library.applied(scope, change) for change in changes) if text is not None]
