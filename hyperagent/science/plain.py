"""Answers as JSON has them: an agent may return any plain data, and JSON holds less than msgpack."""

import math
from collections.abc import Mapping
from typing import Any, TypeAlias

Plain: TypeAlias = bool | int | float | str | list["Plain"] | dict[str, "Plain"] | None
DEEPEST = 60


def jsonable(value: object, depth: int = 0) -> Plain:
    """The value with bytes in hex, keys and odd numbers as text, and what lies too deep left out."""
    if depth > DEEPEST:
        return "..."
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (list, tuple)):
        return [jsonable(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {key if isinstance(key, str) else repr(key): jsonable(item, depth + 1) for key, item in value.items()}
    return repr(value)


def nullable(value: object) -> Any:
    """Figures of our own as JSON has them: null for a number that is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        return [nullable(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): nullable(item) for key, item in value.items()}
    return value
