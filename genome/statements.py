"""Operators on statements."""

import libcst as cst

from genome.bindings import BOOLEAN
from genome.edits import block, line, name, negated, spaced
from genome.facts import same_kind
from genome.registry import operator


@operator(
    "statement",
    cst.SimpleStatementLine,
    cases=(("x = 1\nx = 2", "x = 1\nx += 2"), ("x += y", "x = y")),
    never=(("x = 1", "x += 1"), ("x = []\nx = list(x)", "x = []\nx += list(x)")),
)
def change_assignment(site, scope):
    """Exchange assignment and accumulation."""
    match site.node.body:
        case [cst.Assign(targets=[cst.AssignTarget(target=target)], value=value)]:
            known = isinstance(target, cst.Name) and target.value in scope.names(site)
            if not scope.aware or (
                known and target.value not in scope.reads(value) and same_kind(target, value, scope)
            ):
                yield [line(cst.AugAssign(target, cst.AddAssign(), value))]
        case [cst.AugAssign(target=target, value=value)]:
            yield [line(cst.Assign([cst.AssignTarget(target)], value))]


@operator(
    "condition",
    cst.If,
    cases=(("if x:\n    y\nelse:\n    z", "if x:\n    z\nelse:\n    y"),),
    never=(("if x:\n    y", "if x:\n    x"),),
)
def swap_blocks(site, scope):
    """Exchange the two blocks of an if statement."""
    if isinstance(site.node.orelse, cst.Else):
        other = site.node.orelse.with_changes(body=site.node.body)
        yield site.node.with_changes(body=site.node.orelse.body, orelse=other)


@operator(
    "name",
    cst.Return,
    cases=(("def f(x, y):\n    return x", "def f(x, y):\n    return y"),),
    never=(
        ("def f(x, y=''):\n    x = 1\n    return x", "def f(x, y=''):\n    x = 1\n    return y"),
        ("def f(x):\n    return x\n    y = 1", "def f(x):\n    return y\n    y = 1"),
    ),
)
def change_return(site, scope):
    """Return another name that is bound here, of the same kind where both are known."""
    value = site.node.value
    for other in scope.names(site):
        if value is None or (other != getattr(value, "value", None) and same_kind(name(other), value, scope)):
            yield cst.Return(name(other))


@operator(
    "name",
    cst.Return,
    cases=(("def f(x):\n    return x == 1", "def f(x):\n    return not (x == 1)"),),
    never=(
        ("def f(x):\n    return x + 1", "def f(x):\n    return not (x + 1)"),
        ("def f(x):\n    return", "def f(x):\n    return not x"),
    ),
)
def negate_return(site, scope):
    """Return the opposite of a truth value."""
    if site.node.value is not None and scope.fits(site.node.value, BOOLEAN):
        yield cst.Return(negated(site.node.value))


@operator(
    "statement",
    cst.Break,
    cst.Continue,
    cases=(("break", "continue"), ("continue", "break")),
    never=(("break", "pass"),),
)
def swap_jump(site, scope):
    """Exchange `break` and `continue`."""
    yield cst.Continue() if isinstance(site.node, cst.Break) else cst.Break()


@operator(
    "statement",
    cst.SimpleStatementLine,
    cst.If,
    cases=(("f(x)\ny", "pass\ny"),),
    never=(
        ("'words'\ny", "pass\ny"),
        ("x = 1\nf(x)", "pass\nf(x)"),
        ("def f(x):\n    return x", "def f(x):\n    pass"),
        ("def f(x):\n    if x:\n        yield x\n    y", "def f(x):\n    pass\n    y"),
    ),
)
def delete_statement(site, scope):
    """Remove a statement that nothing else needs."""
    nothing = isinstance(site.node, cst.SimpleStatementLine) and isinstance(site.node.body[-1], cst.Pass)
    if not nothing and not is_document(site) and not is_needed(site, scope):
        yield []


@operator(
    "statement",
    cst.SimpleStatementLine,
    cases=(("f(x)\ny", "y\nf(x)\ny"),),
    never=(("f(x)\ny = 1\ng(y)", "g(y)\nf(x)\ny = 1\ng(y)"), ("'words'\ny", "y\n'words'\ny")),
)
def insert_statement(site, scope):
    """Put a copy of another statement before this one, its names bound here."""
    if is_document(site):
        return
    for donor in scope.statements:
        if donor.node is site.node or is_document(donor) or (scope.aware and leaves(donor.node)):
            continue
        copy = scope.at_home(donor.node, site)
        if copy is not None:
            yield [copy, site.node]


@operator(
    "statement",
    cst.If,
    cases=(("if x:\n    f(y)", "f(y)"),),
    never=(("if x:\n    y\n    z", "y\nz"), ("if x:\n    return y\nf(x)", "return y\nf(x)")),
)
def unwrap_block(site, scope):
    """Do what a condition guards in any case, where it is a single statement and lets go on."""
    body = site.node.body.body
    if len(body) == 1 and isinstance(body[0], cst.SimpleStatementLine) and not (scope.aware and leaves(body[0])):
        yield [body[0]]


