"""Operators on expressions."""

import builtins

import libcst as cst

from genome.bindings import LIST, NUMBER, OBJECT, ORDERS, TEXT
from genome.edits import (
    binary,
    bracketed,
    call,
    integer,
    last_without_comma,
    name,
    negated,
    sliced,
    tight,
    with_arguments,
    with_comma,
)
from genome.registry import operator
from genome.symbols import (
    ARITHMETIC,
    AUGMENTED,
    BITS,
    BOUNDARY,
    COUNTING,
    EQUALITY,
    OPPOSITE,
    OPTIONAL,
    PLACES,
    RELATED_CALLS,
    UNWRAPPED,
    WRAPPERS,
)

KNOWN = frozenset(dir(builtins))
FIXED = ("target", "func", "name", "attr", "keyword", "asname", "annotation")
"""The fields in which a name is not read as a variable."""


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
    "arithmetic", cst.AugAssign, cases=(("x += y", "x -= y"),), never=(("x += 'a'", "x -= 'a'"), ("x += y", "x = y"))
)
def change_augmented(site, scope):
    """Use another operator in an augmented assignment."""
    if scope.kind(site.node.value) in (None, NUMBER):
        for symbol in AUGMENTED.get(type(site.node.operator), ()):
            yield site.node.with_changes(operator=symbol())


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
    never=(("x", "True"), ("True", "None")),
)
def change_constant(site, scope):
    """Exchange True and False, and None for either."""
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


@operator(
    "sequence",
    cst.Index,
    cases=(("x[y - 1]", "x[((y - 1) + 1)]"), ("y = 1\nx[y]", "y = 1\nx[(y + 1)]"), ("x[0]", "x[-1]")),
    never=(("x['a']", "x['a' + 1]"), ("x[y]", "x[(y + 1)]"), ("y = ''\nx[y]", "y = ''\nx[(y + 1)]")),
)
def shift_index(site, scope):
    """Look one place before or after, or at the other end."""
    value = site.node.value
    if isinstance(value, cst.Integer):
        yield cst.Index(integer(-1 - int(value.value, 0)))
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


def is_fixed(site):
    """Whether a name is not read at a site but written, or is no variable."""
    steps = [field for field, _ in site.way]
    below = steps[len(steps) - steps[::-1].index("target") :] if "target" in steps else ["read"]
    return steps[-1] in FIXED or {"elements", "value"}.issuperset(below)


def same_kind(one, other, scope):
    """Whether two expressions may be of one kind, which they may where one of them is unknown."""
    kinds = {scope.kind(one), scope.kind(other)} - {None}
    return len(kinds) < 2 and OBJECT not in kinds


def called(node):
    """The bare name of the function or method of a call."""
    return getattr(getattr(node.func, "attr", node.func), "value", None)


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


def is_passed(site, scope):
    """Whether a value is an argument of a function that is no builtin, of which nothing is known."""
    above = scope.by_way.get(site.way[:-2])
    call = above.node if above is not None and isinstance(scope.parent(site), cst.Arg) else None
    return isinstance(call, cst.Call) and called(call) not in (*KNOWN, *scope.functions)


def is_counted(site, scope):
    """Whether a value stands where a number is wanted: in a comparison, a sum or a range."""
    argument = scope.parent(site)
    around = scope.by_way.get(site.way[:-2]) if isinstance(argument, cst.Arg) else None
    return site.way[-1][0] in ("left", "right") or (
        around is not None and called(around.node) in ("range", "abs", "int")
    )


def is_number(site, scope):
    """Whether a value is a number, or stands where numbers do."""
    if not scope.aware or scope.kind(site.node) is not None:
        return scope.fits(site.node, NUMBER)
    ordered = isinstance(getattr(scope.parent(site), "operator", None), ORDERS)
    return site.way[-1][0] in PLACES or (ordered and site.way[-1][0] == "comparator")


def is_sequence(site, scope):
    """Whether a value has an order and can be cut."""
    if not scope.aware:
        return True
    if isinstance(site.node, cst.Call):
        return called(site.node) in ("sorted", "list", "split", "join", "strip", "lower", "upper", "str", "tuple")
    return scope.kind(site.node) in (LIST, TEXT)
