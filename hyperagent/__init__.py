"""A runtime in which an agent improves itself, and improves the way it improves itself."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive import Archive, Evaluation, Individual, Trial
    from hyperagent.domain import Domain, Jail, Task
    from hyperagent.errors import (
        ApprovalNeeded,
        BudgetExhausted,
        DomainError,
        GenomeError,
        HyperagentError,
        LLMError,
        RunError,
        UsageError,
    )
    from hyperagent.evolution import evolve
    from hyperagent.llm import LLM, Anthropic, Completion, Recorded, Request, Scripted
    from hyperagent.settings import Settings
    from meta import Genome, Patch
    from sandbox_runner import Limits

__version__ = "0.1.0"

_HOMES = {
    "archive": ("Archive", "Evaluation", "Individual", "Trial"),
    "hyperagent.domain": ("Domain", "Jail", "Task"),
    "hyperagent.errors": (
        "ApprovalNeeded", "BudgetExhausted", "DomainError", "GenomeError", "HyperagentError", "LLMError", "RunError",
        "UsageError",
    ),
    "hyperagent.evolution": ("evolve",),
    "hyperagent.llm": ("LLM", "Anthropic", "Completion", "Recorded", "Request", "Scripted"),
    "hyperagent.settings": ("Settings",),
    "meta": ("Genome", "Patch"),
    "sandbox_runner": ("Limits",),
}  # fmt: skip

__all__ = [
    "LLM",
    "Anthropic",
    "ApprovalNeeded",
    "Archive",
    "BudgetExhausted",
    "Completion",
    "Domain",
    "DomainError",
    "Evaluation",
    "Genome",
    "GenomeError",
    "HyperagentError",
    "Individual",
    "Jail",
    "LLMError",
    "Limits",
    "Patch",
    "Recorded",
    "Request",
    "RunError",
    "Scripted",
    "Settings",
    "Task",
    "Trial",
    "UsageError",
    "evolve",
]


def __getattr__(name: str) -> Any:
    """Import a public name where it is first used, so that `hyperagent --help` need not wait for numpy and libcst."""
    import importlib

    for home, names in _HOMES.items():
        if name in names:
            return getattr(importlib.import_module(home), name)
    raise AttributeError(f"module 'hyperagent' has no attribute {name!r}")
