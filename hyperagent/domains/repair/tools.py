"""What a task agent may do with candidate programs, within a budget of runs.

The source of this module runs in the jail of the agent and imports nothing but the standard library and `steps`.
Guarded: runs are counted here and a run over the budget is refused; a candidate is given few builtins and modules,
cannot spell the attributes that lead from an object to its frames and globals, and ends when its steps are used up.
Not guarded: an agent that takes this module apart (that is for the gate and the jail), time and memory spent inside
one call of a C function (the limits of the jail), and a candidate that knows the visible tests by heart: the hidden
tests are for that.
"""

import builtins
import functools
import importlib
import marshal
import math
import re
import reprlib
import signal
import sys
import unicodedata
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any, TypeAlias

from sandbox_runner import steps

SOURCE_BYTES = 20_000
CANDIDATE = "candidate"
Tracer: TypeAlias = Callable[[FrameType, str, Any], Any]

BACKSTOP_SECONDS = 0.25
"""Processor time that one run may take, far above what its steps need."""

RECURSION = 200
"""How many calls a candidate may nest."""

MODULES = ("math", "heapq", "collections", "itertools", "functools", "bisect", "re", "string", "operator")

LEADING_OUT = {
    "attrgetter",
    "methodcaller",
    "Formatter",
    "namedtuple",
    "update_wrapper",
    "wraps",
    "singledispatch",
    "singledispatchmethod",
}
"""Names of those modules that look up attributes by a text, or evaluate one."""

BUILTINS = """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod enumerate filter float
    format frozenset hex int isinstance issubclass iter len list map max min next object oct ord pow property
    range repr reversed round set slice sorted staticmethod str sum super tuple type zip
    None True False NotImplemented Ellipsis __build_class__
""".split()

HARMLESS = "|".join("init name main eq lt len iter next repr contains getitem setitem call".split())

LEADS_OUT = re.compile(
    rf"__(?!(?:{HARMLESS})__)\w+__"
    r"|\b(?:gi|cr|ag)_(?:frame|code|await|yieldfrom)\b"
    r"|\b(?:f_(?:back|globals|locals|builtins|code|trace)|tb_(?:frame|next))\b"
)
CATCHES_OR_LOOPS = re.compile(r"\b(?:except|finally)\b|^[ \t]*(?:while|for)\b.*:[ \t]*[^\s#]")
"""What is looked for in single lines, as `str.splitlines` finds them: in more places than Python does."""


class BudgetUsedUp(Exception):
    """Every candidate run of the task is spent."""


@dataclass(frozen=True)
class Report:
    """How a candidate did on the visible tests."""

    passed: int
    total: int
    faults: "list[str | Fault]"

    @property
    def ok(self) -> bool:
        return self.passed == self.total

    @property
    def failures(self) -> list[str]:
        """A line for each failure: the call, what it expected and what it found."""
        return [str(fault) for fault in self.faults]

    def __repr__(self) -> str:
        return f"Report(passed={self.passed}, total={self.total}, failures={self.failures})"


@dataclass(frozen=True)
class Test:
    """One call with the result it must have; the arguments are packed, because candidates change them."""

    packed: bytes
    expected: object

    def arguments(self) -> list[object]:
        arguments: list[object] = marshal.loads(self.packed)
        return arguments


@dataclass(frozen=True)
class Fault:
    """A call that went wrong. It is put into words when they are asked for, which takes longer than most calls."""

    function: str
    test: Test
    found: object

    def __str__(self) -> str:
        shown = ", ".join(short(argument) for argument in self.test.arguments())
        return f"{self.function}({shown}): expected {short(self.test.expected)}, found {words(self.found)}"


def tools(task: Mapping[str, object]) -> dict[str, object]:
    """`run(source, quick=False)` tries a candidate on the visible tests, `runs_left()` says how often it still may."""
    function, limit, left = str(task["function"]), whole(task["steps"]), whole(task["runs"])
    tests = checks(task["tests"])
    warnings.simplefilter("ignore", SyntaxWarning)
    signal.signal(signal.SIGVTALRM, stop)

    def run(source: str, quick: bool = False) -> Report:
        """The report on a candidate; a quick one stops at the first failure. `BudgetUsedUp` when no run is left."""
        nonlocal left
        if left <= 0:
            raise BudgetUsedUp("no candidate run is left")
        left -= 1
        return report(source, function, tests, limit, quick)

    return {"run": run, "runs_left": lambda: left}


