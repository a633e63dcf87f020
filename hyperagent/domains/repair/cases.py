"""What the correct function of an entry does, and which of that a faulty one does not do.

Faulty versions of our own functions run on the host here. They compute with plain data and nothing else, see the
builtins of a candidate and are stopped by their steps.
"""

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType

from hyperagent.domains.repair import tools
from hyperagent.domains.repair.corpus import Entry
from sandbox_runner import steps

PLENTY = 1_000_000
SLACK, FACTOR = 100, 10
"""A faulty function may take so many steps for a case, and so many more for each step of the correct one."""


@dataclass(frozen=True)
class Case:
    """A call with its correct result, and the steps that the correct function takes for it."""

    test: tools.Test
    steps: int

    def plain(self) -> list[object]:
        return [self.test.arguments(), self.test.expected]


def cases(entry: Entry, rng: random.Random) -> list[Case]:
    """The drawn arguments of an entry with what its function makes of them."""
    code = steps.instrumented(entry.source, entry.name)
    return [case(code, entry.name, tools.packed(arguments)) for arguments in entry.inputs(rng)]


def case(code: CodeType, function: str, arguments: bytes) -> Case:
    """One call of correct code, with its steps."""
    counter = steps.Counter(PLENTY)
    unknown = tools.Test(arguments, None)
    expected = executed(code, function, counter.tick)(*unknown.arguments())
    return Case(tools.Test(arguments, expected), PLENTY - counter.left)


def failing(source: str, function: str, known: list[Case]) -> list[int]:
    """Which of the cases a source gets wrong; none if it does not compile."""
    try:
        with warnings.catch_warnings(action="ignore"):
            code = steps.instrumented(source, function)
    except SyntaxError:
        return []
    return [index for index, case in enumerate(known) if fails(code, function, case)]


def fails(code: CodeType, function: str, case: Case) -> bool:
    """A result that is not the correct one, an exception, or no end."""
    counter = steps.Counter(SLACK + FACTOR * case.steps)
    try:
        found = executed(code, function, counter.tick)(*case.test.arguments())
        return not tools.same(found, case.test.expected)
    except (Exception, steps.OutOfSteps):  # noqa: BLE001 - a faulty function may raise anything
        return True


def executed(code: CodeType, function: str, tick: Callable[[], object]) -> Callable[..., object]:
    """The function that instrumented code defines under the builtins of a candidate."""
    namespace: dict[str, object] = {"__builtins__": tools.ALLOWED, "__name__": tools.CANDIDATE, steps.TICK: tick}
    exec(code, namespace)
    found = namespace.get(function)
    if not callable(found):
        raise NameError(f"the source defines no function {function}")
    return found
