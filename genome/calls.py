"""Operators on calls and their arguments."""

import libcst as cst

from genome.edits import call, last_without_comma, name, with_arguments
from genome.facts import called, is_fixed, same_kind
from genome.registry import operator
from genome.symbols import COUNTING, OPTIONAL, RELATED_CALLS, UNWRAPPED, WRAPPERS


@operator(
    "call",
    cst.Call,
    cases=(("f(1, 2)", "f(2, 1)"), ("def f(x, y):\n    return f(x, y)", "def f(x, y):\n    return f(y, x)")),
    never=(
        ("f(x)", "f(x, x)"),
        ("f(x, y)", "f(y, x)"),
        ("f(1, 'a')", "f('a', 1)"),
        ("f(x, k=y)", "f(y, k=x)"),
        ("f(x, *y)", "f(y, *x)"),
    ),
)
def swap_arguments(site, scope):
    """Exchange two neighbouring arguments that may be of one kind."""
    arguments = site.node.args
    for k in range(len(arguments) - 1):
        one, other = arguments[k], arguments[k + 1]
        if scope.aware and not are_alike(one, other, site.node, scope):
            continue
        values = [argument.value for argument in arguments]
        yield with_arguments(site.node, [*values[:k], values[k + 1], values[k], *values[k + 2 :]])


@operator(
    "call",
    cst.Call,
    cases=(("range(x, y)", "range(y)"), ("x.get(y, z)", "x.get(y)"), ("sorted(x, key=y)", "sorted(x)")),
    never=(("f(x, y)", "f(x)"), ("len(x)", "len()"), ("min(x, y)", "min(y)"), ("f(x, k=y)", "f(x)")),
)
def drop_argument(site, scope):
    """Leave out an argument, where the function may do without."""
    arguments = site.node.args
    for k, argument in enumerate(arguments):
        if not scope.aware or is_optional(argument, site.node):
            yield site.node.with_changes(args=last_without_comma([*arguments[:k], *arguments[k + 1 :]]))


@operator(
    "call",
    cst.Call,
    cases=(("min(x)", "max(x)"), ("x.append(y)", "x.extend(y)")),
    never=(("f(x)", "g(x)"), ("max(x, y)", "sum(x, y)")),
)
def change_call(site, scope):
    """Call a related function."""
    function = site.node.func
    for other in RELATED_CALLS.get(called(site.node), ()):
        if scope.aware and other in ("sum", "len", "reversed") and len(site.node.args) != 1:
            continue
        renamed = function.with_changes(attr=name(other)) if isinstance(function, cst.Attribute) else name(other)
        yield site.node.with_changes(func=renamed)


@operator(
    "call", cst.Call, cases=(("abs(x)", "x"), ("sorted(x)", "x")), never=(("f(x)", "x"), ("len(x)", "x"), ("f()", "f"))
)
def unwrap_call(site, scope):
    """Use the argument of a call of a builtin instead of the call, where it may be of the kind of the result."""
    if not site.node.args:
        return
    value = site.node.args[0].value
    if not scope.aware or (called(site.node) in UNWRAPPED and same_kind(value, site.node, scope)):
        yield value


@operator(
    "call",
    cst.Name,
    cst.Call,
    cases=(("x = []\ny = x", "x = []\ny = sorted(x)"), ("x = ''\ny = x + 1", "x = ''\ny = len(x) + 1")),
    never=(("x = 1\ny = x", "x = 1\ny = len(x)"), ("x = []\ny = x", "x = []\ny = sum(x)")),
)
def wrap_call(site, scope):
    """Pass a value that is read through a builtin function that takes its kind, and counts it where numbers are."""
    if site.way[-1][0] in ("value", "iter", "left", "right") and not (scope.aware and is_fixed(site)):
        for function, kinds in WRAPPERS.items():
            if scope.fits(site.node, *kinds) and (not scope.aware or (function in COUNTING) == is_counted(site, scope)):
                yield call(function, site.node)


def are_alike(one, other, node, scope):
    """Whether two arguments of a call may be exchanged: given by position and known to be of one kind.

    Where a function calls itself, they may be of a kind that is not known.
    """
    if any(argument.keyword is not None or argument.star for argument in (one, other)):
        return False
    if scope.kind(one.value) is None:
        return scope.kind(other.value) is None and called(node) in scope.functions
    return same_kind(one.value, other.value, scope) and scope.kind(other.value) is not None


def is_optional(argument, node):
    """Whether a call is complete without an argument."""
    known = called(node) in OPTIONAL and len(node.args) > 1
    return known and (argument.keyword is not None or called(node) not in ("min", "max"))


def is_counted(site, scope):
    """Whether a value stands where a number is wanted: in a comparison, a sum or a range."""
    argument = scope.parent(site)
    around = scope.by_way.get(site.way[:-2]) if isinstance(argument, cst.Arg) else None
    return site.way[-1][0] in ("left", "right") or (
        around is not None and called(around.node) in ("range", "abs", "int")
    )
