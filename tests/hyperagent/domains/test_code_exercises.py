"""Folders of exercises: both layouts are read, tests are not shown, and each mistake is named with its place."""

import json
from pathlib import Path

import pytest

import hyperagent as ha
from hyperagent.domains import load_domain
from hyperagent.domains.code.exercises import read_exercises
from hyperagent.domains.code.toolchains import language_of
from tests.hyperagent.domains.code_answers import EXERCISES

TEST = "from a import f\n\n\ndef test_f():\n    assert f() == 'hidden'\n"
OURS = {"description.md": "Do it.", "a.py": "def f(): ...\n", "tests/test_a.py": TEST}


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def exercism(folder: Path) -> Path:
    """An exercise as Exercism's tracks and the polyglot benchmark have it."""
    config = {"files": {"solution": ["a.py"], "test": ["a_test.py"], "example": [".meta/example.py"]}}
    files = {
        ".meta/config.json": json.dumps(config),
        ".meta/example.py": "def f(): return 'hidden'\n",
        ".docs/introduction.md": "# First\n",
        ".docs/instructions.md": "Do it.\n",
        "a.py": "def f(): pass\n",
        "a_test.py": TEST,
    }
    return written(folder, files)


def test_the_examples_are_four_exercises_in_two_languages() -> None:
    found = {exercise.name: exercise.language.name for exercise in read_exercises(EXERCISES)}
    assert found == {"climbs": "python", "digital-root": "c", "ledger": "python", "run-lengths": "python"}


def test_nothing_of_the_tests_is_in_what_the_agent_is_shown(tmp_path: Path) -> None:
    written(tmp_path / "ours", {**OURS, "tests/data.txt": "hidden"})
    exercism(tmp_path / "python" / "exercises" / "practice" / "theirs")
    domain = load_domain(f"code:{tmp_path}", {})
    assert list(domain.tasks) == ["ours", "python/exercises/practice/theirs"]
    for task in domain.tasks.values():
        assert "hidden" not in repr(task.input) and "hidden" in repr(task.target)
        assert "Do it." in repr(task.input) and "a.py" in repr(task.input)


def test_a_folder_may_be_one_exercise(tmp_path: Path) -> None:
    assert [e.name for e in read_exercises(written(tmp_path / "one", OURS))] == ["one"]
    assert [e.name for e in read_exercises(exercism(tmp_path / "other"))] == ["other"]


def test_another_test_makes_another_domain(tmp_path: Path) -> None:
    before = load_domain(f"code:{written(tmp_path, OURS)}", {}).fingerprint()
    written(tmp_path, {"tests/test_a.py": TEST.replace("hidden", "other")})
    assert load_domain(f"code:{tmp_path}", {}).fingerprint() != before


def test_a_folder_is_the_same_domain_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = load_domain(f"code:{written(tmp_path / 'here', OURS)}", {}).fingerprint()
    monkeypatch.chdir(tmp_path)
    assert load_domain("code:here", {}).fingerprint() == whole


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no exercise found, expected folders with description.md or .meta/config.json"),
        ({"description.md": "Do it.", "a.py": ""}, "no folder tests, expected the hidden tests there"),
        ({**OURS, "description.md": " \n"}, "no description, expected description.md"),
        ({"description.md": "x", "tests/t.py": TEST}, "found no files, expected one in a known language"),
        ({**OURS, "tests/test_a.py": "x = 1\n"}, "found no tests of python, expected unittest tests or cases.json"),
        ({**OURS, "tests/test_a.py": "def f(:\n"}, "test_a.py: cannot be parsed"),
        ({**OURS, "tests/test_a.py": "def test_f(tmp_path): pass\n"}, r"test_a.py:1: test_f\(tmp_path\), expected"),
        ({**OURS, "tests/cases.json": "[{]"}, "cases.json:1: .*, expected JSON"),
        ({**OURS, "tests/cases.json": "{}"}, "cases.json: found {}, expected a list of cases"),
        ({**OURS, "tests/cases.json": '[{"stdout": 3}]'}, 'case 1 is {"stdout": 3}, expected'),
        ({**OURS, ".meta/config.json": "{}"}, "config.json: KeyError.*expected files with a solution and a test"),
    ],
)
def test_a_folder_that_is_not_as_it_should_be_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    with pytest.raises(ha.DomainError, match=message):
        load_domain(f"code:{written(tmp_path, files)}", {})


def test_options_and_folders_that_cannot_be_meant_are_refused(tmp_path: Path) -> None:
    written(tmp_path, OURS)
    with pytest.raises(ha.UsageError, match="expected a folder with exercises, as in code:FOLDER"):
        load_domain("code", {})
    with pytest.raises(ha.UsageError, match="option score of domain code is 'best', expected share or all"):
        load_domain(f"code:{tmp_path}", {"score": "best"})
    with pytest.raises(ha.UsageError, match=r"option seconds of domain code is -1\.0"):
        load_domain(f"code:{tmp_path}", {"seconds": "-1"})
    with pytest.raises(ha.DomainError, match="no such folder, expected exercises"):
        load_domain(f"code:{tmp_path / 'no'}", {})


def test_a_language_is_known_by_its_files() -> None:
    for name, command in (("a.c", ["gcc", "-O1", "-o", "program", "a.c", "-lm"]), ("a.pl", [])):
        language = language_of([name, "note.txt"])
        assert language is not None and language.building([name]) == command
    perl = language_of(["a.pl", "b.pl"])
    assert perl is not None and perl.running(["a.pl", "b.pl"]) == ["perl", "a.pl"]
    assert language_of(["x.unknown"]) is None
