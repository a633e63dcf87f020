"""Which model a run uses, by what its settings say."""

from pathlib import Path

from hyperagent.errors import UsageError
from hyperagent.llm.messages_api import Anthropic
from hyperagent.llm.protocol import LLM
from hyperagent.llm.recorded import Recorded
from hyperagent.settings import Settings

RECORDED = "recorded"


def language_model(settings: Settings) -> LLM | None:
    """The model that the settings name, or None: "MODEL", "MODEL,MODEL", or "recorded:DIR" for those of a run."""
    head, _, folder = settings.llm.partition(":")
    if head == RECORDED:
        if not folder:
            raise UsageError("--llm recorded: of which run? expected recorded:DIR")
        return Recorded(Path(folder))
    names = tuple(name.strip() for name in settings.llm.split(",") if name.strip())
    return Anthropic(names, settings.base_url) if names else None
