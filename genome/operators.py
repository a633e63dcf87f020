"""Edits to Python code: each operator looks at one node and offers what could stand there instead.

The meta agent uses them on its own genome, the task agent may use them on its tasks. An operator is a function
`(site, scope) -> iterator of replacements`; a replacement is a node, or a list of statements for the one statement
at the site. CASES of an operator are (before, after) pairs: the edit must turn the one into the other.
"""

import functools
from dataclasses import fields

import libcst as cst
from libcst.metadata import ByteSpanPositionProvider

OPERATORS = {}
QUIET = ("whitespace", "leading_lines", "lines_after", "lpar", "rpar", "semicolon", "comma", "header", "footer")
SILENT = ("annotation", "returns")
BLOCKS = (cst.IndentedBlock, cst.SimpleStatementSuite)
ELIF = ("orelse", None)
EMPTY = cst.Module([])


class Operator:
    """A named edit of a family, the kinds of node that it applies to, and the field they must stand in, if any."""

    def __init__(self, function, family, kinds, at, cases):
        self.name = function.__name__
        self.family = family
        self.function = function
        self.kinds = kinds
        self.at = at
        self.cases = cases


class Site:
    """A node with the steps that lead to it, as (field, index) pairs, and as the path of an address."""

    __slots__ = ("node", "path", "way")

    def __init__(self, way, path, node):
        self.way = way
        self.path = path
        self.node = node


class Scope:
    """What one definition has to offer to an edit: its sites, names, conditions and statements."""

    def __init__(self, text):
        self.tree = cst.parse_module(text)
        self.source = text.encode()
        self.spans = Spans().of(self.tree)
        self.sites = []
        walk(self.tree, (), "", self.sites)
        self.names = []
        self.conditions = []
        self.statements = []
        for site in self.sites:
            self.note(site.node)

    def note(self, node):
        """Remember what a node offers to edits elsewhere."""
        bound = getattr(node, "name", None) if isinstance(node, cst.Param) else getattr(node, "target", None)
        binds = isinstance(node, (cst.Param, cst.AssignTarget, cst.For)) and isinstance(bound, cst.Name)
        if binds and bound.value not in self.names:
            self.names.append(bound.value)
        if isinstance(node, (cst.If, cst.While)):
            self.conditions.append(node.test)
        if isinstance(node, cst.SimpleStatementLine):
            self.statements.append(node)


class Spans(ByteSpanPositionProvider):
    """Where each node stands in the bytes of its module, by one pass over the tree."""

    def of(self, tree):
        """The spans by node."""
        self._gen_impl(tree)
        return self._computed


class Change:
    """One candidate edit: which operator wants what in the place of which site."""

    __slots__ = ("new", "operator", "site")

    def __init__(self, operator, site, new):
        self.operator = operator
        self.site = site
        self.new = new

    @property
    def title(self):
        """The edit on one line."""
        new = " ; ".join(code(node) for node in self.new) if isinstance(self.new, list) else code(self.new)
        return f"{self.operator}: {code(self.site.node)} -> {new or 'nothing'}".replace("\n", " ")


def operator(family, *kinds, cases, at=None):
    """Register a function as an operator on nodes of these kinds, in the field `at` where that is given."""

    def register(function):
        OPERATORS[function.__name__] = Operator(function, family, kinds, at, cases)
        return function

    return register


def pairs(scope):
    """Every (operator, site) of a scope where the operator applies, without making any edit yet."""
    return [
        (op, site)
        for site in scope.sites
        for op in applicable(type(site.node))
        if op.at in (None, site.way[-1][0]) and site.way[-1] != ELIF
    ]


def changes(op, site, scope):
    """The edits that one operator offers at one site, made one at a time."""
    for new in op.function(site, scope):
        yield Change(op.name, site, new)


def applied(scope, change):
    """The text of the scope's tree with one edit made, or None where the edit does not fit or changes nothing."""
    span = scope.spans.get(change.site.node)
    new = replacement(change.new)
    try:
        if span is None or '"""' in new or "\\" in new:
            text = rebuilt(scope.tree, change.site.way, change.new).code
        else:
            text = spliced(scope.source, span, new)
    except (cst.CSTValidationError, TypeError, AttributeError):
        return None
    return None if text.encode() == scope.source else text


def replacement(new):
    """The text of a replacement, its statements one below the other."""
    if isinstance(new, list):
        return "\n".join(code(statement) for statement in new) or "pass"
    return code(bracketed(new))


