"""The definitions of a module: their texts, and whether one finds in a module what it uses."""

import ast
import builtins
import functools


@functools.cache
def definitions(text):
    """The functions, classes and constants of a module, as (name, text)."""
    lines = text.splitlines(keepends=True)
    found = []
    for node in ast.parse(text).body:
        targets = getattr(node, "targets", None) or [node]
        name = getattr(targets[0], "name", getattr(targets[0], "id", None))
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        if name is not None:
            found.append((name, "".join(lines[first - 1 : node.end_lineno]).rstrip("\n")))
    return found


def is_definition(text, name):
    """Whether something is the text of a definition of that name and of nothing else."""
    try:
        return [found for found, _ in definitions(text)] == [name]
    except (SyntaxError, TypeError, ValueError, AttributeError):
        return False


def text_of(name, module):
    """The text of a definition of a module, None if there is none of that name."""
    return dict(definitions(module)).get(name)


@functools.cache
def is_at_home(text, module):
    """Whether everything that a definition uses and does not bind itself is bound in a module or built in."""
    return not used(ast.parse(text)) - bound(ast.parse(text)) - bound(ast.parse(module)) - {*dir(builtins)}


def used(tree):
    """The names that are read."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def bound(tree):
    """The names that are bound anywhere: a rough answer, which takes a name bound elsewhere for one bound here."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found
