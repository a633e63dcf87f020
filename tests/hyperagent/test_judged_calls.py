"""Calls of an answer that is code: each has its steps, and an answer without an end does not have them every time."""

from hyperagent.guests import run_function

SOURCE = """
def counted(rounds):
    for _ in range(rounds):
        pass
    return rounds
"""


def found(*rounds: int) -> list[dict[str, object]]:
    answers: list[dict[str, object]] = run_function.main(None, SOURCE, "counted", [[count] for count in rounds])  # type: ignore[no-untyped-call]
    return answers


def test_each_call_has_steps_of_its_own() -> None:
    assert found(90_000, 90_000) == [{"value": 90_000}] * 2


def test_after_a_call_without_an_end_the_others_have_a_tenth_of_the_steps() -> None:
    endless, short, long = found(10**9, 9_000, 90_000)
    assert endless == {"error": "more than 100000 steps"}
    assert short == {"value": 9_000}
    assert long == {"error": "more than 10000 steps"}
