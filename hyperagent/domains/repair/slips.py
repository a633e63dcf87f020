"""The slips of a programmer: every kind is a function from a correct program to the edits that slip that way."""

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

from hyperagent.domains.repair.program import Edit, Program

COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">")),
    ast.LtE: ("<=", ("<", ">=")),
    ast.Gt: (">", (">=", "<")),
    ast.GtE: (">=", (">", "<=")),
    ast.Eq: ("==", ("!=", "<=", ">=")),
    ast.NotEq: ("!=", ("==",)),
    ast.In: ("in", ("not in",)),
}

ARITHMETIC: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+", ("-",)),
    ast.Sub: ("-", ("+",)),
    ast.Mult: ("*", ("+",)),
    ast.FloorDiv: ("//", ("%", "-")),
    ast.Mod: ("%", ("//",)),
}

AUGMENTED: dict[type[ast.operator], tuple[str, tuple[str, ...]]] = {
    ast.Add: ("+=", ("-=", "=")),
    ast.Sub: ("-=", ("+=", "=")),
    ast.Mult: ("*=", ("+=",)),
    ast.FloorDiv: ("//=", ("%=", "-=")),
    ast.Mod: ("%=", ("//=",)),
}

TWINS = {"min": "max", "max": "min", "any": "all", "all": "any"}
WRAPPERS = ("sorted", "abs", "list", "max", "min")


def comparison(program: Program) -> Iterator[Edit]:
    """A boundary that is in instead of out, or the wrong way round."""
    for node in program.nodes:
        if isinstance(node, ast.Compare):
            operands = [node.left, *node.comparators]
            for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
                old, others = COMPARISONS.get(type(operator), ("", ()))
                for new in others:
                    yield program.replace_between("comparison", left, right, old, new)


def arithmetic(program: Program) -> Iterator[Edit]:
    """Another operator, or an operand that is missing."""
    for node in program.nodes:
        if isinstance(node, ast.BinOp):
            old, others = ARITHMETIC.get(type(node.op), ("", ()))
            for new in others:
                yield program.replace_between("arithmetic", node.left, node.right, old, new)
            yield program.replace("arithmetic", node, program.text(node.left))


def boolean(program: Program) -> Iterator[Edit]:
    """`and` for `or` and the reverse."""
    for node in program.nodes:
        if isinstance(node, ast.BoolOp):
            old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
            for left, right in pairwise(node.values):
                yield program.replace_between("boolean", left, right, old, new)


def negation(program: Program) -> Iterator[Edit]:
    """A condition that says the opposite."""
    for node in program.nodes:
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            yield program.replace("negation", node, program.text(node.operand))
        elif isinstance(node, ast.If | ast.While | ast.IfExp):
            yield program.replace("negation", node.test, f"not ({program.text(node.test)})")


def condition(program: Program) -> Iterator[Edit]:
    """A condition of which a part was forgotten."""
    for node in program.nodes:
        if isinstance(node, ast.BoolOp):
            yield program.replace("condition", node, program.text(node.values[0]))
            yield program.replace("condition", node, program.text(node.values[-1]))


def constant(program: Program) -> Iterator[Edit]:
    """A number that is off by one, a truth value that is the other one."""
    for node in program.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            yield program.replace("constant", node, str(not node.value))
        elif isinstance(node, ast.Constant) and isinstance(node.value, int):
            yield program.replace("constant", node, str(node.value + 1))
            yield program.replace("constant", node, str(node.value - 1))


def name(program: Program) -> Iterator[Edit]:
    """Another variable of the same function."""
    called = {id(node.func) for node in program.nodes if isinstance(node, ast.Call)}
    for node in program.nodes:
        if isinstance(node, ast.Name) and node.id in program.names and id(node) not in called:
            for other in program.names:
                if other != node.id and isinstance(node.ctx, ast.Load):
                    yield program.replace("name", node, other)


def arguments(program: Program) -> Iterator[Edit]:
    """Two arguments, or the two indexes of a grid, that changed places."""
    for node in program.nodes:
        if isinstance(node, ast.Call):
            for first, second in pairwise(node.args):
                yield program.swap("arguments", [first], [second])
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Subscript):
            yield program.swap("arguments", [node.value.slice], [node.slice])


def missing(program: Program) -> Iterator[Edit]:
    """A statement, or a whole guard, that was forgotten."""
    for block in program.blocks:
        for statement in block:
            if not isinstance(statement, ast.For | ast.While | ast.FunctionDef | ast.Pass) and not _is_elif(
                program, statement
            ):
                yield _without(program, block, statement)


