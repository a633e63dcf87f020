"""Coroutines over a pool: results in order, errors where they are awaited."""

import pytest

from hyperagent.flow import Flow, Future, all_of
from sandbox_runner import Call, Module, Pool, Returned

ECHO = Module("def main(api, value):\n    return value\n")


def echo(value: int) -> Call:
    return Call(entry="echo_back:main", harness={"echo_back": ECHO}, arguments=(value,))


def run(flow: Flow, future: Future[object]) -> object:
    while not future.done:
        flow.advance(1.0)
    return future.result()


def test_calls_made_together_are_answered_in_the_order_of_asking() -> None:
    async def all_three(flow: Flow) -> list[object]:
        return [o.value for o in await all_of([flow.call(echo(n)) for n in (1, 2, 3)]) if isinstance(o, Returned)]

    with Pool(2) as pool:
        flow = Flow(pool)
        assert run(flow, flow.spawn(all_three(flow))) == [1, 2, 3]
        assert flow.idle


def test_an_error_reaches_whoever_awaits_it_and_nobody_else() -> None:
    async def broken(flow: Flow) -> None:
        await flow.call(echo(1))
        raise ValueError("broken")

    async def careful(flow: Flow) -> str:
        try:
            await flow.spawn(broken(flow))
        except ValueError as error:
            return str(error)
        return "nothing"

    with Pool(1) as pool:
        flow = Flow(pool)
        assert run(flow, flow.spawn(careful(flow))) == "broken"
        with pytest.raises(ValueError, match="broken"):
            run(flow, flow.spawn(broken(flow)))


def test_what_is_not_finished_can_be_given_up() -> None:
    closed = []

    async def patient() -> None:
        try:
            await Future[None]()
        finally:
            closed.append(True)

    with Pool(1) as pool:
        flow = Flow(pool)
        flow.spawn(patient())
        flow.advance(0.0)
        flow.close()
    assert closed == [True]
