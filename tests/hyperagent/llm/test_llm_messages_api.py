"""The real client over HTTP: what may pass is tried again, the rest is an outcome or an end, all of it bounded."""

from collections.abc import Iterator
from typing import Any

import pytest

from hyperagent.errors import LLMError, UsageError
from hyperagent.llm import Anthropic, Completion, Request, Usage
from hyperagent.llm.messages_api import ATTEMPTS, LONGEST_PAUSE, STREAM_FROM, pause_before
from tests.hyperagent.messages_server import Answer, Cut, Garbled, Message, Record, Slow, Status, messages_server, uses

KEY = "sk-ant-not-a-real-key"
MODEL = "claude-haiku-4-5"
SHORT, LONG = 100, STREAM_FROM + 1
TEXT = ({"type": "text", "text": "four"},)


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def request(max_tokens: int = SHORT, **options: Any) -> Request:
    """Two and two."""
    message = {"role": "user", "content": [{"type": "text", "text": "two and two?"}]}
    return Request(MODEL, (message,), max_tokens, **options)


def asked(*answers: Answer, max_tokens: int = SHORT) -> tuple[Completion | LLMError, Record, list[float]]:
    """What comes of one request where the server answers so in turn, what it saw, and the pauses that were made."""
    left: Iterator[Answer] = iter(answers)
    pauses: list[float] = []
    with messages_server(lambda _: next(left)) as (address, record):
        client = Anthropic(MODEL, address, pause=pauses.append, timeout=0.5)
        try:
            return client.complete(request(max_tokens)), record, pauses
        except LLMError as error:
            return error, record, pauses


@pytest.mark.parametrize("max_tokens", [SHORT, LONG])
@pytest.mark.parametrize(
    "fault",
    [Status(429), Status(529, "overloaded_error"), Status(500), Status(503, retry_after=None), Cut(), Cut(middle=True),
     Garbled(), Garbled(b""), Garbled(b"[]"), Garbled(b"{}"), Garbled(b"event: message_start\ndata: {}\n\n"),
     Slow(0.8, "too late")],
)  # fmt: skip
def test_what_may_pass_is_tried_again(fault: Answer, max_tokens: int) -> None:
    found, record, pauses = asked(fault, Message(TEXT, usage=(10, 3, 2, 1)), max_tokens=max_tokens)
    assert found == Completion(TEXT, "end_turn", Usage(10, 3, 2, 1))
    assert len(record.requests) == 2 and len(pauses) == 1


def test_the_server_is_given_the_time_it_asks_for() -> None:
    found, _, pauses = asked(Status(429, retry_after="7"), Status(529, retry_after="99999"), Message(TEXT))
    assert isinstance(found, Completion)
    assert 7 <= pauses[0] < 8
    assert LONGEST_PAUSE <= pauses[1] < LONGEST_PAUSE + 1, "a server cannot stop a run for a day"


def test_pauses_grow_and_differ_by_chance_and_have_a_bound() -> None:
    grown = [pause_before(attempt, None, 0.5) for attempt in range(20)]
    assert grown == sorted(grown) and grown[1] > grown[0] and grown[-1] <= LONGEST_PAUSE
    assert pause_before(3, None, 0.1) != pause_before(3, None, 0.9)


def test_after_the_last_attempt_it_says_why_and_never_with_the_key() -> None:
    found, record, pauses = asked(*[Status(529, "overloaded_error", f"busy {KEY[:3]}")] * ATTEMPTS)
    assert isinstance(found, LLMError)
    assert f"{MODEL}: no answer in {ATTEMPTS} attempts, the last: OverloadedError" in str(found)
    assert KEY not in repr(found) and len(record.requests) == ATTEMPTS == len(pauses) + 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_no_second_attempt_can_change_ends_at_once(status: int) -> None:
    found, record, _ = asked(Status(status, text="no such thing"))
    assert isinstance(found, LLMError) and "no such thing" in str(found) and len(record.requests) == 1


def test_an_empty_purse_is_no_fault_of_the_request() -> None:
    found, _, _ = asked(Status(400, "invalid_request_error", "Your credit balance is too low"))
    assert isinstance(found, LLMError)


def test_a_request_that_the_server_finds_fault_with_is_an_outcome() -> None:
    found, record, _ = asked(Status(400, "invalid_request_error", "messages: too many"))
    assert isinstance(found, Completion)
    assert found.stop_reason == "rejected" and "messages: too many" in found.text and len(record.requests) == 1


@pytest.mark.parametrize("max_tokens", [SHORT, LONG])
@pytest.mark.parametrize(
    ("answer", "stop_reason"),
    [(Message((), "refusal"), "refusal"), (Message(TEXT, "max_tokens"), "max_tokens"), (Message(()), "empty"),
     (uses("read", at="x"), "tool_use"), (Message(TEXT, "pause_turn"), "pause_turn")],
)  # fmt: skip
def test_how_an_answer_ends_is_told(answer: Message, stop_reason: str, max_tokens: int) -> None:
    found, _, _ = asked(answer, max_tokens=max_tokens)
    assert isinstance(found, Completion)
    assert (found.stop_reason, found.content) == (stop_reason, answer.content)


def test_thinking_is_passed_on_and_what_is_not_known_is_left_out() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "abc"}
    found, _, _ = asked(Message((thinking, {"type": "server_tool_use", "id": "x", "name": "y", "input": {}}, *TEXT)))
    assert isinstance(found, Completion) and found.content == (thinking, *TEXT)


def test_long_answers_are_streamed_and_short_ones_are_not() -> None:
    _, short, _ = asked(Message(TEXT))
    _, long, _ = asked(Message(TEXT), max_tokens=LONG)
    assert not short.requests[0].get("stream") and long.requests[0]["stream"] is True


def test_the_request_is_sent_as_it_is_and_without_the_place_that_asks() -> None:
    tool = {"name": "read", "description": "reads", "input_schema": {"type": "object"}}
    system = {"type": "text", "text": "sources", "cache_control": {"type": "ephemeral"}}
    with messages_server(lambda _: "four") as (address, record):
        Anthropic(MODEL, address).complete(request(system=(system,), tools=(tool,), place="propose 3", occurrence=2))
    sent = {name: value for name, value in record.requests[0].items() if name != "key"}
    assert sent == {"model": MODEL, "max_tokens": SHORT, "messages": list(request().messages),
                    "system": [system], "tools": [tool]}  # fmt: skip
    assert record.requests[0]["key"] == KEY


def test_without_a_key_only_another_server_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(UsageError, match="needs ANTHROPIC_API_KEY"):
        Anthropic(MODEL)
    with messages_server(lambda _: "four") as (address, _):
        assert Anthropic(MODEL, address).complete(request()).text == "four"
