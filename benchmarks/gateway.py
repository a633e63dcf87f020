"""What does a call of a model cost beyond the server's own time?

python benchmarks/gateway.py [--calls 200] [--characters 40000]

A jailed agent asks a local server that answers at once, again and again. Between two of its calls lies everything of
ours and the client's: the answer read, priced, written down and sent into the jail, the next question checked, looked
up, reserved for and sent. The same requests by the bare client say how much of that is the client's.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import anthropic

import hyperagent as ha
from tests.hyperagent.messages_server import Body, messages_server

MODEL = "claude-haiku-4-5"
AGENT = """
def solve(task, tools):
    for number in range(task["calls"]):
        tools.llm(f"{number} " + "x" * task["characters"])
"""


def main() -> None:
    """Print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--characters", type=int, default=40_000)
    options = parser.parse_args()
    os.environ.setdefault("ANTHROPIC_API_KEY", "none")
    bare, ours = Gaps(), Gaps()
    with messages_server(bare.answer) as (address, _):
        by_client(address, options.calls, options.characters)
    with messages_server(ours.answer) as (address, _), tempfile.TemporaryDirectory() as folder:
        begun = os.times()
        by_agent(address, Path(folder) / "run", options.calls, options.characters)
        ended = os.times()
    print(f"between two calls of the bare client: {bare.median:.2f} ms")
    print(f"between two calls of a jailed agent:  {ours.median:.2f} ms, a tenth of them above {ours.high:.2f} ms")
    print(f"so our own code: {ours.median - bare.median:.2f} ms a call")
    spent = 1000 * (ended.user + ended.system - begun.user - begun.system) / options.calls
    print(f"processor time of host, client and server together: {spent:.2f} ms a call")


class Gaps:
    """The times between an answer and the next request, as the server sees them."""

    def __init__(self) -> None:
        self._last = 0.0
        self._gaps: list[float] = []

    def answer(self, _: Body) -> str:
        """An answer at once; the two moments are noted."""
        now = time.perf_counter()
        if self._last:
            self._gaps.append(1000 * (now - self._last))
        self._last = time.perf_counter()
        return "four"

    @property
    def median(self) -> float:
        """The median, in milliseconds."""
        return statistics.median(self._gaps)

    @property
    def high(self) -> float:
        """What a tenth of them is above."""
        return statistics.quantiles(self._gaps, n=10)[-1]


def by_client(address: str, calls: int, characters: int) -> None:
    """The requests of the agent, made by the client alone."""
    client = anthropic.Anthropic(base_url=address)
    for number in range(calls):
        content = f"{number} " + "x" * characters
        client.messages.create(model=MODEL, max_tokens=4000, messages=[{"role": "user", "content": content}])


def by_agent(address: str, folder: Path, calls: int, characters: int) -> None:
    """The requests as a jailed agent makes them, kept in the archive of a run."""
    task = ha.Task("ask", input={"calls": calls, "characters": characters})
    splits: dict[str, list[str]] = {"train": ["ask"], "validation": [], "test": []}
    domain = ha.Domain("asking", [task], lambda _task, _answer: 0.0, seed=AGENT, splits=splits)
    list(ha.evolve(domain, folder, generations=0, llm=MODEL, base_url=address, workers=1, call_tokens=4000, dollars=0))


if __name__ == "__main__":
    main()
