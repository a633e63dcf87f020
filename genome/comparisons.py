"""Operators on comparisons."""

import libcst as cst

from genome.bindings import CALLABLE, OBJECT, TABLE
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
    never=(
        ("x in y", "x == y"),
        ("x == True", "x <= True"),
        ("x == None", "x <= None"),
        ("x == (1, None)", "x <= (1, None)"),
        ("x == {}", "x <= {}"),
    ),
)
def relax_comparison(site, scope):
    """Exchange equality and order, where there may be an order."""
    if scope.aware and not is_ordered(site.node.comparator, scope):
        return
    for symbol in EQUALITY.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol())


def is_ordered(node, scope):
    """Whether values may stand in an order with this one, as numbers, texts and lists of these do."""
    items = [element.value for element in getattr(node, "elements", ())]
    plain = all(getattr(item, "value", "") not in ("True", "False", "None") for item in (node, *items))
    return plain and scope.kind(node) not in (TABLE, CALLABLE, OBJECT)
