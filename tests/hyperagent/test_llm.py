"""A language model behind the gateway: the real client, a local server, real jails."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import hyperagent as ha
from hyperagent.gateway import Gateway
from tests.hyperagent.conftest import domain_with
from tests.hyperagent.messages_server import messages_server

KEY = "sk-ant-not-a-real-key"
BACKWARDS = {
    "definition": "task_agent:solve",
    "source": "def solve(task, tools):\n    return task[::-1]",
    "title": "turn the word round",
    "hypothesis": "the expected answers are the words backwards",
}


def programmer(prompt: str) -> str:
    """What a model would answer: a patch where one is asked for, else a guess at the task."""
    return f"Here it is:\n{json.dumps(BACKWARDS)}" if "rewriting one definition" in prompt else "no idea"


def busy_at_first(answer: Callable[[str], str]) -> Callable[[str], str | int]:
    """The same answers after two refusals."""
    refusals = iter([529, 429])
    return lambda prompt: next(refusals, None) or answer(prompt)


def test_a_model_writes_the_patch_and_its_key_stays_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    with messages_server(busy_at_first(programmer)) as (address, requests):
        settings = {"llm": "claude-test-haiku", "base_url": address}
        population = list(ha.evolve(domain_with(), generations=2, **settings))
    best = max(population, key=lambda child: child.score)
    assert (population[0].score, best.score) == (0.0, 1.0)
    assert best.patch is not None
    assert best.patch.title == "turn the word round"
    assert best.evaluations["test"].mean == 1.0
    assert {request["key"] for request in requests} == {KEY}
    assert KEY not in repr(population)


def test_an_answer_that_is_no_patch_is_a_stillborn_child() -> None:
    population = list(ha.evolve(domain_with(), generations=1, llm=ha.Scripted(["nonsense"] * 50)))
    assert population[1].stillborn[0].startswith("propose: ValueError")


def test_a_budget_that_is_spent_stops_the_run_before_the_next_call() -> None:
    children = ha.evolve(domain_with(), generations=3, llm=ha.Scripted([programmer("")] * 50), dollars=1e-6)
    with pytest.raises(ha.BudgetExhausted, match="spent 0"):
        list(children)


@pytest.mark.parametrize("question", [None, "complete", {"ask": "shell"}, {"ask": "complete", "prompt": 3}])
def test_a_question_of_another_shape_is_answered_with_an_error_and_costs_nothing(question: object) -> None:
    gateway = Gateway(ha.Scripted(["never given"]), 1, ha.Archive().store)
    reply = gateway.answer_for("solve")(question)  # type: ignore[arg-type]
    assert isinstance(reply, dict)
    assert "error" in reply
    assert gateway.spent == 0


def test_what_was_spent_is_remembered_by_the_run(tmp_path: Path) -> None:
    store = ha.Archive(tmp_path / "archive.sqlite").store
    gateway = Gateway(ha.Scripted(["four"]), 1, store)
    gateway.answer_for("solve")({"ask": "complete", "prompt": "two and two?"})
    assert gateway.spent > 0
    store.close()
    again = Gateway(ha.Scripted([]), 1, ha.Archive(tmp_path / "archive.sqlite").store)
    assert again.spent == gateway_cost(prompt=12, answer=4)


def gateway_cost(prompt: int, answer: int) -> float:
    """What a model that no price is known for costs, by characters, at four to a token."""
    return (prompt // 4 * 15.0 + answer // 4 * 75.0) / 1e6
