"""The gateway: no question costs more than is left, however many are asked at once; what was answered is kept."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hyperagent as ha
from archive import copied, examined
from hyperagent.errors import LLMError, RunError, UsageError
from hyperagent.flow import Flow, Future, all_of
from hyperagent.gateway import PROPOSE, SOLVE, Gateway
from hyperagent.llm.exchanges import Exchanges
from hyperagent.llm.prices import Price, prices
from hyperagent.llm.protocol import Completion, Request, Usage
from sandbox_runner import Plain, Pool

PRICED = "scripted=10/50"
ANSWER = Completion(({"type": "text", "text": "four"},), usage=Usage(20, 30))
COST = (20 * 10 + 30 * 50) / 1e6
HELD = Price(10, 50).most(
    Request("scripted", ({"role": "user", "content": [{"type": "text", "text": "two and two?"}]},), 100)
)
"""What is held for the question below."""


@pytest.fixture
def flow() -> Iterator[Flow]:
    """A flow without jails: only threads."""
    with Pool(0) as pool:
        yield Flow(pool)


def gateway(flow: Flow, llm: ha.LLM, store: Any = None, **options: Any) -> Gateway:
    """A gateway of a run with these settings."""
    chosen = {"prices": PRICED, "call_tokens": 100, **options}
    return Gateway(llm, ha.Settings().updated(chosen), ha.Archive().store if store is None else store, flow)


def question(text: str = "two and two?", **options: Plain) -> Plain:
    return {"ask": "model", "messages": [{"role": "user", "content": text}], **options}


def replies(flow: Flow, *asked: tuple[Any, Plain]) -> list[Any]:
    """What questions that are put at once to conversations are answered with."""
    futures: list[Future[Any]] = [flow.spawn(conversation(what, lambda: None)) for conversation, what in asked]
    together = flow.spawn(all_of(futures))
    while not together.done:
        flow.advance(1.0)
    return together.result()


def proposal(gate: Gateway, number: int = 1) -> Any:
    return gate.conversation(f"{PROPOSE} {number}", f"{PROPOSE} {number}")


def test_an_answer_comes_with_what_it_cost(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted([ANSWER]))
    (reply,) = replies(flow, (proposal(gate), question()))
    assert reply == {"content": [*ANSWER.content], "stop_reason": "end_turn", "tokens": 50, "dollars": COST}
    assert gate.spent == COST


@settings(max_examples=25)
@given(st.integers(1, 40), st.integers(0, 2**32))
def test_calls_in_flight_never_exceed_the_cap_together(cents: int, seed: int) -> None:
    chance = random.Random(seed)
    dollars = cents / 1000

    def answer(_: Request) -> Completion:
        time.sleep(chance.random() / 2000)
        return Completion(ANSWER.content, usage=Usage(chance.randrange(30), chance.randrange(100)))

    with Pool(0) as pool:
        flow = Flow(pool)
        gate = gateway(flow, ha.Scripted(answer), dollars=dollars)
        asked = [(proposal(gate, number), question()) for number in range(8)] * 3
        found = replies(flow, *asked)
        spent = sum(reply["dollars"] for reply in found)
        assert spent == pytest.approx(gate.spent) and gate.spent <= dollars + 1e-9
        refused = [reply for reply in found if reply["stop_reason"] == "budget"]
        assert bool(gate.exhausted) == bool(refused)
        assert not refused or gate.spent + HELD > dollars, "nothing is refused that could have been paid"


def test_an_evaluation_that_cannot_be_paid_ends_the_run(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted([ANSWER]), dollars=1e-6)
    with pytest.raises(ha.BudgetExhausted, match=r"this run: with the next call it could be 0\.\d+ dollars of 0\.0000"):
        replies(flow, (gate.conversation(f"{SOLVE} abc lager", f"{SOLVE} abc"), question()))


@pytest.mark.parametrize("limit", [{"generation_calls": 2}, {"generation_dollars": HELD + COST}])
def test_one_proposal_cannot_use_what_is_meant_for_others(flow: Flow, limit: dict[str, float]) -> None:
    gate = gateway(flow, ha.Scripted(lambda _: ANSWER), **limit)
    greedy = proposal(gate, 1)
    ends = [replies(flow, (greedy, question()))[0]["stop_reason"] for _ in range(4)]
    assert ends == ["end_turn", "end_turn", "budget", "budget"]
    assert replies(flow, (proposal(gate, 2), question()))[0]["stop_reason"] == "end_turn"
    assert not gate.exhausted, "the run goes on"


def test_tokens_are_limited_like_dollars(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted(lambda _: ANSWER), tokens=1300)
    ends = [replies(flow, (proposal(gate, k), question()))[0]["stop_reason"] for k in range(6)]
    assert ends == sorted(ends, key=["end_turn", "budget"].index) and set(ends) == {"end_turn", "budget"}


def test_one_call_cannot_cost_more_than_its_own_limit(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted(lambda _: ANSWER), call_dollars=HELD - 1e-6)
    assert replies(flow, (proposal(gate), question()))[0]["stop_reason"] == "budget"
    assert replies(flow, (proposal(gate), question(max_tokens=10)))[0]["stop_reason"] == "end_turn"


def test_a_request_beyond_all_measure_does_not_end_the_run(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted(lambda _: ANSWER), dollars=1.0)
    replies(flow, (proposal(gate), question()))
    assert replies(flow, (proposal(gate), question("x" * 200_000)))[0]["stop_reason"] == "budget"
    assert not gate.exhausted


def test_several_calls_are_in_flight_at_once(flow: Flow) -> None:
    def slow(_: Request) -> Completion:
        time.sleep(0.2)
        return ANSWER

    gate = gateway(flow, ha.Scripted(slow))
    begun = time.monotonic()
    replies(flow, *[(proposal(gate, number), question()) for number in range(8)])
    assert time.monotonic() - begun < 0.8


def test_what_was_answered_is_not_asked_again_by_a_run_that_goes_on(flow: Flow, tmp_path: Path) -> None:
    first = ha.Archive(tmp_path / "archive.sqlite").store
    twice = proposal(gateway(flow, ha.Scripted(["one", "two"]), first))
    texts = [replies(flow, (twice, question()))[0]["content"][0]["text"] for _ in range(2)]
    first.close()
    store = ha.Archive(tmp_path / "archive.sqlite").store
    gate = gateway(flow, ha.Scripted([]), store)
    again = proposal(gate)
    assert [replies(flow, (again, question()))[0]["content"][0]["text"] for _ in range(2)] == texts == ["one", "two"]
    with pytest.raises(LLMError, match="no more answers"):
        replies(flow, (again, question()))
    assert gate.spent == sum(exchange.dollars for exchange in Exchanges(store)) > 0


def test_a_refusal_for_want_of_money_is_asked_again_when_there_is_more(flow: Flow) -> None:
    store = ha.Archive().store
    assert (
        replies(flow, (proposal(gateway(flow, ha.Scripted([]), store, dollars=1e-6)), question()))[0]["stop_reason"]
        == "budget"
    )
    assert (
        replies(flow, (proposal(gateway(flow, ha.Scripted([ANSWER]), store)), question()))[0]["stop_reason"]
        == "end_turn"
    )


def test_a_failure_of_the_model_is_nobodys_cost(flow: Flow) -> None:
    gate = gateway(flow, ha.Scripted([]))
    with pytest.raises(LLMError):
        replies(flow, (proposal(gate), question()))
    assert gate.spent == 0


def test_recordings_answer_without_a_model_and_cost_nothing(flow: Flow, tmp_path: Path) -> None:
    store = ha.Archive(tmp_path / "archive.sqlite").store
    first = replies(flow, (proposal(gateway(flow, ha.Scripted([ANSWER]), store)), question()))
    store.close()
    gate = gateway(flow, ha.Recorded(tmp_path), dollars=1e-9)
    assert replies(flow, (proposal(gate), question())) == first
    assert gate.spent == 0
    with pytest.raises(LLMError, match=r"no recording of this request of 'propose 1' to scripted"):
        replies(flow, (proposal(gate), question("another?")))


def test_recordings_go_along_with_a_copy_of_the_run(flow: Flow, tmp_path: Path) -> None:
    archive = ha.Archive(tmp_path / "archive.sqlite")
    first = replies(flow, (proposal(gateway(flow, ha.Scripted([ANSWER]), archive.store)), question()))
    archive.close()
    (tmp_path / "copy").mkdir()
    copied(tmp_path / "archive.sqlite", tmp_path / "copy" / "archive.sqlite")
    assert replies(flow, (proposal(gateway(flow, ha.Recorded(tmp_path / "copy"))), question())) == first
    assert examined(tmp_path / "copy" / "archive.sqlite").damage == []


def test_a_run_without_recordings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"no archive\.sqlite there"):
        ha.Recorded(tmp_path)
    ha.Archive(tmp_path / "archive.sqlite").close()
    with pytest.raises(RunError, match="no answer of a model is recorded"):
        ha.Recorded(tmp_path)


BAD: list[Plain] = [
    None, "complete", {"ask": "shell"}, {"ask": "model"}, question(3),  # type: ignore[arg-type]
    question(model="another"), question(max_tokens=-1), question(max_tokens="7"),
    question(system=[{"type": "image", "source": {"type": "url", "url": "http://127.0.0.1"}}]),
    question(tools=[{"type": "web_search_20250305", "name": "web_search"}]), question(tools="all"),
    question(tools=[{"name": "x", "description": "y", "input_schema": {"a": float("nan")}}]),
    {"ask": "model", "messages": [{"role": "system", "content": "obey"}]},
    {"ask": "model", "messages": [{"role": "user", "content": [{"type": "document", "source": {}}]}]},
    {"ask": "model", "messages": [{"role": "user", "content": b"bytes"}]},
    question("x" * 2_000_001), {"ask": "try", "edits": [], "tasks": ["a"]},
]  # fmt: skip


@pytest.mark.parametrize("bad", BAD, ids=range(len(BAD)))
def test_a_question_of_another_shape_is_answered_with_an_error_and_costs_nothing(flow: Flow, bad: Plain) -> None:
    gate = gateway(flow, ha.Scripted([]))
    (reply,) = replies(flow, (proposal(gate), bad))
    assert reply.keys() == {"error"}
    assert gate.spent == 0


def test_nothing_is_passed_on_that_is_not_known_by_name(flow: Flow) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Completion:
        seen.append(request)
        return ANSWER

    block = {"type": "text", "text": "hm", "citations": [1], "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    tool = {"name": "x", "description": "y", "input_schema": {}, "type": "web_search_20250305", "defer_loading": True}
    asked: Plain = {
        "ask": "model", "messages": [{"role": "user", "content": [block], "id": 7}], "tools": [tool], "top_k": 3,
        "api_key": "mine", "extra_headers": {"x": "y"},
    }  # fmt: skip
    replies(flow, (proposal(gateway(flow, ha.Scripted(answer))), asked))
    assert seen[0].tools == ({"name": "x", "description": "y", "input_schema": {"type": "object"}},)
    assert seen[0].messages == ({"role": "user", "content": [
        {"type": "text", "text": "hm", "cache_control": {"type": "ephemeral"}}]},)  # fmt: skip


def test_prices_are_found_by_name_or_given_and_never_guessed() -> None:
    known = prices(["claude-haiku-4-5-20251001", "my-model"], "my-model=0.5/2.5")
    assert (known["claude-haiku-4-5-20251001"].input, known["my-model"].output) == (1.0, 2.5)
    assert prices(["claude-haiku-4-5"], "claude-haiku-4-5=7/8")["claude-haiku-4-5"] == Price(7.0, 8.0)
    with pytest.raises(UsageError, match="no price of claude-haiku-9 is known"):
        prices(["claude-haiku-9"], "")
    for wrong in ("x", "x=1", "x=1/y", "x=-1/2"):
        with pytest.raises(UsageError, match="prices has"):
            prices(["x"], wrong)


def test_a_price_counts_the_cache_and_long_prompts() -> None:
    price = Price(2.0, 10.0, cached=0.1, long=1000, long_factor=5.0)
    assert price.dollars(Usage(100, 10, 200, 40)) == pytest.approx((100 * 2 + 200 * 0.2 + 40 * 2.5 + 10 * 10) / 1e6)
    assert price.dollars(Usage(1001, 0)) == pytest.approx(5 * 2002 / 1e6)


@given(st.text(max_size=400), st.integers(1, 5000), st.data())
def test_no_answer_costs_more_than_was_held_for_it(text: str, max_tokens: int, data: st.DataObject) -> None:
    request = Request("m", ({"role": "user", "content": text},), max_tokens)
    parts = [data.draw(st.integers(0, max(1, len(text.encode()) // 3))) for _ in range(3)]
    usage = Usage(parts[0], data.draw(st.integers(0, max_tokens)), parts[1], parts[2])
    price = Price(data.draw(st.floats(0, 100)), data.draw(st.floats(0, 100)), long=100, long_factor=5.0)
    assert price.dollars(usage) <= price.most(request) + 1e-9
