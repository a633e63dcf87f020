"""Exercises as they lie in a folder: what is to be done, the files to begin with, and the tests, which stay hidden.

Two layouts are known. Ours is a folder with `description.md`, the files to begin with, and `tests/`. Exercism's, which
Aider's polyglot benchmark has too, is one with `.meta/config.json` and `.docs/`. Tests are only ever parsed here.
"""

import ast
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from hyperagent.domains.code.toolchains import Language, language_of
from hyperagent.errors import DomainError

DESCRIPTION, TESTS, CASES, CONFIG = "description.md", "tests", "cases.json", ".meta/config.json"
FRAMEWORK = "test-framework/"
MOST_BYTES = 1 << 20

Case: TypeAlias = tuple[list[str], str, str]
"""Arguments of a program, what it reads, and what it should write."""


@dataclass(frozen=True)
class Exercise:
    """One exercise: `files` are the agent's, `tests` and `cases` are not shown, `beside` stands with either."""

    name: str
    description: str
    language: Language
    files: Mapping[str, str]
    tests: Mapping[str, str] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    beside: Mapping[str, bytes] = field(default_factory=dict)
    names: tuple[tuple[str, str], ...] = ()
    """Of Python tests, each one: its file, and `Class.method` or a function."""


def read_exercises(folder: Path) -> list[Exercise]:
    """The exercise that a folder is, or all that lie below it, in the order of their paths."""
    if not folder.is_dir():
        raise DomainError(f"{folder}: no such folder, expected exercises")
    marks = [*folder.rglob(DESCRIPTION), *folder.rglob(CONFIG)]
    homes = {mark.parent if mark.name == DESCRIPTION else mark.parent.parent for mark in marks}
    # A track of Exercism's has a description of itself as well as its exercises.
    homes = {home for home in homes if (home / CONFIG).is_file() or (home / TESTS).exists() or home == folder}
    found = [read_exercise(home, named(folder, home)) for home in sorted(homes)]
    if not found:
        raise DomainError(f"{folder}: no exercise found, expected folders with {DESCRIPTION} or {CONFIG}")
    return found


def named(folder: Path, home: Path) -> str:
    """What an exercise is called: its path below the folder."""
    return folder.resolve().name if home == folder else home.relative_to(folder).as_posix()


def read_exercise(home: Path, name: str) -> Exercise:
    """The exercise of one folder."""
    return of_exercism(home, name) if (home / CONFIG).is_file() else of_ours(home, name)


def of_ours(home: Path, name: str) -> Exercise:
    """An exercise in our own layout: all that is no description and no test is a file to begin with."""
    if not (home / TESTS).is_dir():
        raise DomainError(f"{home}: no folder {TESTS}, expected the hidden tests there")
    hidden = below(home / TESTS)
    stub = {name: text(home / name) for name in below(home) if name not in (DESCRIPTION, f"{TESTS}/{name}")}
    stub = {name: content for name, content in stub.items() if not name.startswith(f"{TESTS}/")}
    return checked(home, name, text(home / DESCRIPTION), stub, {n: home / TESTS / n for n in hidden})


