"""Operators on numbers, constants and names."""

import builtins

import libcst as cst

from genome.bindings import NUMBER, ORDERS
from genome.edits import binary, integer, name
from genome.facts import called, is_fixed, same_kind
from genome.registry import operator
from genome.symbols import PLACES

KNOWN = frozenset(dir(builtins))


@operator("number", cst.Integer, cases=(("3", "4"), ("3", "2"), ("0", "(-1)")), never=(("3", "5"), ("3.0", "4")))
def step_integer(site, scope):
    """Add or subtract one."""
    value = int(site.node.value, 0)
    yield integer(value + 1)
    yield integer(value - 1)


@operator("number", cst.Integer, cases=(("7", "0"), ("7", "1")), never=(("7", "(-1)"), ("7.0", "0")))
def plain_integer(site, scope):
    """Use zero, one or two."""
    for value in ("0", "1", "2"):
        if value != site.node.value:
            yield cst.Integer(value)


@operator(
    "number",
    cst.Float,
    cst.Integer,
    cases=(("1.0", "4.0"), ("8.0", "2.0"), ("12", "24")),
    never=(("12", "13"), ("1.0", "(-1.0)")),
)
def scale_number(site, scope):
    """Multiply or divide a number."""
    if isinstance(site.node, cst.Integer):
        value = int(site.node.value, 0)
        yield from (integer(scaled) for scaled in (value * 2, value // 2) if scaled != value)
        return
    value = float(site.node.value)
    scales = (round(value * factor, 6) for factor in (0.25, 4.0, 0.0625, 16.0))
    yield from (cst.Float(repr(scaled)) for scaled in scales if scaled != value)


@operator(
    "name",
    cst.Name,
    cases=(("True", "False"), ("None", "True")),
    never=(("x", "True"), ("True", "None"), ("x is None", "x is True")),
)
def change_constant(site, scope):
    """Exchange True and False, and None for either, but where it is asked whether something is None."""
    if scope.aware and isinstance(getattr(scope.parent(site), "operator", None), (cst.Is, cst.IsNot)):
        return
    if site.node.value in ("True", "False", "None"):
        for value in ("True", "False") if scope.aware else ("True", "False", "None"):
            if value != site.node.value:
                yield name(value)


@operator(
    "name",
    cst.Name,
    cases=(("a = 1\nb = 2\nf(b)", "a = 1\nb = 2\nf(a)"),),
    never=(("f(a)\na = 1\nb = 2", "f(b)\na = 1\nb = 2"), ("a = 1\nb = ''\nf(b)", "a = 1\nb = ''\nf(a)")),
)
def change_name(site, scope):
    """Use another name that is bound here, of the same kind where both are known."""
    if scope.aware and (is_fixed(site) or (is_passed(site, scope) and scope.kind(site.node) is None)):
        return
    names = scope.names(site)
    if site.node.value in names:
        for other in names:
            if other != site.node.value and same_kind(name(other), site.node, scope):
                yield name(other)


@operator(
    "arithmetic",
    cst.Name,
    cst.Subscript,
    cases=(("x = 1\ny = x", "x = 1\ny = (x + 1)"), ("x = 1\ny = x", "x = 1\ny = (x - 1)")),
    never=(("x = ''\ny = x", "x = ''\ny = (x + 1)"), ("x = 1", "(x + 1) = 1")),
)
def offset_value(site, scope):
    """Add or subtract one from a number that is read."""
    if is_fixed(site) or not is_number(site, scope):
        return
    yield binary(site.node, cst.Add(), cst.Integer("1"))
    yield binary(site.node, cst.Subtract(), cst.Integer("1"))


def is_passed(site, scope):
    """Whether a value is an argument of a function that is no builtin, of which nothing is known."""
    above = scope.by_way.get(site.way[:-2])
    call = above.node if above is not None and isinstance(scope.parent(site), cst.Arg) else None
    return isinstance(call, cst.Call) and called(call) not in (*KNOWN, *scope.functions)


def is_number(site, scope):
    """Whether a value is a number, or stands where numbers do."""
    if not scope.aware or scope.kind(site.node) is not None:
        return scope.fits(site.node, NUMBER)
    ordered = isinstance(getattr(scope.parent(site), "operator", None), ORDERS)
    return site.way[-1][0] in PLACES or (ordered and site.way[-1][0] == "comparator")
