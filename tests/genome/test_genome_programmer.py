"""The meta agent with a language model: its loop, its second look, and what it does when the model does not help."""

import random
from typing import Any

import pytest
from model import FILES, PARENT, Llm, says, tools, uses
from seed import SEED, child

from genome import dialogue, meta_agent, models, programmer
from meta import Patch, apply

TURN = uses("replace", at="task_agent:answer/body[1]", source="result = task[::-1]")
SUBMIT = uses("submit", title="turn it", hypothesis="words are backwards")


def proposed(*replies: Any, history: tuple[Any, ...] = ()) -> tuple[dict[str, Any], Llm]:
    """What is proposed where the model replies so in turn."""
    llm = Llm(replies)
    return meta_agent.propose(PARENT, [*history], tools(llm)), llm


def test_a_patch_is_edited_reviewed_and_submitted() -> None:
    patch, llm = proposed(TURN, SUBMIT, says("SUBMIT"))
    assert (patch["title"], patch["hypothesis"]) == ("turn it", "words are backwards")
    assert patch["operators"] == ["model m", "task_agent:answer"]
    assert "result = task[::-1]" in str(apply(SEED, Patch.from_plain(patch))["task_agent.py"])
    review = llm.asked[2][0][0]["content"]
    assert "turn it" in review and "words are backwards" in review and "Principles of a good patch" in review


def test_a_critique_sends_it_back_and_after_some_it_is_kept_anyway() -> None:
    again = uses("replace", at="task_agent:answer/body[1]", source="result = task[::-1] * 1")
    patch, llm = proposed(TURN, SUBMIT, says("REVISE: too clever"), again, SUBMIT, says("SUBMIT: fine"))
    assert "result = task[::-1] * 1" in str(apply(SEED, Patch.from_plain(patch))["task_agent.py"])
    assert "REVISE: too clever" in llm.asked[3][0][-1]["content"][0]["content"]
    stubborn, _ = proposed(TURN, SUBMIT, says("REVISE"), SUBMIT, says("REVISE"), SUBMIT)
    assert stubborn["title"] == "turn it"


def test_what_the_gate_would_refuse_is_not_submitted() -> None:
    bad = uses("insert", at="task_agent:solve", source="import socket")
    _, llm = proposed(bad, SUBMIT, uses("delete", at="task_agent:/body[1]"), TURN, SUBMIT, says("SUBMIT"))
    assert "the gate would refuse it" in llm.asked[2][0][-1]["content"][0]["content"]


def test_failures_of_the_past_and_the_users_principles_are_before_the_reviewer() -> None:
    llm = Llm([TURN, SUBMIT, says("SUBMIT")])
    handed = tools(llm)
    handed.constitution = "Never use a loop."
    meta_agent.propose(PARENT, [child(1, [], 0.0), child(2, [], 0.5)], handed)
    review = llm.asked[2][0][0]["content"]
    assert "- child 1" in review and "- child 2" not in review
    assert "Never use a loop." in review and "Principles of a good patch" not in review
    assert "Never use a loop." in llm.asked[0][1]["system"][0]["text"]


@pytest.mark.parametrize("reason", ["budget", "refusal", "rejected", "model_context_window_exceeded"])
def test_when_the_model_stops_what_is_on_the_desk_is_handed_in(reason: str) -> None:
    patch, _ = proposed(TURN, says("", reason))
    assert patch["title"] == "unfinished: task_agent:answer" and patch["operators"][0] == "model m"


@pytest.mark.parametrize(
    "reply", [says("", "budget"), says("", "empty"), says("I cannot"), uses("shell", command="id")]
)
def test_where_nothing_comes_of_it_operators_propose(reply: Any) -> None:
    llm = Llm(lambda _messages, **_options: reply)
    patch = meta_agent.propose(PARENT, [], tools(llm))
    assert patch["edits"] and "model m" not in patch["operators"]
    assert len(llm.asked) <= programmer.STEPS, "bounded in steps"


def test_a_model_that_only_talks_is_not_paid_for_long() -> None:
    llm = Llm(lambda _messages, **_options: says("I cannot"))
    meta_agent.propose(PARENT, [], tools(llm))
    assert len(llm.asked) == dialogue.PATIENCE


def test_it_is_bounded_in_tokens() -> None:
    llm = Llm(lambda _messages, **_options: {**uses("outline"), "tokens": programmer.TOKENS // 3})
    meta_agent.propose(PARENT, [], tools(llm))
    assert len(llm.asked) == 4


def test_a_cut_answer_is_not_done_and_is_told_so() -> None:
    cut = {**TURN, "stop_reason": "max_tokens"}
    patch, llm = proposed(cut, TURN, SUBMIT, says("SUBMIT"))
    told = llm.asked[1][0][-1]["content"][0]
    assert told["is_error"] and told["content"] == dialogue.CUT and patch["title"] == "turn it"


def test_every_use_of_a_tool_is_answered_and_the_last_words_are_marked_for_the_cache() -> None:
    both = {**TURN, "content": [*TURN["content"], *uses("outline")["content"]]}
    _, llm = proposed(both, SUBMIT, says("SUBMIT"))
    messages = llm.asked[1][0]
    assert [block["tool_use_id"] for block in messages[-1]["content"]] == ["toolu_replace", "toolu_outline"]
    marks = [block for message in messages for block in message["content"] if "cache_control" in block]
    assert marks == [messages[-1]["content"][-1]]


def test_every_model_is_tried_and_then_the_one_that_wins_most_for_its_cost() -> None:
    names, history = ["dear", "cheap"], []
    picks = []
    for number in range(1, 120):
        pick = models.choice(names, history, random.Random(number))
        picks.append(pick)
        won = number % 2 if pick == "dear" else number % 3 == 0
        cost = 0.2 if pick == "dear" else 0.05
        history.append({**child(number, [models.topic(pick)], 0.1 if won else 0.0), "dollars": cost})
    assert set(picks[:2]) == set(names)
    assert picks.count("cheap") > 2 * picks.count("dear") > 2


def test_models_that_nobody_tried_are_all_begun_with() -> None:
    assert {models.choice(["a", "b", "c"], [], random.Random(seed)) for seed in range(30)} == {"a", "b", "c"}


def test_equally_dear_models_are_chosen_by_what_they_win() -> None:
    history = [{**child(k, [f"model {'ab'[k % 2]}"], float(k % 2)), "dollars": 0.1} for k in range(1, 41)]
    assert models.choice(["a", "b"], history, random.Random(0)) == "b"
    assert models.choice(["a"], history, random.Random(0)) == "a"


def test_the_seed_is_shown_whole_or_in_outline() -> None:
    _, llm = proposed(TURN, SUBMIT, says("SUBMIT"))
    shown = llm.asked[0][1]["system"][1]["text"]
    for name in FILES:
        assert f"=== {name}\n" in shown
    assert FILES["task_agent.py"] in shown and FILES["statements.py"] not in shown