def of_exercism(home: Path, name: str) -> Exercise:
    """An exercise in Exercism's layout: its config.json says which files are what."""
    where = home / CONFIG
    try:
        files = json.loads(text(where))["files"]
        stub, hidden = list(files["solution"]), list(files["test"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DomainError(f"{where}: {error!r:.80}, expected files with a solution and a test") from None
    framework = [n for n in below(home) if n.startswith(FRAMEWORK)]
    docs = [home / ".docs" / f"{part}.md" for part in ("introduction", "instructions", "instructions.append")]
    description = "\n".join(text(path) for path in docs if path.is_file())
    tests = {n: home / n for n in [*hidden, *framework]}
    return checked(home, name, description, {n: text(home / n) for n in stub}, tests)


def checked(home: Path, name: str, description: str, files: Mapping[str, str], hidden: Mapping[str, Path]) -> Exercise:
    """The exercise, if there is something to begin with, in a known language, and a way to test it."""
    language = language_of(list(files))
    if not description.strip():
        raise DomainError(f"{home}: no description, expected {DESCRIPTION} or .docs/instructions.md with some words")
    if language is None:
        raise DomainError(f"{home}: found {', '.join(files) or 'no files'}, expected one in a known language")
    known = {n: path for n, path in hidden.items() if n.endswith(language.endings)}
    tests = {n: text(path) for n, path in known.items()}
    beside = {n: path.read_bytes() for n, path in hidden.items() if n not in known and n != CASES}
    cases = read_cases(hidden[CASES]) if CASES in hidden else ()
    names = tuple((n, test) for n in tests for test in test_names(home / n, tests[n])) if is_python(language) else ()
    if not cases and not (names if is_python(language) else language.name == "c" and tests):
        expected = {"python": f"unittest tests or {CASES}", "c": f"programs or {CASES}"}.get(language.name, CASES)
        raise DomainError(f"{home}: found no tests of {language.name}, expected {expected} in {TESTS}")
    return Exercise(name, description, language, files, tests, cases, beside, names)


def is_python(language: Language) -> bool:
    """Whether tests are called one by one."""
    return language.name == "python"


def below(folder: Path) -> list[str]:
    """The names of all files below a folder but hidden ones, links and byte code."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        skipped = any(part.startswith((".", "__pycache__")) for part in name.parts)
        if not skipped and path.is_file() and not path.is_symlink():
            found.append(name.as_posix())
    return found


def text(path: Path) -> str:
    """The text of a file of moderate size."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DomainError(f"{path}: {path.stat().st_size} bytes, expected at most {MOST_BYTES}")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DomainError(f"{path}: byte {error.start} is not UTF-8, expected a text file") from None
    except OSError as error:
        raise DomainError(f"{path}: cannot be read ({error.strerror}), expected a text file") from None


def test_names(path: Path, source: str) -> list[str]:
    """The tests that a file spells out: functions `test...`, and methods of that name in its classes."""
    try:
        with warnings.catch_warnings(action="ignore"):
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError) as error:
        raise DomainError(f"{path}: cannot be parsed ({error}), expected Python tests") from None
    groups = {node.name: node.body for node in body if isinstance(node, ast.ClassDef)}
    found = functions(path, body, 0)
    return found + [f"{group}.{name}" for group, inner in groups.items() for name in functions(path, inner, 1)]


def functions(path: Path, body: list[ast.stmt], parameters: int) -> list[str]:
    """The tests among statements; one that wants a fixture cannot be run."""
    tests = [node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")]
    for test in tests:
        if len(test.args.args) != parameters:
            names = ", ".join(argument.arg for argument in test.args.args)
            raise DomainError(f"{path}:{test.lineno}: {test.name}({names}), expected a test without fixtures")
    return [test.name for test in tests]


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file: [{"arguments": [...], "stdin": "...", "stdout": "..."}], the first two if need be."""
    try:
        found = json.loads(text(path))
    except json.JSONDecodeError as error:
        raise DomainError(f"{path}:{error.lineno}: {error.msg}, expected JSON") from None
    if not isinstance(found, list) or not found:
        raise DomainError(f"{path}: found {json.dumps(found):.60}, expected a list of cases")
    return tuple(read_case(path, number, case) for number, case in enumerate(found, 1))


def read_case(path: Path, number: int, case: object) -> Case:
    """One case."""
    match case:
        case {"stdout": str(stdout), **rest} if set(rest) <= {"arguments", "stdin"}:
            arguments, stdin = rest.get("arguments", []), rest.get("stdin", "")
            if isinstance(arguments, list) and all(type(word) is str for word in arguments) and type(stdin) is str:
                return arguments, stdin, stdout
    expected = 'expected {"arguments": [texts], "stdin": text, "stdout": text}'
    raise DomainError(f"{path}: case {number} is {json.dumps(case):.60}, {expected}")
