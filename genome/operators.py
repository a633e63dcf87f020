"""Edits to Python code, as the agents use them: the meta agent on its own genome, a task agent on its tasks.

`Scope(text)` holds a definition, `pairs(scope)` are the operators that apply to it and where, `changes` are the edits
that an operator offers there, `applied` is the text after one of them, and `edits` is the same as part of a patch.
"""

# The order in which they register is the order in which they are offered.
from genome import comparisons, arithmetic, conditions, values, calls, sequences, statements  # noqa: F401, I001
from genome.edits import Change, applied, code, edits
from genome.registry import OPERATORS, changes, pairs
from genome.sites import Scope, Site, scope_of

__all__ = ["OPERATORS", "Change", "Scope", "Site", "applied", "changes", "code", "edits", "pairs", "scope_of"]
