"""Counterexamples as text: differences of genomes and of sources, tables."""

import difflib
from collections.abc import Iterable, Sequence

from hyperagent.science.changes import changes
from meta import Genome, Patch


def genome_diff(old: Genome, new: Genome) -> str:
    """What differs between two genomes, as a unified diff."""
    return "".join(change.diff for change in changes(old, new)) or "(no difference)\n"


def text_diff(old: str, new: str) -> str:
    """What differs between two texts, as a unified diff of all their lines."""
    before, after = old.splitlines(), new.splitlines()
    return "\n".join(difflib.unified_diff(before, after, "before", "after", lineterm="", n=len(before)))


def edit_lines(patch: Patch) -> str:
    """The edits of a patch, one a line."""
    return "\n".join(f"  {edit}" for edit in patch.edits) or "  no edits"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows below their heads, in columns."""
    cells = [[*head], *([f"{value!s:.60}" for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return "\n".join("  ".join(c.rjust(width) for c, width in zip(row, widths, strict=True)) for row in cells)
