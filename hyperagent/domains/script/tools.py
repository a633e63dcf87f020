"""The answer of an agent that is a program: its source, as it was handed to the jail.

Runs in the jail of the agent before anything of the genome does, and puts a module of its own in the place of the
agent's, so that nothing of the genome runs there at all.
"""

import sys
from types import ModuleType
from typing import Any

AGENT = "genome.task_agent"


def tools(_task: object) -> dict[str, object]:
    """Nothing that an agent could use; what it would answer is settled."""
    finder: Any = next(finder for finder in sys.meta_path if AGENT in getattr(finder, "modules", ()))
    source = finder.modules[AGENT][0]
    module = ModuleType(AGENT)
    vars(module)["solve"] = lambda _task, _tools: source
    sys.modules[AGENT] = module
    return {}
