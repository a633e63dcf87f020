"""A job that is run again is not asked for twice."""

from sandbox_runner.conversation import Conversation


def test_a_question_is_new_once_and_its_reply_is_due_once() -> None:
    talk = Conversation()
    assert talk.ask("a")
    assert talk.due() == []
    assert talk.answer(1)
    assert talk.due() == [1]
    assert talk.due() == []
    assert not talk.answer(2), "nobody asked"


def test_a_second_run_hears_what_the_first_was_told() -> None:
    talk = Conversation()
    talk.ask("a")
    talk.answer(1)
    talk.due()
    talk.ask("b")
    talk.restart()
    assert talk.due() == []
    assert not talk.ask("a")
    assert talk.due() == [1]
    assert talk.answer(2), "b is still open"
    assert talk.due() == [], "and the second run has not asked it yet"
    assert not talk.ask("b")
    assert talk.due() == [2]


def test_a_second_run_that_asks_something_else_is_heard() -> None:
    talk = Conversation()
    talk.ask("a")
    talk.answer(1)
    talk.restart()
    assert talk.ask("c")
    assert talk.due() == []
    assert talk.answer(3)
    assert talk.due() == [3]
