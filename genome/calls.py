"""Operators on calls and their arguments."""

import libcst as cst

from genome.bindings import CALLS, COMMON, LIST, NUMBER, TEXT
from genome.edits import call, last_without_comma, name, with_arguments
from genome.facts import called, is_fixed, same_kind
from genome.registry import operator
from genome.symbols import COUNTING, OPTIONAL, RELATED_CALLS, UNWRAPPED, WRAPPERS
from genome.tree import all_below
from genome.values import is_passed


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
    cases=(
        ("range(x, y)", "range(y)"),
        ("x.get(y, z)", "x.get(y)"),
        ("sorted(x, key=y)", "sorted(x)"),
        ("x.strip(y)", "x.strip()"),
        ("def f(x, y=1):\n    return f(x, y)", "def f(x, y=1):\n    return f(x)"),
        ("def f(x, *y):\n    return f(x, y)", "def f(x, *y):\n    return f(x)"),
    ),
    never=(
        ("f(x, y)", "f(x)"),
        ("len(x)", "len()"),
        ("min(x, y)", "min(y)"),
        ("f(x, k=y)", "f(x)"),
        ("x.get(y, z)", "x.get(z)"),
        ("for a in x.get(y, z):\n    a", "for a in x.get(y):\n    a"),
        ("a, b = x.get(y, z)", "a, b = x.get(y)"),
        ("sorted(x, key=lambda y: y.size)", "sorted(x)"),
        ("def f(x, y=1):\n    return f(x, y)", "def f(x, y=1):\n    return f(y)"),
        ("def f(x, y):\n    return f(x, y)", "def f(x, y):\n    return f(x)"),
    ),
)
def drop_argument(site, scope):
    """Leave out an argument that has a default, as the signature of a builtin or of a function of the text shows."""
    arguments = site.node.args
    for k in range(len(arguments)):
        if not scope.aware or is_optional(k, site, scope):
            yield site.node.with_changes(args=last_without_comma([*arguments[:k], *arguments[k + 1 :]]))


@operator(
    "call",
    cst.Call,
    cases=(("min(x)", "max(x)"), ("x.append(y)", "x.extend(y)")),
    never=(
        ("f(x)", "g(x)"),
        ("max(x, y)", "sum(x, y)"),
        ("sorted(x, key=y)", "list(x, key=y)"),
        ("range(x)", "reversed(x)"),
        ("x.append((y, z))", "x.extend((y, z))"),
        ("x.append(f(y))", "x.extend(f(y))"),
    ),
)
def change_call(site, scope):
    """Call a related function."""
    function = site.node.func
    for other in RELATED_CALLS.get(called(site.node), ()):
        if scope.aware and not takes(other, site.node.args, scope):
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
    never=(
        ("x = 1\ny = x", "x = 1\ny = len(x)"),
        ("x = []\ny = x", "x = []\ny = sum(x)"),
        ("x = {}\ny = x.items()", "x = {}\ny = list(x).items()"),
        ("x = []\nf(x)", "x = []\nf(set(x))"),
        ("x = []\nx == [1]", "x = []\nlen(x) == [1]"),
        ("x = []\nx == [1]", "x = []\nset(x) == [1]"),
        ("x = 1\ny[x]", "x = 1\ny[str(x)]"),
    ),
)
def wrap_call(site, scope):
    """Pass a value that is read through a builtin function that takes its kind, and counts it where numbers are."""
    if site.way[-1][0] in ("value", "iter", "left", "right") and not (scope.aware and is_fixed(site)):
        for function, kinds in WRAPPERS.items():
            if scope.fits(site.node, *kinds) and (not scope.aware or is_fit(function, site, scope)):
                yield call(function, site.node)


