"""In a jail: what the memory of a genome makes of a history, written into its module."""

import ast
import importlib


def main(_api, source, history, individuals):
    """The text of memory.py with what was learned of the history and individuals in it, the generations begun anew."""
    memory = importlib.import_module("genome.memory")
    known = {} if individuals is None else memory.known(individuals, history)
    return rewritten(source, {"LESSONS": memory.learned(history), "LEARNED_UNTIL": 0, "KNOWN": known})


def rewritten(source, values):
    """The source with other values for some of its constants; those that it does not have are left out.

    ValueError or SyntaxError where a value is no literal: what the genome computed must not become code.
    """
    lines = source.splitlines(keepends=True)
    for node in reversed(ast.parse(source).body):
        name = getattr(node.targets[0], "id", None) if isinstance(node, ast.Assign) else None
        if name in values:
            text = repr(values[name])
            ast.literal_eval(text)
            lines[node.lineno - 1 : node.end_lineno] = [f"{name} = {text}\n"]
    return "".join(lines)
