"""What a condition makes sure of, and what relies on that."""

import libcst as cst

from genome.edits import code
from genome.facts import called

ASKING = ("isinstance", "hasattr", "callable", "issubclass")


def asked(test):
    """The expressions of which a condition asks what they are, or whether they are there at all."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return asked(inner)
        case cst.BooleanOperation(left=left, right=right):
            return [*asked(left), *asked(right)]
        case cst.Call(args=[cst.Arg(value=value), *_]) if called(test) in ASKING:
            return [value]
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=cst.Is() | cst.IsNot())]):
            return [left]
    return []


def relies(node, test, scope):
    """Whether a node reads what a condition asks about, so that it makes no sense where that turned out otherwise."""
    return scope.aware and any(
        value.value in scope.reads(node) if isinstance(value, cst.Name) else code(value) in code(node)
        for value in asked(test)
    )


def relied_on(site, test, scope):
    """Whether what is reached only by way of the condition at a site relies on a part of it."""
    return scope.aware and any(relies(node, test, scope) for node in under(site, scope))


def under(site, scope):
    """What is reached by way of a condition: what its `and` or `or` goes on with, and what it is the test of."""
    found, way = [], site.way
    while isinstance(above(way, scope), cst.BooleanOperation):
        found += [above(way, scope).right] if way[-1][0] == "left" else []
        way = way[:-1]
    node = above(way, scope) if way[-1][0] == "test" else None
    if isinstance(node, (cst.If, cst.IfExp)):
        found += [part for part in (node.body, getattr(node, "orelse", None)) if part is not None]
    if isinstance(node, cst.CompIf):
        whole, clause = above(way[:-2], scope), above(way[:-1], scope)
        found += [getattr(whole, name) for name in ("elt", "key", "value") if hasattr(whole, name)]
        found += clause.ifs[way[-2][1] + 1 :]
    return found


def above(way, scope):
    """The node that a way leads through last."""
    site = scope.by_way.get(way[:-1])
    return None if site is None else site.node
