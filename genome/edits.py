"""One candidate edit: as text, as a tree and as plain data for a patch; and nodes made for it."""

import libcst as cst

EMPTY = cst.Module([])
LOOSE = (cst.BinaryOperation, cst.BooleanOperation, cst.Comparison, cst.UnaryOperation, cst.IfExp, cst.Lambda)


class Change:
    """Which operator wants what in the place of which site: a node, or statements for the one at the site."""

    __slots__ = ("new", "operator", "site")

    def __init__(self, operator, site, new):
        self.operator = operator
        self.site = site
        self.new = new

    @property
    def title(self):
        """The place and what is there before and after, on one line: equal for equal edits of different operators."""
        new = " ; ".join(code(node) for node in self.new) if isinstance(self.new, list) else code(self.new)
        place = self.site.path.removeprefix("body[0].")
        return f"{place}: {code(self.site.node)} -> {new or 'nothing'}".replace("\n", " ")


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
    return None if text == scope.source else text


def replacement(new):
    """The text of a replacement, its statements one below the other."""
    if isinstance(new, list):
        return "\n".join(code(statement) for statement in new) or "pass"
    return code(bracketed(new))


def spliced(source, span, new):
    """The source with a span replaced; further lines are indented as the first one is."""
    start, end = span
    line = source[source.rfind("\n", 0, start) + 1 : start]
    indent = line[: len(line) - len(line.lstrip())]
    return source[:start] + new.replace("\n", "\n" + indent) + source[end:]


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
    if isinstance(new, LOOSE) and not new.lpar:
        return new.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    return new


def code(node):
    """The text of a node, without the comments above it."""
    if hasattr(node, "leading_lines"):
        node = node.with_changes(leading_lines=())
    return EMPTY.code_for_node(node).strip("\r\n")


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


def tight(left, symbol, right):
    """A binary operation as the bound of a slice."""
    return cst.BinaryOperation(bracketed(left), symbol.with_changes(whitespace_before=cst.SimpleWhitespace("")), right)


def negated(test):
    """The opposite of a condition."""
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return test.expression
    return cst.UnaryOperation(cst.Not(), bracketed(test))


def sliced(value, part):
    """A value with a slice behind it."""
    return cst.Subscript(bracketed(value), [cst.SubscriptElement(part)])


def block(*statements):
    """Statements as an indented block."""
    return cst.IndentedBlock([s.with_changes(leading_lines=()) for s in statements])


def line(small):
    """A small statement on a line of its own."""
    return cst.SimpleStatementLine([small])


def spaced(test):
    """A condition that may stand after a keyword: in parentheses if it has operators of its own."""
    return bracketed(test) if isinstance(test, cst.UnaryOperation) else test


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
