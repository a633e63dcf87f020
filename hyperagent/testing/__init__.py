"""Strategies and laws for those who write operators, selections, domains and patches, and want to know that they hold.

Strategies are Hypothesis strategies and shrink well. Laws are functions that return a report, or raise `LawBroken`, an
`AssertionError` whose text shows the smallest counterexample. docs/testing.md shows each of them at work.
"""

try:
    import hypothesis as _hypothesis
except ModuleNotFoundError:
    raise ModuleNotFoundError(
        "hyperagent.testing needs the package hypothesis, which is not installed: pip install 'hyperagent[test]'",
        name="hypothesis",
    ) from None

from hyperagent.testing.candidates import candidates
from hyperagent.testing.checks import check
from hyperagent.testing.domain_laws import check_domain
from hyperagent.testing.genomes import genomes
from hyperagent.testing.laws import LawBroken, Report
from hyperagent.testing.lineages import lineages
from hyperagent.testing.messages import messages, outcomes, plain
from hyperagent.testing.operator_laws import check_operator
from hyperagent.testing.patch_laws import Algebra, check_patch_laws
from hyperagent.testing.patches import edited, edits, patches
from hyperagent.testing.selection_laws import check_selection
from hyperagent.testing.sources import definitions, sources

del _hypothesis

__all__ = [
    "Algebra",
    "LawBroken",
    "Report",
    "candidates",
    "check",
    "check_domain",
    "check_operator",
    "check_patch_laws",
    "check_selection",
    "definitions",
    "edited",
    "edits",
    "genomes",
    "lineages",
    "messages",
    "outcomes",
    "patches",
    "plain",
    "sources",
]
