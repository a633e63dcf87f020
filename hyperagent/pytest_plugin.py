"""For pytest: each entry of a module's list `hyperagent_checks` becomes a test of its laws.

Entries are what `hyperagent.testing.check` takes; "FILE.py:NAME" is looked up beside the test module. Nothing of
hyperagent, and no Hypothesis, is imported before the first such test runs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from _pytest._code import ExceptionInfo

NAME = "hyperagent_checks"


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> "list[LawItem] | None":
    """The tests of a module's list."""
    if name != NAME or not isinstance(collector, pytest.Module):
        return None
    if not isinstance(obj, (list, tuple)):
        raise pytest.UsageError(f"{collector.nodeid}: {NAME} is {type(obj).__name__}, expected a list of what to check")
    return [LawItem.from_parent(collector, name=title, thing=thing) for title, thing in titled(obj)]


def titled(things: "list[object] | tuple[object, ...]") -> Iterator[tuple[str, object]]:
    """Each thing with a title of its own."""
    for number, thing in enumerate(things):
        title = thing if isinstance(thing, str) else getattr(thing, "name", None) or getattr(thing, "__name__", None)
        yield f"{NAME}[{title if isinstance(title, str) else number}]", thing


class LawItem(pytest.Item):
    """The laws of one thing, as a test."""

    def __init__(self, *, thing: object, **options: Any) -> None:
        super().__init__(**options)
        self.thing = thing

    def runtest(self) -> None:
        """Check the laws, as often as the Hypothesis profile of the test session says."""
        from hyperagent.testing import check

        check(str(self.path.parent / self.thing) if isinstance(self.thing, str) else self.thing)

    def repr_failure(self, excinfo: "ExceptionInfo[BaseException]", style: Any = None) -> Any:
        """The law and its counterexample, without a traceback through what looked for it."""
        from hyperagent.errors import HyperagentError
        from hyperagent.testing import LawBroken

        if isinstance(excinfo.value, (LawBroken, HyperagentError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test stands, and what it is called."""
        return self.path, None, self.name
