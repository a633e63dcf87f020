"""Operators on comparisons."""

import libcst as cst

from genome.registry import operator
from genome.symbols import BOUNDARY, EQUALITY, OPPOSITE


@operator(
    "comparison",
    cst.ComparisonTarget,
    cases=(("x < y", "x <= y"), ("x >= y", "x > y")),
    never=(("x == y", "x <= y"), ("x < y", "x > y")),
)
def shift_boundary(site, scope):
    """Include or exclude the boundary of a comparison."""
    for symbol in BOUNDARY.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol())


@operator(
    "comparison",
    cst.ComparisonTarget,
    cases=(("x < y", "x > y"), ("x == y", "x != y"), ("x in y", "x not in y")),
    never=(("x < y", "x <= y"), ("x == y", "x is y")),
)
def flip_comparison(site, scope):
    """Turn a comparison into its opposite."""
    for symbol in OPPOSITE.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol())


@operator(
    "comparison",
    cst.ComparisonTarget,
    cases=(("x == y", "x <= y"), ("x < y", "x != y")),
    never=(("x in y", "x == y"), ("x == True", "x <= True"), ("x == None", "x <= None")),
)
def relax_comparison(site, scope):
    """Exchange equality and order."""
    if scope.aware and getattr(site.node.comparator, "value", "") in ("True", "False", "None"):
        return
    for symbol in EQUALITY.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol())
