"""The meta agent without a language model: patches of its own genome that fit, and lessons that are kept."""

import ast
import itertools
import json
import random
from typing import Any

import pytest
from seed import FILES, PARENT, SEED, child, tools

from genome import memory, meta_agent
from meta import Patch, PatchError, Policy, Violation, apply, diff
from meta.gate import file_violations

SEEDS = 200


def test_most_of_what_is_proposed_fits_and_may_run() -> None:
    refused: list[str] = []
    barred: list[Violation] = []
    empty = 0
    for seed in range(SEEDS):
        patch = Patch.from_plain(meta_agent.propose(PARENT, [], tools(seed)))
        try:
            grown = apply(SEED, patch)
            changed = [name for name in grown if grown[name] != SEED[name]]
            barred += [v for name in changed for v in file_violations(name, grown.raw(name), Policy())][:1]
        except PatchError as error:
            refused.append(str(error))
        assert patch.title and bool(patch.edits) == bool(patch.operators)
        empty += not patch.edits
    assert empty <= 0.02 * SEEDS
    assert len(refused) <= 0.15 * SEEDS, refused
    assert len(refused) + len(barred) <= 0.2 * SEEDS, barred


def test_a_proposal_is_decided_by_its_seed() -> None:
    first, again = ([meta_agent.propose(PARENT, [], tools(seed)) for seed in range(8)] for _ in range(2))
    assert first == again
    assert len({json.dumps(patch) for patch in first}) > 3


def test_what_was_tried_from_a_parent_is_not_proposed_again() -> None:
    title = meta_agent.propose(PARENT, [], tools(3))["title"]
    history = [{**child(1, [], 0.0), "title": title}]
    assert meta_agent.propose(PARENT, history, tools(3))["title"] != title


def test_neither_the_same_edit_by_another_operator_is_proposed_again_nor_what_undoes_the_last_one() -> None:
    agent = '"""The task agent."""\n\nWIDTH = 2\n\n\ndef solve(task, tools):\n    return WIDTH\n'
    parent = {**PARENT, "id": 1, "files": {**FILES, "task_agent.py": agent}}
    history = [
        {**child(1, ["step_integer"], 0.1), "title": "task_agent:WIDTH value: 1 -> 2"},
        {**child(2, ["plain_integer"], 0.0, parent=1), "title": "task_agent:WIDTH value: 2 -> 3"},
    ]
    free, bound = ({proposed_width(parent, told, seed) for seed in range(300)} for told in ([], history))
    assert {"1", "3"} <= free and len(bound - {None}) > 1
    assert not {"1", "3"} & bound


def test_what_was_tried_on_one_with_the_same_task_agent_is_not_proposed_again() -> None:
    title = meta_agent.propose(PARENT, [], tools(3))["title"]
    other = {**child(1, ["memory.py", "memory:FADING"], 0.0), "title": "memory:FADING value: 0.9 -> 0.8"}
    history = [other, {**child(2, [], 0.0, parent=1), "title": title}]
    assert meta_agent.propose(PARENT, history, tools(3))["title"] != title
    history[0] = {**other, "operators": ["symbols.py", "symbols:near"]}
    assert meta_agent.propose(PARENT, history, tools(3))["title"] == title


def proposed_width(parent: dict[str, Any], history: list[dict[str, Any]], seed: int) -> str | None:
    """What a proposal makes of WIDTH, if that is all that it does."""
    edits = meta_agent.propose(parent, history, tools(seed))["edits"]
    return edits[0]["new"] if len(edits) == 1 and edits[0]["at"] == "task_agent:WIDTH/value" else None


def test_a_seed_proposes_for_all_its_files() -> None:
    assert meta_agent.FILES.keys() <= FILES.keys()


def test_a_definition_may_come_from_another_individual() -> None:
    other = FILES["selection.py"].replace("1e-9", "1e-3").replace("EXPLORATION = 0.1", "EXPLORATION = 0.2")
    donor = {"id": 7, "score": 1.0, "files": {"selection.py": other}}
    found = {}
    for seed in range(20):
        patch = meta_agent.recombined(PARENT, tools(seed, (donor,)))
        found[patch["title"]] = apply(SEED, Patch.from_plain(patch))["selection.py"]
    assert found.keys() == {"selection:select as in 7", "selection:EXPLORATION as in 7"}
    assert found["selection:select as in 7"] == FILES["selection.py"].replace("1e-9", "1e-3")


