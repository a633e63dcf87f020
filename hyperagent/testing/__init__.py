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
from hyperagent.testing.genomes import genomes
from hyperagent.testing.lineages import lineages
from hyperagent.testing.messages import messages, outcomes, plain
from hyperagent.testing.patches import edited, edits, patches
from hyperagent.testing.sources import definitions, sources

del _hypothesis

__all__ = [
    "candidates",
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
