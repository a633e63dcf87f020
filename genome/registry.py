"""Operators: each looks at one node and offers what could stand there instead.

An operator is a function `(site, scope) -> iterator of replacements`; a replacement is a node, or a list of statements
for the one statement at the site. It offers lazily: what is not asked for is not made. `cases` are (before, after)
pairs: an edit must turn the one into the other. `never` are such pairs that no edit may make.
"""

import functools

from genome.edits import Change

OPERATORS = {}
ELIF = ("orelse", None)


class Operator:
    """A named edit of a family, the kinds of node that it applies to, and the field they must stand in, if any."""

    def __init__(self, function, family, kinds, at, cases, never):
        self.name = function.__name__
        self.family = family
        self.function = function
        self.kinds = kinds
        self.at = at
        self.cases = cases
        self.never = never


def operator(family, *kinds, cases, never, at=None):
    """Register a function as an operator on nodes of these kinds, in the field `at` where that is given."""

    def register(function):
        OPERATORS[function.__name__] = Operator(function, family, kinds, at, cases, never)
        applicable.cache_clear()
        placed.cache_clear()
        return function

    return register


def pairs(scope):
    """Every (operator, site) of a scope where the operator applies, without making any edit yet."""
    return [*placed(scope)]


@functools.lru_cache(256)
def placed(scope):
    """The pairs of a scope, found once."""
    return tuple(
        (op, site)
        for site in scope.sites
        if site.way[-1] != ELIF
        for op in applicable(type(site.node))
        if op.at in (None, site.way[-1][0])
    )


def changes(op, site, scope):
    """The edits that one operator offers at one site, made one at a time."""
    for new in op.function(site, scope):
        yield Change(op.name, site, new)


@functools.cache
def applicable(kind):
    """The operators for a kind of node."""
    return [op for op in OPERATORS.values() if issubclass(kind, op.kinds)]