def test_no_child_is_made_that_would_be_the_other_individual_again() -> None:
    donor = {"id": 7, "score": 1.0, "files": {"selection.py": FILES["selection.py"].replace("1e-9", "1e-3")}}
    assert meta_agent.recombined(PARENT, tools(0, (donor,))) is None


def test_what_is_remembered_can_be_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    better = "def answer(task):\n    return task[::-1]"
    monkeypatch.setattr(memory, "KNOWN", {"task_agent:answer": better, "task_agent:gone": "def gone():\n    pass"})
    patch = meta_agent.recalled(PARENT, random.Random(0))
    assert patch["title"] == "task_agent:answer as remembered"
    grown = apply(SEED, Patch.from_plain(patch))
    assert better in str(grown["task_agent.py"])
    assert meta_agent.recalled({**PARENT, "files": dict(grown)}, random.Random(0)) is None
    titles = {meta_agent.propose(PARENT, [], tools(seed))["title"] for seed in range(40)}
    assert "task_agent:answer as remembered" in titles


@pytest.mark.parametrize("spoilt", ["def answer(task:", "answer = 1\nother = 2", "other = 1", "", "\0", 7, ["answer"]])
def test_a_memory_that_was_spoilt_spoils_no_proposal(spoilt: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KNOWN", {"task_agent:answer": spoilt})
    assert meta_agent.recalled(PARENT, random.Random(0)) is None


def test_what_would_not_find_what_it_uses_is_not_brought_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KNOWN", {"task_agent:answer": "def answer(task):\n    return helper(len(task))"})
    assert meta_agent.recalled(PARENT, random.Random(0)) is None
    with_helper = FILES["task_agent.py"] + "\n\ndef helper(task):\n    return task\n"
    assert meta_agent.recalled({**PARENT, "files": {**FILES, "task_agent.py": with_helper}}, random.Random(0))


def test_nothing_is_taken_over_where_there_is_nothing_else_to_take() -> None:
    assert meta_agent.recombined(PARENT, tools(0)) is None
    assert meta_agent.recombined(PARENT, tools(0, ({"id": 7, "score": 1.0, "files": {}},))) is None


def remembered(history: list[dict[str, Any]], operators: list[str]) -> dict[str, Any]:
    """A patch at a moment when the meta agent writes its memory."""
    seed = next(seed for seed in itertools.count() if random.Random(seed).random() < meta_agent.REMEMBER)
    patch = {"edits": [], "title": "a patch", "operators": operators}
    lessons = memory.learned(history)
    return dict(meta_agent.remembering(patch, PARENT, lessons, history, random.Random(seed)))


def test_remembering_writes_the_lessons_into_the_child() -> None:
    history = [child(1, ["swap"], 0.5), child(2, ["swap", "drop"], -0.5)]
    grown = apply(SEED, Patch.from_plain(remembered(history, ["task_agent.py"])))
    namespace: dict[str, Any] = {}
    exec(str(grown["memory.py"]), namespace)
    assert namespace["LESSONS"] == memory.forget(memory.learned(history))
    assert namespace["LESSONS"]["swap"] == [1.8, 0.9]
    assert namespace["LEARNED_UNTIL"] == 2
    assert {edit.at for edit in diff(SEED, grown).edits} == {"memory:LESSONS/value", "memory:LEARNED_UNTIL/value"}  # type: ignore[union-attr]
    assert namespace["KNOWN"] == {}, "the parent is the seed, which has gained nothing"
    assert namespace["learned"](history) == namespace["LESSONS"], "what is remembered is not counted twice"


@pytest.mark.parametrize(("history", "operators"), [([], ["task_agent.py"]), ([child(1, ["a"], 1.0)], ["memory.py"])])
def test_nothing_is_remembered_without_a_history_or_across_a_change_of_the_memory(
    history: list[dict[str, Any]], operators: list[str]
) -> None:
    assert remembered(history, operators)["edits"] == []


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".py")])
def test_the_definitions_of_a_file_are_its_text(name: str) -> None:
    for definition, text in meta_agent.definitions(FILES[name]):
        assert text in FILES[name] and definition in text
        assert len(ast.parse(text).body) == 1