def whole(value: object) -> int:
    """The number a task must hold here."""
    if not isinstance(value, int):
        raise TypeError(f"found {value!r:.40}, expected a whole number")
    return value


def checks(tests: object) -> list[Test]:
    """The tests of a task, which are pairs of arguments and result."""
    if not isinstance(tests, Sequence):
        raise TypeError(f"tests are {tests!r:.40}, expected a list")
    return [Test(packed(arguments), expected) for arguments, expected in tests]


def packed(arguments: list[object]) -> bytes:
    """Arguments in a form from which fresh ones are made, fast; in version 2 no two of them are one object."""
    return marshal.dumps(arguments, 2)


def report(source: str, function: str, tests: list[Test], limit: int, quick: bool) -> Report:
    """How a source does on tests, all of them within one limit of lines run and of nested calls."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth() + RECURSION)
    signal.setitimer(signal.ITIMER_VIRTUAL, BACKSTOP_SECONDS)
    try:
        return measured(source, function, tests, Meter(limit), quick)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.setrecursionlimit(before)


class Meter:
    """Ends a candidate after so many lines run and calls made.

    A candidate lives for so few lines that tracing costs a fraction of what instrumenting its source would. But a
    trace function that has raised once is switched off, and a loop on one line is traced once, so a source that could
    catch the exception or has such a loop is instrumented instead.
    """

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._counter = steps.Counter(limit)

    def load(self, source: str) -> dict[str, object]:
        """The namespace of a candidate, its body run."""
        namespace: dict[str, object] = {"__builtins__": ALLOWED, "__name__": CANDIDATE}
        if any(map(is_untraceable, source.splitlines())):
            namespace[steps.TICK] = self._counter.tick
            exec(steps.instrumented(source, CANDIDATE), namespace)
        else:
            code = compile(source, CANDIDATE, "exec", dont_inherit=True)
            self.run(lambda: exec(code, namespace))
        return namespace

    def run(self, call: Callable[[], object]) -> object:
        """What a call returns, its lines counted."""
        sys.settrace(self._trace)
        try:
            return call()
        finally:
            sys.settrace(None)

    def _trace(self, frame: FrameType, _event: str, _argument: object) -> Tracer | None:
        if frame.f_code.co_filename != CANDIDATE:
            return None
        self._left -= 1
        if self._left < 0:
            raise steps.OutOfSteps
        return self._trace


def stop(_signal: int, _frame: object) -> None:
    """End a candidate whose few steps take for ever, as those of a number that squares itself do."""
    raise steps.OutOfSteps


def depth() -> int:
    """How many calls are open."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count


def measured(source: str, function: str, tests: list[Test], meter: Meter, quick: bool) -> Report:
    """The report on a source under a meter that is shared by its tests."""
    try:
        candidate = loaded(source, function, meter)
    except (Exception, steps.OutOfSteps) as error:  # noqa: BLE001 - candidate code may raise anything
        return Report(0, len(tests), [described(error)])
    faults: list[str | Fault] = []
    passed = 0
    for test in tests:
        fault = tried(candidate, function, test, meter)
        if fault is None:
            passed += 1
            continue
        if quick:
            return Report(passed, len(tests), [fault])
        # In words at once: a candidate may return something large for every test.
        faults.append(str(fault))
    return Report(passed, len(tests), faults)


def loaded(source: str, function: str, meter: Meter) -> Callable[..., object]:
    """The function that a candidate's source defines under the builtins of a candidate."""
    check(source)
    found = meter.load(source).get(function)
    if not callable(found):
        raise NameError(f"the source defines no function {function}")
    return found


def check(source: str) -> None:
    """Refuse what is no source, is too long or spells a name that leads out; identifiers are compared as normalized."""
    if not isinstance(source, str):
        raise TypeError("a candidate is the source of a program, as text")
    if len(source) > SOURCE_BYTES:
        raise ValueError(f"a source of {len(source)} characters, expected at most {SOURCE_BYTES}")
    text = source if source.isascii() else unicodedata.normalize("NFKC", source)
    for name in filter(None, map(refused, text.splitlines())):
        raise NameError(f"{name} is refused in a candidate")