def index(program: Program) -> Iterator[Edit]:
    """An index or the end of a slice that is off by one."""
    for node in program.nodes:
        if isinstance(node, ast.Subscript):
            for place in _places(node.slice):
                yield program.replace("index", place, f"{program.text(place)} + 1")
                yield program.replace("index", place, f"{program.text(place)} - 1")


def bounds(program: Program) -> Iterator[Edit]:
    """A range that begins or ends one too early or too late."""
    for node in program.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range":
            for argument in node.args[:2]:
                yield program.replace("bounds", argument, f"{program.text(argument)} + 1")
                yield program.replace("bounds", argument, f"{program.text(argument)} - 1")


def returned(program: Program) -> Iterator[Edit]:
    """Another variable, or nothing, where a value is returned."""
    for node in program.nodes:
        if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Name):
            for other in program.names:
                yield program.replace("returned", node.value, other)
            if isinstance(node.value, ast.Compare | ast.BoolOp):
                yield program.replace("returned", node.value, f"not ({program.text(node.value)})")


def augmented(program: Program) -> Iterator[Edit]:
    """`+=` for `-=` and the like, or the plain assignment."""
    for node in program.nodes:
        if isinstance(node, ast.AugAssign):
            old, others = AUGMENTED.get(type(node.op), ("", ()))
            for new in others:
                yield program.replace_between("augmented", node.target, node.value, old, new)


def branches(program: Program) -> Iterator[Edit]:
    """What was meant for one case done in the other."""
    for node in program.nodes:
        if isinstance(node, ast.IfExp):
            swapped = f"{program.text(node.orelse)} if {program.text(node.test)} else {program.text(node.body)}"
            yield program.replace("branches", node, swapped)
        elif isinstance(node, ast.If) and node.orelse and not _is_elif(program, node.orelse[0]):
            yield program.swap("branches", node.body, node.orelse)


def call(program: Program) -> Iterator[Edit]:
    """The twin of a function, a call that was left out, the wrong end of a list."""
    for node in program.nodes:
        match node:
            case ast.Call(func=ast.Name(id=called), args=[first, *_]):
                if called in TWINS:
                    yield program.replace("call", node.func, TWINS[called])
                if called in WRAPPERS:
                    yield program.replace("call", node, program.text(first))
            case ast.Call(func=ast.Attribute(attr="pop"), args=[]):
                yield program.replace("call", node, f"{program.text(node.func)}(0)")
            case ast.Call(func=ast.Attribute(attr="pop"), args=[ast.Constant()]):
                yield program.replace("call", node, f"{program.text(node.func)}()")


def initial(program: Program) -> Iterator[Edit]:
    """A variable that begins with another value."""
    for node in program.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Name | ast.Subscript):
            for new in ("0", "1", "-1"):
                if program.text(node.value) != new:
                    yield program.replace("initial", node.value, new)


def order(program: Program) -> Iterator[Edit]:
    """Two neighbouring statements in the wrong order."""
    for block in program.blocks:
        for first, second in pairwise(block):
            if _is_plain(first) and _is_plain(second):
                yield program.swap("order", [first], [second])


def nesting(program: Program) -> Iterator[Edit]:
    """A statement one level too far in or out."""
    for block in program.blocks:
        for outer, after in pairwise(block):
            if isinstance(outer, ast.For | ast.While | ast.If) and isinstance(after, ast.Return | ast.AugAssign):
                yield program.replace_lines("nesting", after, f"    {program.lines_of(after)}")
        for outer in block:
            inside = getattr(outer, "body", [])
            if (
                len(inside) > 1
                and not getattr(outer, "orelse", [])
                and isinstance(inside[-1], ast.Assign | ast.AugAssign)
            ):
                yield program.replace_lines("nesting", inside[-1], program.lines_of(inside[-1])[4:])


KINDS: tuple[Callable[[Program], Iterator[Edit]], ...] = (
    comparison,
    arithmetic,
    boolean,
    negation,
    condition,
    constant,
    name,
    arguments,
    missing,
    index,
    bounds,
    returned,
    augmented,
    branches,
    call,
    initial,
    order,
    nesting,
)


def _is_elif(program: Program, statement: ast.stmt) -> bool:
    return program.text(statement).startswith("elif")


def _is_plain(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr)


def _without(program: Program, block: list[ast.stmt], statement: ast.stmt) -> Edit:
    """The statement gone, or `pass` in its place if nothing else is there."""
    if len(block) == 1:
        return program.replace("missing", statement, "pass")
    return program.replace_lines("missing", statement, "")


def _places(index: ast.expr) -> Iterator[ast.expr]:
    """The parts of a subscript that count places."""
    if isinstance(index, ast.Slice):
        yield from (place for place in (index.lower, index.upper) if place is not None)
    elif not isinstance(index, ast.Constant) or isinstance(index.value, int):
        yield index
