"""Language models: one protocol, the Messages API behind it, and models that give prepared or recorded answers."""

from hyperagent.llm.choice import language_model
from hyperagent.llm.messages_api import Anthropic
from hyperagent.llm.protocol import LLM, Completion, Request, Usage
from hyperagent.llm.recorded import Recorded
from hyperagent.llm.scripted import Scripted

__all__ = ["LLM", "Anthropic", "Completion", "Recorded", "Request", "Scripted", "Usage", "language_model"]