@functools.cache
def refused(line: str) -> str:
    """A name in a line that leads out, "" if there is none. Most lines of a candidate stand in the one before too."""
    found = LEADS_OUT.search(line)
    return found.group() if found else ""


@functools.cache
def is_untraceable(line: str) -> bool:
    """Whether a line catches exceptions or has a loop on it."""
    return CATCHES_OR_LOOPS.search(line) is not None


def tried(candidate: Callable[..., object], function: str, test: Test, meter: Meter) -> Fault | None:
    """What went wrong in a call, if anything did."""
    try:
        arguments = test.arguments()
        found = meter.run(lambda: candidate(*arguments))
        return None if same(found, test.expected) else Fault(function, test, found)
    except (Exception, steps.OutOfSteps) as error:  # noqa: BLE001 - candidate code may raise anything
        return Fault(function, test, Ended(described(error)))


def same(found: object, expected: object) -> bool:
    """Equal as plain data: 1 is not True, a tuple is a list, floats may differ by a billionth."""
    if isinstance(expected, (list, tuple)):
        return isinstance(found, (list, tuple)) and len(found) == len(expected) and all(map(same, found, expected))
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(found[key], value) for key, value in expected.items())
        )
    if isinstance(expected, float) and isinstance(found, (int, float)) and not isinstance(found, bool):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    return type(found) is type(expected) and found == expected


def described(error: BaseException) -> str:
    """The kind of an exception and the beginning of its message."""
    if isinstance(error, steps.OutOfSteps):
        return "no end within its steps"
    message = error.args[0] if error.args and type(error.args[0]) is str else ""
    return f"{type(error).__name__}: {message:.80}".removesuffix(": ")


class Ended(str):
    """How a call ended that returned nothing."""


def words(found: object) -> str:
    """What a call came to."""
    return found if type(found) is Ended else short(found)


def short(value: object) -> str:
    """The value in a few words; of what is no plain data or takes for ever to pack, the type."""
    try:
        marshal.dumps(value)  # type: ignore[arg-type]  # whether it can be packed is the question
        return SHORT.repr(value)
    except (ValueError, steps.OutOfSteps):
        return f"a {type(value).__name__}"


def shortened() -> reprlib.Repr:
    """Values written in full unless they are long or deep: a few lines make lists in lists of a million items."""
    written = reprlib.Repr()
    written.maxlevel = 3
    written.maxlist = written.maxdict = written.maxtuple = written.maxset = 12
    written.maxstring = written.maxlong = written.maxother = 80
    return written


SHORT = shortened()


def imported(
    name: str,
    globals: object = None,  # noqa: ARG001
    locals: object = None,  # noqa: ARG001
    fromlist: Sequence[str] = (),  # noqa: ARG001
    level: int = 0,
) -> ModuleType:
    """What a candidate gets for a module: a view of its own, so that it can change none for another."""
    if level or name not in VIEWS:
        raise ImportError(f"a candidate may not import {name}")
    view = ModuleType(name)
    vars(view).update(VIEWS[name])
    return view


def public(module: ModuleType) -> dict[str, object]:
    """The names of a module that candidates may use: none that is private, a module, or leads out."""
    names = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    return {
        name: value for name, value in names.items() if name not in LEADING_OUT and not isinstance(value, ModuleType)
    }


def silent(*values: object, **options: object) -> None:
    """The `print` of candidates: there is nowhere to print to."""


def allowed() -> dict[str, object]:
    """The builtins of candidates: those that compute, and the exceptions that ordinary code raises."""
    everything = vars(builtins)
    found = {name: everything[name] for name in BUILTINS}
    errors = {
        name: value for name, value in everything.items() if isinstance(value, type) and issubclass(value, Exception)
    }
    return {**found, **errors, "__import__": imported, "print": silent}


VIEWS = {name: public(importlib.import_module(name)) for name in MODULES}
ALLOWED = allowed()
