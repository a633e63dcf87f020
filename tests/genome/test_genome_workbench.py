"""What a language model can do to a copy of the genome: every tool, and what it says when it cannot."""

import json
from typing import Any

import pytest
from model import FILES, PARENT, tools
from seed import SEED, child

from genome import workbench
from meta import Patch, apply


def desk(asked: Any = None, history: tuple[dict[str, Any], ...] = ()) -> Any:
    return workbench.Desk(PARENT, [*history], tools(asked=asked))


def test_every_tool_that_is_offered_can_be_used_and_says_what_it_needs() -> None:
    assert [tool["name"] for tool in workbench.TOOLS] == [*workbench.USES]
    for tool in workbench.TOOLS:
        schema = tool["input_schema"]
        assert tool["description"] and schema["required"] == [*schema["properties"]]
        names = schema["required"]
        code = workbench.USES[tool["name"]].__code__
        assert [*code.co_varnames[1 : code.co_argcount]] == names


def test_the_genome_is_read_by_file_by_definition_and_by_statement() -> None:
    table = desk()
    assert workbench.used(table, "read", {"at": "task_agent.py"}) == FILES["task_agent.py"]
    assert workbench.used(table, "read", {"at": "task_agent:answer"}).startswith("def answer(task):")
    assert workbench.used(table, "read", {"at": "task_agent:answer/body[1]"}) == "result = task"
    assert "    solve: Return an answer" in workbench.used(table, "outline", {})
    assert "task_agent.py:13: def answer(task):" in workbench.used(table, "search", {"text": "def answer"})
    assert workbench.used(table, "search", {"text": "nowhere to be found"}).startswith("no line")


def test_trials_come_the_worst_first_and_past_patches_with_how_they_fared() -> None:
    table = desk(history=(child(1, ["task_agent.py"], 0.25), child(2, ["model m"], -0.5, parent=1)))
    trials = workbench.used(table, "trials", {})
    assert trials.startswith("task a: score 0.0") and "expected ba" in trials
    past = workbench.used(table, "past", {}).splitlines()
    assert past[0] == "1 from 0: alive, +0.250, task_agent.py: child 1"
    assert past[1] == "2 from 1: alive, -0.500, model m: child 2"


EDITS: list[tuple[str, dict[str, str], str]] = [
    ("replace", {"at": "task_agent:answer/body[1]", "source": "result = task[::-1]"}, "    result = task[::-1]\n"),
    ("replace", {"at": "task_agent:answer", "source": "def answer(task):\n    return 7"}, "    return 7"),
    ("insert", {"at": "task_agent:answer/body[1]", "source": "task = str(task)"}, "    task = str(task)\n    result"),
    ("insert", {"at": "task_agent", "source": "def more():\n    return 1"}, "def more():\n    return 1\n"),
    ("insert", {"at": "task_agent:answer", "source": "LIMIT = 3"}, "LIMIT = 3\ndef answer"),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), EDITS)
def test_an_edit_changes_the_copy_and_is_a_patch_of_the_parent(
    name: str, arguments: dict[str, str], expected: str
) -> None:
    table = desk()
    assert workbench.used(table, name, arguments).startswith("done")
    assert expected in table.files["task_agent.py"]
    assert dict(apply(SEED, Patch.from_plain({"edits": workbench.edits(table)})).items()) == table.files
    assert table.parent["files"] == FILES, "the parent's own files are as they were"


def test_what_is_edited_before_can_be_edited_again() -> None:
    table = desk()
    workbench.used(table, "insert", {"at": "task_agent", "source": "def more():\n    return 1"})
    workbench.used(table, "replace", {"at": "task_agent:more/body[0]", "source": "return 2"})
    workbench.used(table, "delete", {"at": "task_agent:more"})
    assert table.files == FILES


def test_files_are_added_and_words_rewritten() -> None:
    table = desk()
    workbench.used(table, "write_file", {"name": "more.py", "source": "X = 1\n"})
    workbench.used(table, "write_file", {"name": "constitution.md", "source": "Be good.\n"})
    grown = apply(SEED, Patch.from_plain({"edits": workbench.edits(table)}))
    assert (grown["more.py"], grown["constitution.md"]) == ("X = 1\n", "Be good.\n")


FAULTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "replace",
        {"at": "task_agent:answer/body[1]", "source": "result = ("},
        "task_agent:answer/body.1.: .*never closed",
    ),
    ("replace", {"at": "task_agent:nobody", "source": "x = 1"}, "0 definitions of nobody, not 1"),
    ("replace", {"at": "nowhere:answer", "source": "x = 1"}, "no file nowhere.py"),
    ("read", {"at": "task_agent:answer/body[9]"}, "body has 3 items"),
    ("read", {"at": "../../etc/passwd"}, "address"),
    ("read", {"at": "/etc/passwd"}, "address"),
    ("write_file", {"name": "../escape.py", "source": ""}, "escape"),
    ("write_file", {"name": "/etc/passwd", "source": ""}, "passwd"),
    ("write_file", {"name": "task_agent.py", "source": ""}, "edit its definitions"),
    ("delete", {"at": "task_agent:answer/body[0].value"}, "not a statement"),
    ("try_out", {"tasks": ["validation-7"]}, "no train task validation-7, expected some of a, b"),
    ("shell", {"command": "id"}, "no tool shell"),
    ("read", {"where": "x"}, "unexpected keyword"),
    ("submit", {}, "missing 2 required"),
]


@pytest.mark.parametrize(("name", "arguments", "words"), FAULTS)
def test_what_cannot_be_done_says_so_and_changes_nothing(name: str, arguments: dict[str, Any], words: str) -> None:
    table = desk()
    with pytest.raises((ValueError, TypeError, KeyError), match=words):
        workbench.used(table, name, arguments)
    assert table.files == FILES


def test_the_check_says_what_the_gate_would() -> None:
    table = desk()
    assert workbench.used(table, "check", {}) == "nothing is changed"
    workbench.used(table, "insert", {"at": "task_agent:solve", "source": "import socket"})
    assert "import of socket" in workbench.used(table, "check", {})
    workbench.used(table, "delete", {"at": "task_agent:/body[1]"})
    workbench.used(table, "delete", {"at": "task_agent:solve"})
    assert "0 functions solve, not 1" in workbench.used(table, "check", {})


def test_a_rehearsal_asks_the_host_with_the_edits_so_far() -> None:
    asked: list[Any] = []

    def host(question: Any) -> Any:
        asked.append(question)
        return {"trials": [{"task": "a", "outcome": "Returned", "score": 1.0, "feedback": ""}]}

    table = desk(host)
    workbench.used(table, "replace", {"at": "task_agent:answer/body[1]", "source": "result = task[::-1]"})
    assert workbench.used(table, "try_out", {"tasks": ["a"]}) == "a: score 1.0 (parent 0.0), Returned "
    assert asked == [{"ask": "try", "edits": workbench.edits(table), "tasks": ["a"]}]


def test_notes_of_one_proposal_are_all_kept() -> None:
    table = desk(history=(child(8, [], 0.0),))
    for text in ("words are turned round", "loops are slow here"):
        workbench.used(table, "note", {"text": text})
    namespace: dict[str, Any] = {}
    exec(table.files["notes.py"], namespace)
    assert [note["text"] for note in namespace["NOTES"]] == ["words are turned round", "loops are slow here"]
    assert namespace["NOTES"][0] == {**namespace["NOTES"][0], "evidence": [4], "at": 8}
    assert json.dumps(namespace["NOTES"])
