"""Counted steps: the one limit that ends a call at the same place on every machine.

A call of `__tick__()` is put at the head of every loop body, function body, lambda and comprehension round. It is
found among the builtins of the module, where the caller puts `Counter(limit).tick`.

Not covered: time spent inside one call of a C function (`sum(range(10**12))`, `10**10**8`), and code that puts
another `__tick__` in its builtins. The clocks of the jail are there for both.
"""

import ast
import itertools
import operator
import re
from types import CodeType

TICK = "__tick__"
FOR = re.compile(r"\bfor\b")
BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def instrumented(source: str, filename: str) -> CodeType:
    """`source` compiled as a module that ticks; otherwise it does what the plain module does, line for line.

    Raises what `compile` raises: SyntaxError, ValueError, and for monstrous sources RecursionError or MemoryError.
    """
    return ticking(ast.parse(source, filename), source, filename)


def ticking(tree: ast.Module, source: str, filename: str) -> CodeType:
    """`instrumented` for a source that is parsed already; the tree is changed."""
    loops = _tick_blocks(tree)
    if "lambda" in source or len(FOR.findall(source)) > loops:
        for node in ast.walk(tree):
            _tick_expression(node)
    return compile(tree, filename, "exec", dont_inherit=True)


class OutOfSteps(BaseException):
    """The counter is used up. Not an Exception: `except Exception` must not go on as if nothing had happened."""


class Counter:
    """`limit` ticks, and `OutOfSteps` from then on. Hand out `tick`, which is three times as fast as the object.

    It counts without a line of Python: a `repeat` that runs dry, chained to a `map` that raises. An iterator written
    in Python would not do as the second: if its `__iter__` met the recursion limit, the chain would end for good.
    """

    spent = False
    """A tick was refused, whether or not someone caught the exception."""

    def __init__(self, limit: int) -> None:
        self._remaining = itertools.repeat(True, limit)
        self.tick = itertools.chain(self._remaining, map(self._refuse, itertools.repeat(None))).__next__

    def __call__(self) -> bool:
        """One tick; True, so that it can stand in a condition."""
        return self.tick()

    @property
    def left(self) -> int:
        """Ticks still to be had."""
        return operator.length_hint(self._remaining)

    def _refuse(self, _: None) -> bool:
        self.spent = True
        raise OutOfSteps


def _tick_blocks(tree: ast.AST) -> int:
    """Put ticks into the loops and functions of a tree; how many `for` statements it has.

    Statements alone are visited, which is several times as fast as a walk over every node.
    """
    loops, waiting = 0, [tree]
    while waiting:
        node = waiting.pop()
        for field in BLOCKS:
            waiting += getattr(node, field, ())
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                at = 1 if _is_docstring(node.body[0]) else 0
                node.body.insert(at, _statement(node.body[min(at, len(node.body) - 1)]))
            case ast.For() | ast.AsyncFor() | ast.While():
                loops += not isinstance(node, ast.While)
                node.body.insert(0, _statement(node.body[0]))
    return loops


def _tick_expression(node: ast.AST) -> None:
    match node:
        case ast.comprehension():
            node.ifs.insert(0, _call(node.iter))
        case ast.Lambda():
            unreachable = ast.copy_location(ast.Constant(None), node.body)
            node.body = ast.copy_location(ast.IfExp(_call(node.body), node.body, unreachable), node.body)


def _is_docstring(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str())):
            return True
    return False


def _statement(at: ast.stmt) -> ast.stmt:
    return ast.copy_location(ast.Expr(_call(at)), at)


def _call(at: ast.AST) -> ast.Call:
    name = ast.copy_location(ast.Name(TICK, ast.Load()), at)
    return ast.copy_location(ast.Call(name, [], []), at)
