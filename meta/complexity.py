"""How much a function decides: McCabe's number ("A Complexity Measure", IEEE TSE 2(4), 1976), one more than its
decisions; those of functions inside it are its own."""

import ast
import re
from collections.abc import Iterator

DECIDES = re.compile(r"\b(?:if|elif|for|while|and|or|except|case|assert)\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BRANCHES = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.comprehension,
    ast.ExceptHandler,
    ast.match_case,
    ast.Assert,
)


def too_complex(text: str, tree: ast.Module, most: int) -> Iterator[tuple[int, str, int]]:
    """The functions of a module with a complexity above `most`: (line, name, complexity).

    Each decision has a word of its own in the text, so most modules are through after these are counted.
    """
    if len(DECIDES.findall(text)) < most:
        return
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and complexity(node) > most:
            yield node.lineno, node.name, complexity(node)


def complexity(function: ast.AST) -> int:
    """One more than the decisions in a function."""
    return 1 + sum(map(decisions, ast.walk(function)))


def decisions(node: ast.AST) -> int:
    """How many decisions a node takes by itself."""
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    return 1 if isinstance(node, BRANCHES) else 0