def spliced(source, span, new):
    """The source with the bytes of a span replaced; further lines are indented as the first one is."""
    line = source[source.rfind(b"\n", 0, span.start) + 1 : span.start]
    indent = line[: len(line) - len(line.lstrip())]
    text = new.encode().replace(b"\n", b"\n" + indent)
    return (source[: span.start] + text + source[span.start + span.length :]).decode()


def edits(change, address):
    """The edit as plain data for a patch; `address` is that of the definition, the first statement of the tree."""
    at = f"{address}/{change.site.path.removeprefix('body[0].')}"
    old = code(change.site.node)
    if not isinstance(change.new, list):
        return [{"kind": "replace", "at": at, "expect": old, "new": code(bracketed(change.new))}]
    if len(change.new) < 2:
        return [{"kind": "replace", "at": at, "expect": old, "new": replacement(change.new)}]
    first, second = change.new
    if first is change.site.node:
        after = at[: at.rindex("[")] + f"[{change.site.way[-1][1] + 1}]"
        return [{"kind": "insert", "at": after, "expect": "", "new": code(second)}]
    if second is change.site.node:
        return [{"kind": "insert", "at": at, "expect": old, "new": code(first)}]
    after = at[: at.rindex("[")] + f"[{change.site.way[-1][1] + 1}]"
    return [
        {"kind": "replace", "at": at, "expect": old, "new": code(first)},
        {"kind": "insert", "at": after, "expect": "", "new": code(second)},
    ]


def rebuilt(node, way, new):
    """The tree with `new` in the place that `way` leads to."""
    if not way:
        return bracketed(new)
    (name, index), rest = way[0], way[1:]
    if index is None:
        return node.with_changes(**{name: rebuilt(getattr(node, name), rest, new)})
    items = list(getattr(node, name))
    if rest or not isinstance(new, list):
        items[index] = rebuilt(items[index], rest, new)
    else:
        items[index : index + 1] = new
    return node.with_changes(**{name: items})


def bracketed(new):
    """The expression in parentheses if it has operators of its own."""
    loose = (cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.UnaryOperation, cst.IfExp, cst.Lambda)
    if isinstance(new, loose) and not new.lpar:
        return new.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return new


def code(node):
    """The text of a node, without the comments above it."""
    if hasattr(node, "leading_lines"):
        node = node.with_changes(leading_lines=())
    return EMPTY.code_for_node(node).strip("\r\n")


def walk(node, way, path, found):
    """Add the sites below a node to those found, from the top down."""
    for name in parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, BLOCKS):
            walk_items(value.body, (*way, (name, None)), "body", path, found)
        elif isinstance(value, cst.CSTNode):
            arrive(value, (*way, (name, None)), f"{path}.{name}" if path else name, found)
        elif isinstance(value, (list, tuple)):
            walk_items(value, way, name, path, found)


def walk_items(items, way, name, path, found):
    """Add the sites at and below the items of a list."""
    for index, item in enumerate(items):
        here = f"{path}.{name}[{index}]" if path else f"{name}[{index}]"
        arrive(item, (*way, (name, index)), here, found)


def arrive(node, way, path, found):
    """Add a site and the sites below it; a line with one small statement is passed through."""
    found.append(Site(way, path, node))
    if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
        node, way = node.body[0], (*way, ("body", 0))
        found.append(Site(way, path, node))
    walk(node, way, path, found)


@functools.cache
def parts(kind):
    """The fields of a kind of node that hold code."""
    return [f.name for f in fields(kind) if f.init and not f.name.startswith(QUIET) and f.name not in SILENT]


@functools.cache
def applicable(kind):
    """The operators for a kind of node."""
    return [op for op in OPERATORS.values() if issubclass(kind, op.kinds)]


def name(text):
    """A name as a node."""
    return cst.Name(text)


def integer(value):
    """A number as a node, with a minus sign where it needs one."""
    return cst.UnaryOperation(cst.Minus(), cst.Integer(str(-value))) if value < 0 else cst.Integer(str(value))


def call(function, *arguments):
    """A call of a named function."""
    return cst.Call(name(function), [cst.Arg(argument) for argument in arguments])


def binary(left, symbol, right):
    """A binary operation, its operands in parentheses where they need them."""
    return cst.BinaryOperation(bracketed(left), symbol, bracketed(right))