def is_fit(function, site, scope):
    """Whether what a function makes of a value may stand in its place: a count where one is wanted, else its kind.

    A thing of another kind may be assigned, returned, gone through, or given to a function that the text knows.
    """
    if function in COUNTING:
        return is_counted(site, scope)
    parent = scope.parent(site)
    free = isinstance(parent, (cst.Arg, cst.Assign, cst.Return, cst.For, cst.CompFor)) and not is_passed(site, scope)
    same = CALLS.get(function) == scope.kind(site.node) and not isinstance(parent, cst.Attribute)
    return (free or same) and not is_counted(site, scope)


def takes(function, arguments, scope):
    """Whether a function can be called with some arguments: so many, and of a kind that it takes."""
    value = arguments[0].value if arguments else None
    if function == "reversed":
        return len(arguments) == 1 and scope.kind(value) in (LIST, TEXT)
    if function in ("sum", "len", "list"):
        return len(arguments) == 1
    return (
        function != "extend"
        or isinstance(value, cst.Name)
        or (scope.kind(value) == LIST and not isinstance(value, cst.Tuple))
    )


def are_alike(one, other, node, scope):
    """Whether two arguments of a call may be exchanged: given by position and known to be of one kind.

    Where a function calls itself, they may be of a kind that is not known.
    """
    if any(argument.keyword is not None or argument.star for argument in (one, other)):
        return False
    if scope.kind(one.value) is None:
        return scope.kind(other.value) is None and called(node) in scope.functions
    return same_kind(one.value, other.value, scope) and scope.kind(other.value) is not None


def is_optional(k, site, scope):
    """Whether a call is complete without its k-th argument, and gives what can stand in its place."""
    node, argument = site.node, site.node.args[k]
    if argument.star or (called(node) == "get" and not may_be_none(site, scope)):
        return False
    if isinstance(node.func, cst.Name) and node.func.value in scope.functions:
        return argument in spared(node, scope.functions[node.func.value])
    if argument.keyword is not None:
        return called(node) in OPTIONAL and not (argument.keyword.value == "key" and reads_objects(argument.value))
    given = [other for other in node.args if other.keyword is None]
    enough = called(node) not in ("min", "max") and len(given) > OPTIONAL.get(called(node), len(given))
    return enough and (argument is given[-1] or called(node) == "range")


def spared(node, params):
    """The arguments that a function with these parameters can do without: the last by position, and any by name."""
    given = [argument for argument in node.args if argument.keyword is None and not argument.star]
    optional = {param.name.value for param in (*params.params, *params.kwonly_params) if param.default is not None}
    found = [argument for argument in node.args if argument.keyword and argument.keyword.value in optional]
    ranked = [*params.posonly_params, *params.params]
    if given and (len(given) > len(ranked) or ranked[len(given) - 1].default is not None):
        found.append(given[-1])
    return found


def may_be_none(site, scope):
    """Whether None could stand at a site: nothing goes through it, takes it apart or reckons with it."""
    parent = scope.parent(site)
    apart = isinstance(parent, cst.Assign) and any(isinstance(target.target, cst.Tuple) for target in parent.targets)
    inside = isinstance(parent, (cst.Subscript, cst.Attribute, cst.BinaryOperation, cst.AugAssign))
    return not (apart or inside or site.way[-1][0] in ("iter", "func"))


def reads_objects(key):
    """Whether a key for sorting reads attributes of the items, which then have no order of their own."""
    body = getattr(key, "body", None)
    return isinstance(key, cst.Lambda) and any(
        isinstance(node, cst.Attribute) and node.attr.value not in COMMON for node in all_below(body)
    )


def is_counted(site, scope):
    """Whether a value stands where a number is wanted: in a comparison, a sum or a range."""
    argument = scope.parent(site)
    if site.way[-1][0] in ("left", "right"):
        others = [getattr(argument, side, None) for side in ("left", "right") if side != site.way[-1][0]]
        others += [target.comparator for target in getattr(argument, "comparisons", ())]
        return all(scope.kind(other) in (None, NUMBER) for other in others if other is not None)
    around = scope.by_way.get(site.way[:-2]) if isinstance(argument, cst.Arg) else None
    return around is not None and called(around.node) in ("range", "abs", "int")
