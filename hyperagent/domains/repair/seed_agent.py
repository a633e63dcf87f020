"""The task agent: it repairs a function by trying edits until one passes the visible tests."""

from genome import operators

COSTS = {
    "comparison": 1.0,
    "arithmetic": 1.0,
    "condition": 1.0,
    "number": 1.0,
    "name": 1.0,
    "call": 1.0,
    "sequence": 1.0,
    "statement": 1.0,
}


def solve(task, tools):
    """Return the first candidate that passes every visible test, or the source as it stands."""
    scope = operators.Scope(task["source"])
    for candidate in candidates(scope, tools.rng):
        if tools.runs_left() == 0:
            break
        if tools.run(candidate, quick=True).ok:
            return candidate
    return task["source"]


def candidates(scope, rng):
    """The texts of edited programs: one edit at random for each pair of an operator and a site."""
    for operator, site in ordered(operators.pairs(scope), rng):
        offers = list(operators.changes(operator, site, scope))
        text = operators.applied(scope, rng.choice(offers)) if offers else None
        if text is not None:
            yield text


def ordered(pairs, rng):
    """The pairs in random order, drawn towards the front by a low cost of the operator's family."""
    return sorted(pairs, key=lambda pair: rng.random() * COSTS.get(pair[0].family, 1.0))
