"""In a jail: what the memory of a genome makes of a history, written into its module."""

import ast
import importlib
import json


def main(_api, source, history):
    """The text of memory.py with what was learned of the history in it, and the count of generations begun anew."""
    lessons = importlib.import_module("genome.memory").learned(history)
    return rewritten(source, {"LESSONS": lessons, "LEARNED_UNTIL": 0})


def rewritten(source, values):
    """The source with other values for some of its constants; those that it does not have are left out."""
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        name = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else None
        if name in values:
            lines[node.lineno - 1 : node.end_lineno] = [f"{name} = {json.dumps(values[name])}\n"]
    return "".join(lines)