@operator(
    "statement",
    cst.SimpleStatementLine,
    cases=(("if z:\n    x\nf(y)", "if z:\n    x\nif z:\n    f(y)"),),
    never=(
        ("if z:\n    x\ny = 1\nf(y)", "if z:\n    x\nif z:\n    y = 1\nf(y)"),
        ("f(y)\nz = 1\nif z:\n    x", "if z:\n    f(y)\nz = 1\nif z:\n    x"),
        (
            "match x:\n    case [z]:\n        if z:\n            w\n    case y:\n        f(y)",
            "match x:\n    case [z]:\n        if z:\n            w\n    case y:\n        if z:\n            f(y)",
        ),
    ),
)
def wrap_block(site, scope):
    """Do a statement that nothing else needs only under a condition of the definition."""
    if is_document(site) or is_needed(site, scope):
        return
    for donor in scope.conditions:
        test = scope.at_home(donor.node, site)
        if test is not None:
            yield [cst.If(spaced(test), block(site.node))]


@operator(
    "statement",
    cst.For,
    cst.While,
    cst.If,
    cases=(("for x in y:\n    x\n    z", "for x in y:\n    x\nz"),),
    never=(
        ("for x in y:\n    x", "x"),
        ("for x in y:\n    z\n    continue", "for x in y:\n    z\ncontinue"),
        ("for x in y:\n    z = 1\n    f(z)", "for x in y:\n    z = 1\nf(z)"),
    ),
)
def dedent_last(site, scope):
    """Move the last statement of a block behind the block."""
    if not isinstance(site.node.body, cst.IndentedBlock) or getattr(site.node, "orelse", None) is not None:
        return
    *rest, last = site.node.body.body
    if not rest or not isinstance(last, cst.SimpleStatementLine):
        return
    if scope.aware and (isinstance(last.body[-1], (cst.Break, cst.Continue)) or scope.at_home(last, site) is not last):
        return
    yield [site.node.with_changes(body=site.node.body.with_changes(body=rest)), last]


@operator(
    "statement",
    cst.SimpleStatementLine,
    cases=(
        (
            "def f(z):\n    if z:\n        y()\n    x()",
            "def f(z):\n    if z:\n        y()\n    if z:\n        return None\n    x()",
        ),
        (
            "def f(z):\n    if z:\n        return 1\n    x()\n    return 2",
            "def f(z):\n    if z:\n        return 1\n    if z:\n        return 2\n    x()\n    return 2",
        ),
    ),
    never=(
        ("if z:\n    y\nx", "if z:\n    y\nif z:\n    continue\nx"),
        (
            "def f(z):\n    if z:\n        return 1\n    x()\n    return 2",
            "def f(z):\n    if z:\n        return 1\n    if z:\n        return None\n    x()\n    return 2",
        ),
    ),
)
def insert_guard(site, scope):
    """Return what the definition returns elsewhere, or go on with the next round, where a condition of it holds."""
    if is_document(site):
        return
    for donor in scope.conditions:
        test = scope.at_home(donor.node, site)
        for leave in exits(site, scope) if test is not None else ():
            yield [cst.If(spaced(test), block(line(leave))), site.node]


def exits(site, scope):
    """The ways to leave at a site: with a result of the definition if it has any, and from a loop that is around."""
    results = [scope.at_home(result.node, site) for result in scope.results] if scope.aware else []
    inside = scope.aware and ("body", None) not in site.way
    yield from [] if inside else [result for result in results if result is not None]
    if not inside and not (scope.aware and scope.results):
        yield cst.Return(name("None"))
    if not scope.aware or in_loop(site, scope):
        yield cst.Continue()


def in_loop(site, scope):
    """Whether a site lies in a loop of its own function."""
    around = [other for other in scope.sites if other.way == site.way[: len(other.way)] and other is not site]
    for other in reversed(around):
        if isinstance(other.node, (cst.For, cst.While)):
            return site.way[len(other.way)] == ("body", None)
        if isinstance(other.node, cst.FunctionDef):
            return False
    return False


def leaves(statement):
    """Whether what comes after a simple statement in its block is not reached."""
    return isinstance(statement.body[-1], (cst.Return, cst.Raise, cst.Break, cst.Continue))


def sets_attribute(statement):
    """Whether a simple statement gives an object an attribute."""
    match statement.body[-1]:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute())]):
            return True
    return False


def is_needed(site, scope):
    """Whether without the statement a name would be unbound or a function without its result."""
    if not scope.aware:
        return False
    if isinstance(site.node, cst.SimpleStatementLine) and (leaves(site.node) or sets_attribute(site.node)):
        return True
    if gives_alone(site, scope):
        return True
    bound = {found.name for found in scope.bindings if found.way[: len(site.way)] == site.way}
    others = [found for found in scope.bindings if found.way[: len(site.way)] != site.way]
    return any(
        read.node.value in bound and not any(found.name == read.node.value and found.reaches(read) for found in others)
        for read in scope.sites
        if isinstance(read.node, cst.Name) and read.way[: len(site.way)] != site.way and read.way[-1][0] != "target"
    )


def gives_alone(site, scope):
    """Whether a statement holds every `yield` of the definition, which without it would be no generator."""
    gives = [other.way[: len(site.way)] == site.way for other in scope.sites if isinstance(other.node, cst.Yield)]
    return bool(gives) and all(gives)


def is_document(site):
    """Whether the site is a string that stands alone, as a docstring does."""
    small = site.node.body[0] if isinstance(site.node, cst.SimpleStatementLine) else None
    return isinstance(small, cst.Expr) and isinstance(small.value, cst.BaseString)
