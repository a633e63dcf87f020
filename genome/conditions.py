"""Operators on conditions."""

import libcst as cst

from genome.edits import bracketed, negated
from genome.registry import operator


@operator(
    "condition",
    cst.BooleanOperation,
    cases=(("x and y", "(x or y)"), ("x or y", "(x and y)")),
    never=(("x and y", "x"), ("x and y", "(y and x)")),
)
def swap_boolean(site, scope):
    """Exchange `and` and `or`."""
    other = cst.Or() if isinstance(site.node.operator, cst.And) else cst.And()
    yield site.node.with_changes(operator=other)


@operator(
    "condition", cst.BooleanOperation, cases=(("x and y", "x"), ("x and y", "y")), never=(("x and y", "(x or y)"),)
)
def shrink_condition(site, scope):
    """Keep one side of a condition."""
    yield site.node.left
    yield site.node.right


@operator(
    "condition",
    cst.BaseExpression,
    at="test",
    cases=(("if x:\n    y", "if (not x):\n    y"),),
    never=(("if x:\n    y", "if x:\n    (not y)"), ("if not x:\n    y", "if (not not x):\n    y")),
)
def negate_condition(site, scope):
    """Take the opposite of a condition."""
    yield negated(site.node)


@operator(
    "condition",
    cst.BaseExpression,
    at="test",
    cases=(("if x:\n    y\nif z:\n    y", "if (x and z):\n    y\nif z:\n    y"),),
    never=(
        ("if x:\n    y", "if (x and x):\n    y"),
        ("if x:\n    y\nz = 1\nif z:\n    y", "if (x and z):\n    y\nz = 1\nif z:\n    y"),
    ),
)
def extend_condition(site, scope):
    """Ask for another condition of the definition as well, or instead."""
    for donor in scope.conditions:
        other = None if donor.node is site.node else scope.at_home(donor.node, site)
        if other is not None:
            for symbol in (cst.And(), cst.Or()):
                yield cst.BooleanOperation(bracketed(site.node), symbol, bracketed(other))


@operator(
    "condition", cst.IfExp, cases=(("x if y else z", "(z if y else x)"),), never=(("x if y else z", "(x if z else y)"),)
)
def swap_branches(site, scope):
    """Exchange the two results of a conditional expression."""
    yield site.node.with_changes(body=site.node.orelse, orelse=site.node.body)
