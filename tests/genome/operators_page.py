"""docs/operators.md, made out of the operators: `python -m tests.genome.operators_page > docs/operators.md`."""

import sys
from collections.abc import Iterator

from genome import operators

HEAD = """# Operators

What the seed genome does to code: the meta agent to its own genome, a task agent to its tasks. Each operator looks at
one node and offers what could stand there instead; names are offered where they are bound, and values where their kind
fits, as far as the text shows it. The cases below run as tests. `benchmarks/operators.py` counts which share of the
children of each operator import and run.

This page is made by `python -m tests.genome.operators_page > docs/operators.md`.
"""


def page() -> str:
    """The page."""
    families = sorted({operator.family for operator in operators.OPERATORS.values()})
    return "\n".join([HEAD, *(line for family in families for line in section(family))])


def section(family: str) -> Iterator[str]:
    """The operators of a family."""
    yield f"## {family.capitalize()}\n"
    for operator in operators.OPERATORS.values():
        if operator.family == family:
            yield f"### {operator.name}\n\n{operator.function.__doc__}\n"
            yield from (case(before, after, "becomes") for before, after in operator.cases)
            yield from (case(before, after, "never becomes") for before, after in operator.never)


def case(before: str, after: str, verb: str) -> str:
    """One case as a line, or as two blocks where it has several lines."""
    if "\n" in before + after:
        return f"```python\n{before}\n# {verb}\n{after}\n```\n"
    return f"- `{before}` {verb} `{after}`\n"


if __name__ == "__main__":
    sys.stdout.write(page())
