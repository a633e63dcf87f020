"""The task agent with a language model, its notes and its skills."""

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model import Llm, says, uses

from genome import answering, notes, skills, task_agent

texts = st.text(st.sampled_from("abcdefgh "), max_size=60)
kept = st.lists(
    st.builds(lambda text, strength, at: {"text": text, "evidence": [at], "strength": strength, "at": at},
              texts, st.floats(0.5, 5), st.integers(0, 100)), max_size=60,
)  # fmt: skip


def handed(llm: Any, **extra: Any) -> SimpleNamespace:
    """The tools of a task agent with a model; `extra` are those of its domain, functions of one argument."""
    offered = [{"name": name, "description": name, "input_schema": {"type": "object"}} for name in extra]
    return SimpleNamespace(llm=llm, offered=offered, **extra)


def test_an_answer_that_a_check_finds_right_is_given() -> None:
    llm = Llm([says("4"), says("OK")])
    assert task_agent.solve("2 + 2", handed(llm)) == "4"
    assert "2 + 2" in llm.asked[0][0][0]["content"][0]["text"] and "4" in llm.asked[1][0][0]["content"]


def test_a_fault_is_reflected_on_and_the_answer_given_again() -> None:
    llm = Llm([says("5"), says("that is one too many"), says("I will count.\nANSWER: 4"), says("OK")])
    assert answering.solve("2 + 2", handed(llm)) == "4"
    assert "that is one too many" in llm.asked[2][0][-1]["content"][-1]["text"]


def test_the_domains_own_check_goes_before_the_models() -> None:
    llm = Llm([says("5"), says("ANSWER: 4")])
    assert answering.solve("2 + 2", handed(llm, check=lambda answer: "" if answer == "4" else "wrong")) == "4"


def test_the_model_uses_the_tools_of_the_domain() -> None:
    llm = Llm([uses("square", x=3), uses("square", y=3), says("9"), says("OK")])
    assert answering.solve({"square of": 3}, handed(llm, square=lambda x: x * x)) == "9"
    results = [message["content"][0] for message in llm.asked[2][0][2::2]]
    assert results[0]["content"] == "9" and results[1]["is_error"]
    assert llm.asked[0][1]["tools"][0]["name"] == "square"


@pytest.mark.parametrize("reply", [says("", "refusal"), says("", "budget"), says("", "empty")])
def test_a_model_that_says_nothing_gives_an_empty_answer_and_costs_little(reply: Any) -> None:
    llm = Llm(lambda _messages, **_options: reply)
    assert answering.solve("2 + 2", handed(llm)) == ""
    assert len(llm.asked) <= 3


def test_notes_that_bear_on_a_task_are_part_of_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    note = {"text": "squares grow quickly", "evidence": [1], "strength": 1.0, "at": 5}
    monkeypatch.setattr(notes, "NOTES", [note, {**note, "text": "words are turned round"}])
    llm = Llm([says("9"), says("OK")])
    answering.solve("squares of three", handed(llm))
    question = llm.asked[0][0][0]["content"][0]["text"]
    assert "squares grow quickly" in question and "turned round" not in question


def test_a_note_that_says_the_same_is_confirmed_and_not_repeated() -> None:
    once = notes.added([], "loops over words are slow here", [1], 10)
    twice = notes.added(once, "loops over long words are slow", [7], 20)
    assert len(twice) == 1 and twice[0]["evidence"] == [1, 7] and twice[0]["strength"] == 2.0 and twice[0]["at"] == 20
    assert len(notes.added(once, "selection prefers young parents", [7], 20)) == 2
    assert notes.deleted(twice, "loops over words are slow") == []


@given(kept, st.integers(100, 400))
def test_notes_fade_are_bounded_and_the_firmest_stay(many: list[Any], now: int) -> None:
    left = notes.forgotten(many, now)
    assert len(left) <= notes.MOST_NOTES and all(note in many for note in left)
    gone = [note for note in many if note not in left]
    floor = min((notes.retention(note, now) for note in left), default=math.inf)
    assert all(notes.retention(note, now) <= max(floor, notes.FAINT) for note in gone)
    later = notes.forgotten(many, now + 10_000)
    assert later == []


def test_a_confirmed_note_outlives_one_that_was_not() -> None:
    once = {"text": "a", "evidence": [], "strength": 1.0, "at": 0}
    assert notes.retention({**once, "strength": 3.0}, 200) > 3 * notes.retention(once, 200)


@given(kept, texts)
def test_what_is_found_shares_a_word(many: list[Any], text: str) -> None:
    found = notes.relevant(many, text, 100, most=3)
    assert len(found) <= 3 and all(notes.words(note["text"]) & notes.words(text) for note in found)


SKILLS = [name for name in vars(skills) if callable(getattr(skills, name)) and not name.startswith("test_")]


@pytest.mark.parametrize("name", SKILLS)
def test_every_skill_has_a_purpose_and_a_test_that_holds(name: str) -> None:
    assert getattr(skills, name).__doc__
    getattr(skills, f"test_{name}")()
