"""Operators on indices, slices and the entries of lists and tables."""

import libcst as cst

from genome.bindings import LIST, NUMBER, TEXT
from genome.edits import binary, bracketed, integer, last_without_comma, sliced, tight, with_comma
from genome.facts import called, is_fixed
from genome.registry import operator


@operator(
    "sequence",
    cst.Index,
    cases=(
        ("x[y - 1]", "x[((y - 1) + 1)]"),
        ("y = 1\nx[y]", "y = 1\nx[(y + 1)]"),
        ("x[0]", "x[-1]"),
        ("x[-2]", "x[1]"),
    ),
    never=(
        ("x[-1]", "x[((-1) - 1)]"),
        ("x['a']", "x['a' + 1]"),
        ("x[y]", "x[(y + 1)]"),
        ("y = ''\nx[y]", "y = ''\nx[(y + 1)]"),
    ),
)
def shift_index(site, scope):
    """Look one place before or after, or at the other end."""
    value = site.node.value
    if isinstance(value, cst.Integer):
        yield cst.Index(integer(-1 - int(value.value, 0)))
    elif isinstance(value, cst.UnaryOperation) and isinstance(value.expression, cst.Integer):
        yield cst.Index(integer(int(value.expression.value, 0) - 1))
    elif scope.fits(value, NUMBER) or isinstance(value, cst.BinaryOperation):
        yield cst.Index(bracketed(binary(value, cst.Subtract(), cst.Integer("1"))))
        yield cst.Index(bracketed(binary(value, cst.Add(), cst.Integer("1"))))


@operator(
    "sequence",
    cst.Slice,
    cases=(("x[1:z]", "x[1+ 1:z]"), ("x[y:z]", "x[:z]"), ("x[y:z]", "x[y:]")),
    never=(("x[y:z]", "x[z:y]"), ("x[y]", "x[:y]")),
)
def shift_slice(site, scope):
    """Move, drop or add a bound of a slice."""
    one = cst.Integer("1")
    for bound in ("lower", "upper"):
        value = getattr(site.node, bound)
        if value is None:
            yield site.node.with_changes(**{bound: one})
        else:
            yield site.node.with_changes(**{bound: None})
            yield site.node.with_changes(**{bound: tight(value, cst.Add(), one)})
            yield site.node.with_changes(**{bound: tight(value, cst.Subtract(), one)})


@operator(
    "sequence",
    cst.Name,
    cst.Attribute,
    cst.Call,
    cases=(("x = []\ny = x", "x = []\ny = x[::-1]"), ("x = ''\ny = x", "x = ''\ny = x[1:]")),
    never=(("x = 1\ny = x", "x = 1\ny = x[1:]"), ("y = range", "y = range[1:]"), ("y = set(x)", "y = set(x)[1:]")),
)
def add_slice(site, scope):
    """Take a part of a value, or turn it round."""
    if site.way[-1][0] in ("value", "iter") and is_sequence(site, scope) and not (scope.aware and is_fixed(site)):
        one, last = cst.Integer("1"), integer(-1)
        yield sliced(site.node, cst.Slice(None, None, last, second_colon=cst.Colon()))
        yield sliced(site.node, cst.Slice(one, None))
        yield sliced(site.node, cst.Slice(None, last))
        yield sliced(site.node, cst.Slice(None, one))


@operator(
    "sequence",
    cst.List,
    cst.Tuple,
    cst.Dict,
    cases=(("[x, y]", "[y]"), ("[x, y]", "[y, x]"), ("{x: 1, y: 2}", "{y: 2, x: 1}")),
    never=(("(x, y)", "(x,)"), ("{x: 1, y: 2}", "{x: 1}"), ("x, y = z", "y, x = z")),
)
def toggle_entry(site, scope):
    """Leave out an entry of a list, or put one of a literal first; a table keeps its keys."""
    if scope.aware and is_fixed(site):
        return
    entries = list(site.node.elements)
    for k in range(len(entries)):
        rest = [*entries[:k], *entries[k + 1 :]]
        if isinstance(site.node, cst.List) or not (scope.aware or (isinstance(site.node, cst.Tuple) and len(rest) < 2)):
            yield site.node.with_changes(elements=last_without_comma(rest))
    for k in range(1, len(entries)):
        front = [entries[k], *entries[:k], *entries[k + 1 :]]
        yield site.node.with_changes(elements=last_without_comma([with_comma(entry) for entry in front]))


def is_sequence(site, scope):
    """Whether a value has an order and can be cut."""
    if not scope.aware:
        return True
    if isinstance(site.node, cst.Call):
        return called(site.node) in ("sorted", "list", "split", "join", "strip", "lower", "upper", "str", "tuple")
    return scope.kind(site.node) in (LIST, TEXT)
