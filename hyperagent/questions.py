"""The questions of a jailed genome, read: plain data from hostile code, of which every part is rebuilt here.

What is not known by name is refused and never passed on: a genome cannot ask for the tools of a server, for an address
to be fetched, or for another model than the run allows.
"""

import json
from collections.abc import Sequence

from hyperagent.llm.protocol import Request
from sandbox_runner import Plain

MAX_REQUEST = 2_000_000
MAX_ITEMS = 2000

BLOCKS: dict[str, dict[str, type]] = {
    "text": {"text": str},
    "tool_use": {"id": str, "name": str, "input": dict},
    "tool_result": {"tool_use_id": str, "content": str, "is_error": bool},
    "thinking": {"thinking": str, "signature": str},
    "redacted_thinking": {"data": str},
}
OPTIONAL = ("is_error", "cache_control")
CACHED: Plain = {"type": "ephemeral"}


class BadQuestion(ValueError):
    """A question that is not of the shape that it must have."""


def read_request(question: dict[str, Plain], models: Sequence[str], most_tokens: int, place: str) -> Request:
    """The request that a question describes. Raises `BadQuestion`."""
    check_size(question)
    wanted = question.get("model") or models[0]
    if wanted not in models:
        raise BadQuestion(f"model {wanted!r:.80}, expected one of {', '.join(models)}")
    tokens = question.get("max_tokens") or most_tokens
    if type(tokens) is not int or tokens < 1:
        raise BadQuestion(f"max_tokens {tokens!r:.40}, expected at least 1")
    system = question.get("system") or []
    return Request(
        model=str(wanted),
        max_tokens=min(tokens, most_tokens),
        system=tuple(block(item, ("text",)) for item in items([text(system)] if isinstance(system, str) else system)),
        messages=tuple(map(message, items(question.get("messages")))),
        tools=tuple(map(tool, items(question.get("tools") or []))),
        place=place,
    )


def check_size(question: Plain) -> None:
    """Refuse what cannot be written as JSON or is too large."""
    try:
        size = len(json.dumps(question, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise BadQuestion(f"not JSON: {error}"[:200]) from None
    if size > MAX_REQUEST:
        raise BadQuestion(f"{size} characters, expected at most {MAX_REQUEST}")


def message(value: Plain) -> Plain:
    """One message: a role, and text or blocks."""
    if not isinstance(value, dict) or value.get("role") not in ("user", "assistant"):
        raise BadQuestion(f"message {value!r:.80}, expected a role and content")
    content = value.get("content")
    blocks = [text(content)] if isinstance(content, str) else [block(item, tuple(BLOCKS)) for item in items(content)]
    return {"role": value["role"], "content": blocks}


def text(words: str) -> Plain:
    """Words as a block."""
    return {"type": "text", "text": words}


def block(value: Plain, kinds: tuple[str, ...]) -> Plain:
    """One block of content, with the fields of its kind and no others."""
    kind = value.get("type") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(kind, str) or kind not in kinds:
        raise BadQuestion(f"block {value!r:.80}, expected one of {', '.join(kinds)}")
    found: dict[str, Plain] = {"type": kind}
    for name, expected in BLOCKS[kind].items():
        if name in value or name not in OPTIONAL:
            if not isinstance(value.get(name), expected):
                raise BadQuestion(f"{kind} has {name} {value.get(name)!r:.80}, expected {expected.__name__}")
            found[name] = value[name]
    return {**found, "cache_control": CACHED} if value.get("cache_control") else found


def tool(value: Plain) -> Plain:
    """One tool of the genome's own: a name, a description and a schema."""
    match value:
        case {"name": str(name), "description": str(description), "input_schema": dict(schema)}:
            return {"name": name, "description": description, "input_schema": {**schema, "type": "object"}}
    raise BadQuestion(f"tool {value!r:.80}, expected a name, a description and an input_schema")


def items(value: Plain) -> list[Plain]:
    """A list of some things."""
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise BadQuestion(f"{value!r:.80}, expected a list of at most {MAX_ITEMS} items")
    return value
