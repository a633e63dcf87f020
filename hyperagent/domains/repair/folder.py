"""Repair tasks of a user's own: NAME.py with a faulty function, NAME.json with its tests.

The code is only ever parsed here. What it does is found out in a jail.
"""

import ast
import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import msgpack

from hyperagent.domain import Task
from hyperagent.domains.repair.tasks import RUNS
from hyperagent.errors import DomainError

STEPS = 100_000
"""Steps of one candidate run; nobody knows here how many the function needs."""


def folder_tasks(folder: Path, *, runs: int = RUNS) -> list[Task]:
    """A task for each pair of NAME.py and NAME.json in a folder, in the order of their names.

    Every other test is visible and the rest decides; a single test does both.
    """
    if not folder.is_dir():
        raise DomainError(f"{folder}: no such folder, expected one with tasks NAME.py and NAME.json")
    sources = [path for path in sorted(folder.glob("*.py")) if path.with_suffix(".json").is_file()]
    if not sources:
        raise DomainError(f"{folder}: no task found, expected at least one pair of NAME.py and NAME.json")
    return [folder_task(path, runs) for path in sources]


def folder_task(path: Path, runs: int) -> Task:
    """The task of one pair of files."""
    source = text(path)
    function = function_name(path, source)
    tests = read_tests(path.with_suffix(".json"))
    hidden = tests[1::2] or tests
    shown = {"source": source, "function": function, "tests": tests[::2], "runs": runs, "steps": STEPS}
    return Task(path.stem, shown, {"tests": hidden})


def text(path: Path) -> str:
    """The text of a file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError(f"{path}: byte {error.start} is not UTF-8, expected a text file") from None
    except OSError as error:
        raise DomainError(f"{path}: cannot be read ({error.strerror}), expected a text file") from None


def function_name(path: Path, source: str) -> str:
    """The function under test: the one that is called as the file, else the last one of the module."""
    names = [node.name for node in parsed(path, source).body if isinstance(node, ast.FunctionDef)]
    if not names:
        raise DomainError(f"{path}: no function found, expected one to repair at the top level")
    return path.stem if path.stem in names else names[-1]


def parsed(path: Path, source: str) -> ast.Module:
    """The syntax tree of a file, which may hold anything."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse(source)
    except SyntaxError as error:
        raise DomainError(f"{path}:{error.lineno}: {error.msg}, expected Python source") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise DomainError(f"{path}: cannot be parsed ({type(error).__name__}), expected Python source") from None


def read_tests(path: Path) -> list[list[object]]:
    """The tests of a file: one JSON list of them, or one to a line."""
    found = [checked(path, number, test) for number, test in enumerate(items(path, text(path)), 1)]
    if not found:
        raise DomainError(f"{path}: 0 tests, expected at least one [arguments, expected]")
    return found


def items(path: Path, content: str) -> list[object]:
    """What stands where tests are expected: the items of one list, or the values of the lines."""
    try:
        whole = json.loads(content)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise unreadable(path, error, error.lineno) from None
        return list(values_of_lines(path, content))
    except (ValueError, RecursionError) as error:
        raise DomainError(f"{path}: cannot be read ({type(error).__name__}), expected JSON") from None
    if not isinstance(whole, list):
        raise DomainError(f"{path}: found {json.dumps(whole):.60}, expected a list of [arguments, expected]")
    return [whole] if is_test(whole) and not is_test(whole[0]) else whole


def values_of_lines(path: Path, content: str) -> Iterator[object]:
    """The value of each line that is not blank."""
    for number, line in enumerate(content.split("\n"), 1):
        try:
            if line.strip():
                yield json.loads(line)
        except json.JSONDecodeError as error:
            raise unreadable(path, error, number) from None
        except (ValueError, RecursionError) as error:
            raise DomainError(f"{path}:{number}: cannot be read ({type(error).__name__}), expected JSON") from None


def unreadable(path: Path, error: json.JSONDecodeError, line: int) -> DomainError:
    return DomainError(f"{path}:{line}:{error.colno}: {error.msg}, expected JSON tests [arguments, expected]")


def checked(path: Path, number: int, test: object) -> list[object]:
    """The test, if it is one that can be sent to a jail."""
    if not is_test(test):
        raise DomainError(f"{path}: test {number} is {json.dumps(test):.60}, expected [arguments, expected]")
    try:
        msgpack.packb(test)
    except (ValueError, OverflowError) as error:
        raise DomainError(f"{path}: test {number} is not plain data: {error}") from None
    return test


def is_test(value: object) -> TypeGuard[list[object]]:
    """A list of arguments and a result."""
    return isinstance(value, list) and len(value) == 2 and isinstance(value[0], list)
