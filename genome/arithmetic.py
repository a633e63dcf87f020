"""Operators on arithmetic."""

import libcst as cst

from genome.bindings import NUMBER, TEXT
from genome.edits import bracketed
from genome.registry import operator
from genome.symbols import ARITHMETIC, AUGMENTED, BITS


@operator(
    "arithmetic",
    cst.BinaryOperation,
    cases=(("x + y", "(x - y)"), ("x // y", "(x % y)")),
    never=(("x & y", "(x + y)"), ("x + 'a'", "(x - 'a')"), ("[x] + y", "([x] - y)")),
)
def change_arithmetic(site, scope):
    """Use another arithmetic operator."""
    if scope.kind(site.node) in (None, NUMBER):
        for symbol in ARITHMETIC.get(type(site.node.operator), ()):
            yield site.node.with_changes(operator=symbol())


@operator(
    "arithmetic",
    cst.BinaryOperation,
    cases=(("x & y", "(x | y)"), ("x << y", "(x >> y)")),
    never=(("x + y", "(x | y)"), ("x & y", "(x + y)")),
)
def change_bits(site, scope):
    """Use another bitwise operator."""
    for symbol in BITS.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol())


@operator("arithmetic", cst.BinaryOperation, cases=(("x - y", "(y - x)"),), never=(("'%s' % x", "(x % '%s')"),))
def swap_operands(site, scope):
    """Exchange the two sides of an operation."""
    if scope.kind(site.node) != TEXT or isinstance(site.node.operator, cst.Add):
        yield site.node.with_changes(left=bracketed(site.node.right), right=bracketed(site.node.left))


@operator(
    "arithmetic",
    cst.BinaryOperation,
    cases=(("x + y", "x"), ("x + y", "y")),
    never=(("'%s' % x", "x"), ("[1] * x", "x"), ("x + y", "x - y")),
)
def drop_operand(site, scope):
    """Keep one side of an operation, one that may be of the kind of the whole."""
    whole = scope.kind(site.node)
    for side in (site.node.left, site.node.right):
        if whole in (None, NUMBER, scope.kind(side)):
            yield side


@operator(
    "arithmetic",
    cst.AugAssign,
    cases=(("x += y", "x -= y"),),
    never=(("x += 'a'", "x -= 'a'"), ("x += y", "x = y"), ("x = []\nx += y", "x = []\nx -= y")),
)
def change_augmented(site, scope):
    """Use another operator in an augmented assignment."""
    if {scope.kind(site.node.value), scope.kind(site.node.target)} <= {None, NUMBER}:
        for symbol in AUGMENTED.get(type(site.node.operator), ()):
            yield site.node.with_changes(operator=symbol())
