"""Tasks of a folder: what is taken, and one clear line for whatever cannot be."""

import json
from pathlib import Path

import pytest

from hyperagent.domains.repair import domain
from hyperagent.domains.repair.folder import folder_tasks
from hyperagent.errors import DomainError

DOUBLE = "def double(n):\n    return n + n + 1\n"
TESTS: list[list[object]] = [[[1], 2], [[2], 4], [[3], 6], [[4], 8], [[5], 10]]


def write(folder: Path, name: str = "double", source: str | bytes = DOUBLE, tests: str | bytes = "") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.py").write_bytes(source.encode() if isinstance(source, str) else source)
    tests = tests or json.dumps(TESTS)
    (folder / f"{name}.json").write_bytes(tests.encode() if isinstance(tests, str) else tests)
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(DomainError) as found:
        folder_tasks(folder)
    message = str(found.value)
    assert "\n" not in message
    assert "expected" in message or "not plain data" in message
    return message.removeprefix(str(folder)).lstrip("/")


def test_every_other_test_is_visible_and_the_rest_is_hidden(tmp_path: Path) -> None:
    (task,) = folder_tasks(write(tmp_path), runs=9)
    assert task.id == "double"
    assert task.input == {
        "source": DOUBLE,
        "function": "double",
        "tests": [TESTS[0], TESTS[2], TESTS[4]],
        "runs": 9,
        "steps": 100_000,
    }
    assert task.target == {"tests": [TESTS[1], TESTS[3]]}


def test_a_single_test_is_both(tmp_path: Path) -> None:
    (task,) = folder_tasks(write(tmp_path, tests="[[[1], 2]]"))
    assert isinstance(task.input, dict)
    assert task.input["tests"] == [[[1], 2]]
    assert task.target == {"tests": [[[1], 2]]}


@pytest.mark.parametrize(
    "tests",
    ["[[[1], 2], [[2], 4]]", "[[1], 2]\n\n[[2], 4]\n", "[\n  [[1], 2],\n  [[2], 4]\n]", "\ufeff[[1], 2]\r\n[[2], 4]"],
)
def test_tests_are_one_list_or_one_to_a_line(tmp_path: Path, tests: str) -> None:
    (task,) = folder_tasks(write(tmp_path, tests=tests))
    assert task.target == {"tests": [[[2], 4]]}


def test_a_single_line_with_a_single_test_is_one_test(tmp_path: Path) -> None:
    (task,) = folder_tasks(write(tmp_path, tests="[[1], 2]\n"))
    assert task.target == {"tests": [[[1], 2]]}


def test_the_function_is_called_as_the_file_or_is_the_last_one(tmp_path: Path) -> None:
    write(tmp_path, source=f"{DOUBLE}def helper():\n    pass\n")
    write(tmp_path, name="other", source=f"{DOUBLE}def last():\n    def inner(): pass\n")
    functions = [task.input["function"] for task in folder_tasks(tmp_path) if isinstance(task.input, dict)]
    assert functions == ["double", "last"]


def test_files_without_a_partner_are_no_tasks(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "lonely.py").write_text("def lonely(): pass")
    (tmp_path / "notes.json").write_text("{}")
    assert [task.id for task in folder_tasks(tmp_path)] == ["double"]


def test_the_code_of_a_folder_is_not_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    write(tmp_path, source=f"open({str(ran)!r}, 'w')\n{DOUBLE}")
    folder_tasks(tmp_path)
    assert not ran.exists()


def test_a_source_the_compiler_warns_of_is_taken_without_a_word(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    folder_tasks(write(tmp_path, source="def double(n):\n    return '\\d'\n"))
    assert not recwarn.list


def test_a_folder_becomes_a_domain_whose_splits_are_dealt_by_the_seed(tmp_path: Path) -> None:
    for name in "abcdef":
        write(tmp_path, name=name, source=DOUBLE.replace("double", name))
    found = domain(str(tmp_path), runs=3)
    assert found.named_splits is None
    assert sorted(task.id for split in found.split(1).values() for task in split) == list("abcdef")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere").startswith(": no such folder")


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    write(tmp_path)
    assert refusal(tmp_path / "double.py").startswith(": no such folder")


def test_a_folder_without_a_pair_is_refused(tmp_path: Path) -> None:
    (tmp_path / "lonely.py").write_text(DOUBLE)
    assert refusal(tmp_path) == ": no task found, expected at least one pair of NAME.py and NAME.json"


@pytest.mark.parametrize(
    ("tests", "message"),
    [
        (
            "[[[1], 2],\n [[2] 4]]",
            "double.json:2:7: Expecting ',' delimiter, expected JSON tests [arguments, expected]",
        ),
        ("[[1], 2]\n[[2], 4]\n[[3], ", "double.json:3:"),
        ("[" * 100_000, "double.json: cannot be read (RecursionError), expected JSON"),
        ("[[1], 2]\n" + "[" * 100_000, "double.json:2: cannot be read (RecursionError), expected JSON"),
        ("1" * 5_000, "double.json: cannot be read (ValueError), expected JSON"),
        ('{"a": 1}', 'double.json: found {"a": 1}, expected a list of [arguments, expected]'),
        ("[]", "double.json: 0 tests, expected at least one [arguments, expected]"),
        (" \n", "double.json:2:1: Expecting value, expected JSON tests [arguments, expected]"),
        ("[[[1], 2], [3, 4]]", "double.json: test 2 is [3, 4], expected [arguments, expected]"),
        ("[[[1], 2, 3]]", "double.json: test 1 is [[1], 2, 3], expected [arguments, expected]"),
        ("[[1], 2]\n7", "double.json: test 2 is 7, expected [arguments, expected]"),
        ("[[[1], 36893488147419103232]]", "double.json: test 1 is not plain data: "),
        ('[[["\\ud800"], 1]]', "double.json: test 1 is not plain data: "),
        (b"[[[1], \xff]]", "double.json: byte 7 is not UTF-8, expected a text file"),
    ],
)
def test_tests_that_cannot_be_read_are_refused(tmp_path: Path, tests: str | bytes, message: str) -> None:
    assert refusal(write(tmp_path, tests=tests)).startswith(message)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def double(n):\n    return (\n", "double.py:2: '(' was never closed, expected Python source"),
        ("x = 1\n", "double.py: no function found, expected one to repair at the top level"),
        ("class A:\n    def double(n): pass\n", "double.py: no function found"),
        (b"def double(n):\n    return '\xe9'\n", "double.py: byte 27 is not UTF-8, expected a text file"),
        ("x = " + "-" * 200_000 + "1", "double.py"),
        ("x = " + "(" * 500 + ")" * 500, "double.py"),
        ("x = 1\0", "double.py"),
    ],
)
def test_sources_that_cannot_be_read_are_refused(tmp_path: Path, source: str | bytes, message: str) -> None:
    assert refusal(write(tmp_path, source=source)).startswith(message)


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "double.py").unlink()
    (tmp_path / "double.py").mkdir()
    assert refusal(tmp_path) == "double.py: cannot be read (Is a directory), expected a text file"
