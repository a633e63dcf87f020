"""Operators on conditions."""

import libcst as cst

from genome.edits import bracketed, negated
from genome.guards import relied_on, relies
from genome.registry import operator


@operator(
    "condition",
    cst.BooleanOperation,
    cases=(("x and y", "(x or y)"), ("x or y", "(x and y)")),
    never=(
        ("x and y", "x"),
        ("x and y", "(y and x)"),
        ("isinstance(x, T) and x.y", "(isinstance(x, T) or x.y)"),
        ("x is None or x.y", "(x is None and x.y)"),
    ),
)
def swap_boolean(site, scope):
    """Exchange `and` and `or`, where the second side does not rely on what the first one asks."""
    if relies(site.node.right, site.node.left, scope):
        return
    other = cst.Or() if isinstance(site.node.operator, cst.And) else cst.And()
    yield site.node.with_changes(operator=other)


@operator(
    "condition",
    cst.BooleanOperation,
    cases=(("x and y", "x"), ("x and y", "y"), ("isinstance(x, T) and x.y", "isinstance(x, T)")),
    never=(
        ("x and y", "(x or y)"),
        ("isinstance(x, T) and x.y", "x.y"),
        ("y and isinstance(x, T) and x.z", "y and x.z"),
        ("if y and isinstance(x, T):\n    x.z", "if y:\n    x.z"),
        ("[x.z for x in y if x is not None and z]", "[x.z for x in y if z]"),
    ),
)
def shrink_condition(site, scope):
    """Keep one side of a condition, unless something relies on what the other one asks."""
    left, right = site.node.left, site.node.right
    if not relied_on(site, right, scope):
        yield left
    if not relies(right, left, scope) and not relied_on(site, left, scope):
        yield right


@operator(
    "condition",
    cst.BaseExpression,
    at="test",
    cases=(
        ("if x:\n    y", "if (not x):\n    y"),
        ("while not x:\n    y", "while x:\n    y"),
        ("if isinstance(x, T):\n    y", "if (not isinstance(x, T)):\n    y"),
    ),
    never=(
        ("if x:\n    y", "if x:\n    (not y)"),
        ("if not x:\n    y", "if (not not x):\n    y"),
        ("while x:\n    y", "while (not x):\n    y"),
        ("if isinstance(x, T):\n    x.y", "if (not isinstance(x, T)):\n    x.y"),
        ("[x.y for x in z if hasattr(x, 'y')]", "[x.y for x in z if (not hasattr(x, 'y'))]"),
    ),
)
def negate_condition(site, scope):
    """Take the opposite of a condition; of a loop that ends, or of what others rely on, only back to what is plain."""
    plain = isinstance(site.node, cst.UnaryOperation)
    loops = scope.aware and isinstance(scope.parent(site), cst.While)
    if plain or not (loops or relied_on(site, site.node, scope)):
        yield negated(site.node)


@operator(
    "condition",
    cst.BaseExpression,
    at="test",
    cases=(("if x:\n    y\nif z:\n    y", "if (x and z):\n    y\nif z:\n    y"),),
    never=(
        ("if x:\n    y", "if (x and x):\n    y"),
        ("if x:\n    y\nz = 1\nif z:\n    y", "if (x and z):\n    y\nz = 1\nif z:\n    y"),
        (
            "for a in b:\n    if a.p:\n        x\nfor c in d:\n    if c.q:\n        y",
            "for a in b:\n    if a.p:\n        x\nfor c in d:\n    if (c.q and c.p):\n        y",
        ),
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
    "condition",
    cst.IfExp,
    cases=(("x if y else z", "(z if y else x)"),),
    never=(
        ("x if y else z", "(x if z else y)"),
        ("x.y if x is not None else z", "(z if x is not None else x.y)"),
    ),
)
def swap_branches(site, scope):
    """Exchange the two results of a conditional expression, if neither relies on what its condition asks."""
    body, other = site.node.body, site.node.orelse
    if not relies(body, site.node.test, scope) and not relies(other, site.node.test, scope):
        yield site.node.with_changes(body=other, orelse=body)
