"""Tasks: enough of them, fair ones, and the same ones everywhere."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import Any

import pytest

import hyperagent.domains.repair as repair
from hyperagent.domain import Task
from hyperagent.domains.repair import tools
from hyperagent.domains.repair.cases import failing
from hyperagent.domains.repair.corpus import ENTRIES
from hyperagent.domains.repair.tasks import repair_tasks
from hyperagent.errors import DomainError

SOURCES = {entry.name: entry.source for entry in ENTRIES}
FAMILIES = {entry.name: entry.family for entry in ENTRIES}


def shown(task: Task) -> Mapping[str, Any]:
    assert isinstance(task.input, dict)
    return task.input


def hidden(task: Task) -> list[Any]:
    assert isinstance(task.target, dict)
    tests = task.target["tests"]
    assert isinstance(tests, list)
    return tests


def report(task: Task, source: str, tests: list[Any]) -> tools.Report:
    run = tools.tools({**shown(task), "tests": tests})["run"]
    assert callable(run)
    found = run(source)
    assert isinstance(found, tools.Report)
    return found


@pytest.fixture(scope="module")
def made() -> tuple[list[Task], dict[str, list[str]]]:
    return repair_tasks(0, 20, 40, 60)


def test_there_are_as_many_tasks_as_asked_for_each_with_a_name_of_its_own(
    made: tuple[list[Task], dict[str, list[str]]],
) -> None:
    tasks, splits = made
    assert {split: len(ids) for split, ids in splits.items()} == {"train": 20, "validation": 40, "test": 60}
    assert sorted(task.id for task in tasks) == sorted(id for ids in splits.values() for id in ids)
    assert len({task.id for task in tasks}) == 120


def test_no_function_is_in_two_splits_and_every_split_has_most_families(
    made: tuple[list[Task], dict[str, list[str]]],
) -> None:
    functions = {split: {id.rsplit("-", 1)[0] for id in ids} for split, ids in made[1].items()}
    assert sum(map(len, functions.values())) == len(set().union(*functions.values()))
    for names in functions.values():
        assert len({FAMILIES[name] for name in names}) >= 6


def test_visible_and_hidden_tests_both_tell_the_fault_from_the_correct_function(
    made: tuple[list[Task], dict[str, list[str]]],
) -> None:
    for task in made[0]:
        correct = SOURCES[shown(task)["function"]]
        for tests in (shown(task)["tests"], hidden(task)):
            assert not report(task, shown(task)["source"], tests).ok, task.id
            assert report(task, correct, tests).ok, task.id


def test_no_hidden_test_is_visible(made: tuple[list[Task], dict[str, list[str]]]) -> None:
    for task in made[0]:
        visible = [arguments for arguments, _ in shown(task)["tests"]]
        assert len(visible) == 6
        assert len(hidden(task)) == 12
        assert not [arguments for arguments, _ in hidden(task) if arguments in visible]


def test_no_source_comes_twice_and_ids_say_nothing_of_the_fault(
    made: tuple[list[Task], dict[str, list[str]]],
) -> None:
    tasks = made[0]
    assert len({shown(task)["source"] for task in tasks}) == len(tasks)
    for task in tasks:
        name, number = task.id.rsplit("-", 1)
        assert name == shown(task)["function"]
        assert number.isdigit()


def test_a_split_can_be_larger_than_the_number_of_its_functions() -> None:
    tasks, splits = repair_tasks(1, 2, 300, 2)
    assert len(splits["validation"]) == 300
    assert len({shown(task)["source"] for task in tasks}) == 304


def test_empty_splits_are_empty() -> None:
    assert repair_tasks(0, 3, 0, 0)[1] == {"train": repair_tasks(0, 3, 0, 0)[1]["train"], "validation": [], "test": []}


def test_more_tasks_than_there_are_is_an_error_that_says_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hyperagent.domains.repair.tasks.ENTRIES", ENTRIES[:1])
    monkeypatch.setattr("hyperagent.domains.repair.tasks.faults", lambda *_: iter(()))
    with pytest.raises(DomainError, match="0 train tasks can be made, expected 1"):
        repair_tasks(0, 1, 0, 0)


def test_the_tasks_do_not_depend_on_the_hash_seed_of_the_process() -> None:
    program = (
        "import json; from hyperagent.domains.repair.tasks import repair_tasks;"
        "print(json.dumps([[t.id, t.input, t.target] for t in repair_tasks(7, 20, 20, 20)[0]]))"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert found[0] == found[1]
    assert len(json.loads(found[0])) == 60


def test_another_seed_makes_other_tasks_and_deals_functions_otherwise() -> None:
    assert repair_tasks(1, 5, 5, 5)[1] != repair_tasks(2, 5, 5, 5)[1]


def test_faults_the_compiler_warns_of_are_made_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    assert failing("def double(n):\n    return True[0]\n", "double", []) == []
    assert not recwarn.list


def test_tasks_are_made_fast() -> None:
    start = time.process_time()
    repair_tasks(3, 20, 40, 60)
    assert time.process_time() - start < 1.0


def test_the_domain_names_its_splits_and_hands_out_the_sources_that_run_in_the_jail() -> None:
    domain = repair.domain(train=4, validation=5, test=6, runs=7)
    splits = domain.split(99)
    assert {split: len(tasks) for split, tasks in splits.items()} == {"train": 4, "validation": 5, "test": 6}
    assert {shown(task)["runs"] for task in domain.tasks.values()} == {7}
    assert domain.tools is not None
    assert "def tools(task" in domain.tools
    assert {"exec", "eval", "compile", "open"} <= set(domain.without)
    assert domain.fingerprint() == repair.domain(train=4, validation=5, test=6, runs=7).fingerprint()


def test_the_tools_import_nothing_but_the_standard_library_and_steps() -> None:
    source = repair.domain(train=1, validation=1, test=1).tools
    assert source is not None
    lines = [line.split()[1].split(".")[0] for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert set(lines) - sys.stdlib_module_names == {"sandbox_runner"}
