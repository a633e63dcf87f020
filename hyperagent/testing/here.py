"""A function of the test author's own, called in the test author's own process: nothing here is confined."""

import traceback
from collections.abc import Callable

from hyperagent.testing.laws import LawBroken


def called(law: str, function: Callable[..., object], *arguments: object) -> object:
    """What a call returns; whatever it raises breaks the law."""
    try:
        return function(*arguments)
    except LawBroken:
        raise
    except Exception as error:  # noqa: BLE001 - whatever the checked function raises is what there is to show
        found = traceback.extract_tb(error.__traceback__)[-1]
        raise LawBroken(law, f"raised {type(error).__name__}: {error} ({found.name}, line {found.lineno})") from None