def negated(test):
    """The opposite of a condition."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression
    return cst.UnaryOperation(cst.Not(), bracketed(test))


def block(*statements):
    """Statements as an indented block."""
    return cst.IndentedBlock([s.with_changes(leading_lines=()) for s in statements])


def line(small):
    """A small statement on a line of its own."""
    return cst.SimpleStatementLine([small])


def is_document(site):
    """Whether the site is a string that stands alone, as a docstring does."""
    small = site.node.body[0] if isinstance(site.node, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString)


def comparisons(table):
    """The operator nodes of a table of symbols."""
    return {old: [new() for new in news] for old, news in table.items()}


BOUNDARY = comparisons(
    {
        cst.LessThan: [cst.LessThanEqual],
        cst.LessThanEqual: [cst.LessThan],
        cst.GreaterThan: [cst.GreaterThanEqual],
        cst.GreaterThanEqual: [cst.GreaterThan],
    }
)
OPPOSITE = comparisons(
    {
        cst.LessThan: [cst.GreaterThan, cst.GreaterThanEqual],
        cst.GreaterThan: [cst.LessThan, cst.LessThanEqual],
        cst.LessThanEqual: [cst.GreaterThanEqual, cst.GreaterThan],
        cst.GreaterThanEqual: [cst.LessThanEqual, cst.LessThan],
        cst.Equal: [cst.NotEqual],
        cst.NotEqual: [cst.Equal],
        cst.In: [cst.NotIn],
        cst.NotIn: [cst.In],
        cst.Is: [cst.IsNot],
        cst.IsNot: [cst.Is],
    }
)
EQUALITY = comparisons(
    {
        cst.Equal: [cst.LessThanEqual, cst.GreaterThanEqual],
        cst.LessThan: [cst.NotEqual],
        cst.GreaterThan: [cst.NotEqual],
        cst.NotEqual: [cst.LessThan, cst.GreaterThan],
        cst.LessThanEqual: [cst.Equal],
        cst.GreaterThanEqual: [cst.Equal],
    }
)
ARITHMETIC = comparisons(
    {
        cst.Add: [cst.Subtract],
        cst.Subtract: [cst.Add],
        cst.Multiply: [cst.Add, cst.FloorDivide],
        cst.FloorDivide: [cst.Multiply, cst.Modulo, cst.Divide],
        cst.Divide: [cst.FloorDivide, cst.Multiply],
        cst.Modulo: [cst.FloorDivide, cst.Multiply],
        cst.Power: [cst.Multiply],
    }
)
BITS = comparisons(
    {
        cst.BitAnd: [cst.BitOr, cst.BitXor],
        cst.BitOr: [cst.BitAnd, cst.BitXor],
        cst.BitXor: [cst.BitAnd, cst.BitOr],
        cst.LeftShift: [cst.RightShift],
        cst.RightShift: [cst.LeftShift],
    }
)
AUGMENTED = comparisons(
    {
        cst.AddAssign: [cst.SubtractAssign, cst.MultiplyAssign],
        cst.SubtractAssign: [cst.AddAssign],
        cst.MultiplyAssign: [cst.AddAssign, cst.FloorDivideAssign],
        cst.FloorDivideAssign: [cst.MultiplyAssign],
    }
)
RELATED_CALLS = {
    "min": ["max"],
    "max": ["min", "sum"],
    "any": ["all"],
    "all": ["any"],
    "sum": ["max", "len"],
    "sorted": ["list"],
    "range": ["reversed"],
    "abs": ["int"],
    "append": ["extend"],
    "extend": ["append"],
    "pop": ["popleft"],
    "popleft": ["pop"],
    "upper": ["lower"],
    "lower": ["upper"],
    "lstrip": ["rstrip", "strip"],
    "rstrip": ["lstrip", "strip"],
    "find": ["rfind"],
    "keys": ["values"],
    "values": ["keys", "items"],
    "add": ["discard"],
    "shuffle": ["sort"],
    "random": ["gauss"],
}


@operator("comparison", cst.ComparisonTarget, cases=(("x < y", "x <= y"), ("x >= y", "x > y")))
def shift_boundary(site, scope):
    """Include or exclude the boundary of a comparison."""
    for symbol in BOUNDARY.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator(
    "comparison", cst.ComparisonTarget, cases=(("x < y", "x > y"), ("x == y", "x != y"), ("x in y", "x not in y"))
)
def flip_comparison(site, scope):
    """Turn a comparison into its opposite."""
    for symbol in OPPOSITE.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator("comparison", cst.ComparisonTarget, cases=(("x == y", "x <= y"), ("x < y", "x != y")))
def relax_comparison(site, scope):
    """Exchange equality and order."""
    for symbol in EQUALITY.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator("arithmetic", cst.BinaryOperation, cases=(("x + y", "(x - y)"), ("x // y", "(x % y)")))
def change_arithmetic(site, scope):
    """Use another arithmetic operator."""
    for symbol in ARITHMETIC.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator("arithmetic", cst.BinaryOperation, cases=(("x & y", "(x | y)"), ("x << y", "(x >> y)")))
def change_bits(site, scope):
    """Use another bitwise operator."""
    for symbol in BITS.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator("arithmetic", cst.BinaryOperation, cases=(("x - y", "(y - x)"),))
def swap_operands(site, scope):
    """Exchange the two sides of an operation."""
    yield site.node.with_changes(left=bracketed(site.node.right), right=bracketed(site.node.left))


@operator("arithmetic", cst.BinaryOperation, cases=(("x + y", "x"), ("x + y", "y")))
def drop_operand(site, scope):
    """Keep one side of an operation."""
    yield site.node.left
    yield site.node.right


@operator("arithmetic", cst.AugAssign, cases=(("x += y", "x -= y"),))
def change_augmented(site, scope):
    """Use another operator in an augmented assignment."""
    for symbol in AUGMENTED.get(type(site.node.operator), ()):
        yield site.node.with_changes(operator=symbol)


@operator("statement", cst.SimpleStatementLine, cases=(("x = y", "x += y"), ("x += y", "x = y")))
def change_assignment(site, scope):
    """Exchange assignment and accumulation."""
    match site.node.body:
        case [cst.Assign(targets=[cst.AssignTarget(target=target)], value=value)]:
            yield [line(cst.AugAssign(target, cst.AddAssign(), value))]
        case [cst.AugAssign(target=target, value=value)]:
            yield [line(cst.Assign([cst.AssignTarget(target)], value))]


@operator("condition", cst.BooleanOperation, cases=(("x and y", "(x or y)"), ("x or y", "(x and y)")))
def swap_boolean(site, scope):
    """Exchange `and` and `or`."""
    other = cst.Or() if isinstance(site.node.operator, cst.And) else cst.And()
    yield site.node.with_changes(operator=other)


@operator("condition", cst.BooleanOperation, cases=(("x and y", "x"), ("x and y", "y")))
def shrink_condition(site, scope):
    """Keep one side of a condition."""
    yield site.node.left
    yield site.node.right


@operator("condition", cst.BaseExpression, at="test", cases=(("if x:\n    y", "if (not x):\n    y"),))
def negate_condition(site, scope):
    """Take the opposite of a condition."""
    yield negated(site.node)


@operator(
    "condition",
    cst.BaseExpression,
    at="test",
    cases=(("if x:\n    y\nif z:\n    y", "if (x and z):\n    y\nif z:\n    y"),),
)
def extend_condition(site, scope):
    """Ask for another condition of the definition as well, or instead."""
    for other in scope.conditions:
        if other is not site.node:
            for symbol in (cst.And(), cst.Or()):
                yield cst.BooleanOperation(bracketed(site.node), symbol, bracketed(other))


@operator("condition", cst.IfExp, cases=(("x if y else z", "(z if y else x)"),))
def swap_branches(site, scope):
    """Exchange the two results of a conditional expression."""
    yield site.node.with_changes(body=site.node.orelse, orelse=site.node.body)


@operator("condition", cst.If, cases=(("if x:\n    y\nelse:\n    z", "if x:\n    z\nelse:\n    y"),))
def swap_blocks(site, scope):
    """Exchange the two blocks of an if statement."""
    if isinstance(site.node.orelse, cst.Else):
        other = site.node.orelse.with_changes(body=site.node.body)
        yield site.node.with_changes(body=site.node.orelse.body, orelse=other)


@operator("number", cst.Integer, cases=(("3", "4"), ("3", "2"), ("0", "(-1)")))
def step_integer(site, scope):
    """Add or subtract one."""
    value = int(site.node.value, 0)
    yield integer(value + 1)
    yield integer(value - 1)


@operator("number", cst.Integer, cases=(("7", "0"), ("7", "1")))
def plain_integer(site, scope):
    """Use zero or one."""
    for value in ("0", "1", "2"):
        yield cst.Integer(value)


@operator("number", cst.Float, cst.Integer, cases=(("1.0", "4.0"), ("8.0", "2.0"), ("12", "24")))
def scale_number(site, scope):
    """Multiply or divide a number."""
    if isinstance(site.node, cst.Integer):
        value = int(site.node.value, 0)
        yield integer(value * 2)
        yield integer(value // 2)
        return
    for factor in (0.25, 4.0, 0.0625, 16.0):
        yield cst.Float(repr(round(float(site.node.value) * factor, 6)))


@operator("name", cst.Name, cases=(("True", "False"), ("None", "True")))
def change_constant(site, scope):
    """Exchange True, False and None."""
    if site.node.value in ("True", "False", "None"):
        for value in ("True", "False", "None"):
            yield name(value)


@operator("name", cst.Name, cases=(("x = 1\ny = x", "x = 1\ny = y"),))
def change_name(site, scope):
    """Use another name of the definition."""
    if site.node.value in scope.names:
        for other in scope.names:
            yield name(other)


@operator("arithmetic", cst.Name, cst.Subscript, cases=(("y = x", "y = (x + 1)"), ("y = x", "y = (x - 1)")))
def offset_value(site, scope):
    """Add or subtract one from a value that is read."""
    if site.way[-1][0] in ("target", "func", "name", "attr", "annotation"):
        return
    yield binary(site.node, cst.Add(), cst.Integer("1"))
    yield binary(site.node, cst.Subtract(), cst.Integer("1"))


@operator("call", cst.Call, cases=(("f(x, y)", "f(y, x)"),))
def swap_arguments(site, scope):
    """Exchange two neighbouring arguments."""
    values = [argument.value for argument in site.node.args]
    for k in range(len(values) - 1):
        swapped = [*values[:k], values[k + 1], values[k], *values[k + 2 :]]
        yield with_arguments(site.node, swapped)


@operator("call", cst.Call, cases=(("f(x, y)", "f(y)"), ("f(x, y)", "f(x)")))
def drop_argument(site, scope):
    """Leave out an argument."""
    for k in range(len(site.node.args)):
        yield site.node.with_changes(args=last_without_comma([*site.node.args[:k], *site.node.args[k + 1 :]]))


@operator("call", cst.Call, cases=(("min(x)", "max(x)"), ("x.append(y)", "x.extend(y)")))
def change_call(site, scope):
    """Call a related function."""
    function = site.node.func
    word = getattr(function, "attr", function)
    for other in RELATED_CALLS.get(getattr(word, "value", None), ()):
        renamed = function.with_changes(attr=name(other)) if isinstance(function, cst.Attribute) else name(other)
        yield site.node.with_changes(func=renamed)


@operator("call", cst.Call, cases=(("f(x)", "x"),))
def unwrap_call(site, scope):
    """Use the argument of a call instead of the call."""
    if site.node.args:
        yield site.node.args[0].value


@operator("call", cst.Name, cst.Call, cases=(("y = x", "y = sorted(x)"), ("y = x", "y = len(x)")))
def wrap_call(site, scope):
    """Pass a value that is read through a builtin function."""
    if site.way[-1][0] in ("value", "iter", "left", "right"):
        for function in ("len", "sorted", "list", "abs", "int", "str", "sum", "set"):
            yield call(function, site.node)


@operator("sequence", cst.Index, cases=(("x[y]", "x[y - 1]"), ("x[y]", "x[y + 1]"), ("x[0]", "x[-1]")))
def shift_index(site, scope):
    """Look one place before or after, or at the other end."""
    value = site.node.value
    if isinstance(value, cst.Integer):
        yield cst.Index(integer(-1 - int(value.value, 0)))
        return
    yield cst.Index(binary(value, cst.Subtract(), cst.Integer("1")))
    yield cst.Index(binary(value, cst.Add(), cst.Integer("1")))


@operator("sequence", cst.Slice, cases=(("x[y:z]", "x[y+ 1:z]"), ("x[y:z]", "x[:z]"), ("x[y:z]", "x[y:]")))
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


@operator("sequence", cst.Name, cst.Attribute, cst.Call, cases=(("y = x", "y = x[::-1]"), ("y = x", "y = x[1:]")))
def add_slice(site, scope):
    """Take a part of a value, or turn it round."""
    if site.way[-1][0] in ("value", "iter"):
        one, last = cst.Integer("1"), integer(-1)
        colon = cst.Colon()
        yield sliced(site.node, cst.Slice(None, None, last, second_colon=colon))
        yield sliced(site.node, cst.Slice(one, None))
        yield sliced(site.node, cst.Slice(None, last))
        yield sliced(site.node, cst.Slice(None, one))


@operator("sequence", cst.List, cst.Tuple, cst.Dict, cases=(("[x, y]", "[y]"), ("[x, y]", "[y, x]")))
def toggle_entry(site, scope):
    """Leave out an entry of a literal, or put it first."""
    entries = list(site.node.elements)
    for k in range(len(entries)):
        rest = [*entries[:k], *entries[k + 1 :]]
        if len(rest) > 1 or not isinstance(site.node, cst.Tuple):
            yield site.node.with_changes(elements=last_without_comma(rest))
    for k in range(1, len(entries)):
        front = [entries[k], *entries[:k], *entries[k + 1 :]]
        yield site.node.with_changes(elements=last_without_comma([with_comma(entry) for entry in front]))


@operator("name", cst.Return, cases=(("def f(x, y):\n    return x", "def f(x, y):\n    return y"),))
def change_return(site, scope):
    """Return another name of the definition."""
    for other in scope.names:
        yield cst.Return(name(other))


@operator("name", cst.Return, cases=(("def f(x):\n    return x", "def f(x):\n    return not x"),))
def negate_return(site, scope):
    """Return the opposite of a truth value."""
    if site.node.value is not None:
        yield cst.Return(negated(site.node.value))


@operator("statement", cst.Break, cst.Continue, cases=(("break", "continue"), ("continue", "break")))
def swap_jump(site, scope):
    """Exchange `break` and `continue`."""
    yield cst.Continue() if isinstance(site.node, cst.Break) else cst.Break()


@operator("statement", cst.SimpleStatementLine, cst.If, cases=(("x\ny", "pass\ny"),))
def delete_statement(site, scope):
    """Remove a statement."""
    if not is_document(site):
        yield []


@operator("statement", cst.SimpleStatementLine, cases=(("x\ny", "y\nx\ny"),))
def insert_statement(site, scope):
    """Put a copy of another statement of the definition before this one."""
    if not is_document(site):
        for other in scope.statements:
            if other is not site.node and not is_document(Site((), "", other)):
                yield [other.with_changes(leading_lines=()), site.node]


@operator("statement", cst.If, cases=(("if x:\n    y", "y"),))
def unwrap_block(site, scope):
    """Do what a condition guards in any case, where it is a single statement."""
    body = site.node.body.body
    if len(body) == 1 and isinstance(body[0], cst.SimpleStatementLine):
        yield [body[0]]


@operator("statement", cst.SimpleStatementLine, cases=(("if z:\n    x\ny", "if z:\n    if z:\n        x\ny"),))
def wrap_block(site, scope):
    """Do a statement only under a condition of the definition."""
    if not is_document(site):
        for test in scope.conditions:
            yield [cst.If(spaced(test), block(site.node))]


@operator("statement", cst.For, cst.While, cst.If, cases=(("for x in y:\n    x\n    z", "for x in y:\n    x\nz"),))
def dedent_last(site, scope):
    """Move the last statement of a block behind the block."""
    if isinstance(site.node.body, cst.IndentedBlock) and getattr(site.node, "orelse", None) is None:
        *rest, last = site.node.body.body
        if rest and isinstance(last, cst.SimpleStatementLine):
            yield [site.node.with_changes(body=site.node.body.with_changes(body=rest)), last]


@operator("statement", cst.SimpleStatementLine, cases=(("if z:\n    y\nx", "if z:\n    y\nif z:\n    return None\nx"),))
def insert_guard(site, scope):
    """Return, or go on with the next round, where a condition of the definition holds."""
    if not is_document(site):
        for test in scope.conditions:
            for leave in (cst.Return(name("None")), cst.Continue()):
                yield [cst.If(spaced(test), block(line(leave))), site.node]


def with_arguments(node, values):
    """The call with the values of its arguments replaced."""
    return node.with_changes(args=[a.with_changes(value=v) for a, v in zip(node.args, values, strict=True)])


def last_without_comma(items):
    """The items of a literal or call, the last one without a comma of its own."""
    return [*items[:-1], items[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)] if items else []


def with_comma(item):
    """The item followed by a comma and a space."""
    if isinstance(item.comma, cst.Comma):
        return item
    return item.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))


def sliced(value, part):
    """A value with a slice behind it."""
    return cst.Subscript(bracketed(value), [cst.SubscriptElement(part)])


def tight(left, symbol, right):
    """A binary operation as the bound of a slice."""
    return cst.BinaryOperation(bracketed(left), symbol.with_changes(whitespace_before=cst.SimpleWhitespace("")), right)


def spaced(test):
    """A condition that may stand after a keyword: in parentheses if it has operators of its own."""
    return bracketed(test) if isinstance(test, cst.UnaryOperation) else test
