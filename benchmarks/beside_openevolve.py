"""How fast beside OpenEvolve? The same folder with a trivial evaluator and as many workers, one after the other.

    python -m venv theirs && theirs/bin/pip install openevolve
    python benchmarks/beside_openevolve.py --theirs theirs/bin/openevolve-run [--offspring 1000] [--turns 1]

OpenEvolve needs a language model. It is given a server on this machine that answers at once with one small edit of the
program that it was shown, so what is timed is OpenEvolve. Ours makes offspring with its operators. Each program of ours
is run in a jail, and none of theirs. Their times are those of their own log. An offspring of ours that was refused
before it ran counts for nothing; one whose program is that of an earlier one is not evaluated again, and counts.
"""

import argparse
import json
import random
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import hyperagent as ha
from hyperagent.domains import load_domain

PROGRAM = """# EVOLVE-BLOCK-START
def value():
    first = 1
    second = 2
    third = 3
    return first * second + third
# EVOLVE-BLOCK-END
"""
EVALUATOR = """import runpy


def evaluate(program_path):
    found = runpy.run_path(program_path)["value"]()
    return {"combined_score": 1.0 / (1.0 + abs(found - 1000))}
"""
CONFIG = """max_iterations: {offspring}
checkpoint_interval: 100000
llm:
  api_base: http://127.0.0.1:{port}/v1
  api_key: none
  primary_model: instant
  primary_model_weight: 1.0
evaluator:
  parallel_evaluations: {workers}
  cascade_evaluation: false
database:
  population_size: 1000
  log_prompts: false
"""
SHOWN = re.compile(r"# Current Program\n```\w*\n(.*?)```", re.DOTALL)
LINE = re.compile(r"^(\S+ \S+?),(\d+) .*Iteration (\d+): Program \S+ ")
FIRST, LAST = 150, 250


@dataclass(frozen=True)
class Times:
    """When the run was begun, and when each program had been evaluated, in seconds; the first is about the seed's."""

    begun: float
    ends: list[float]

    def rate(self, first: int, last: int) -> float:
        """Programs a second, from one to another."""
        return (last - first) / (self.ends[last] - self.ends[first])

    def whole(self, count: int) -> float:
        """Programs a second with all that comes before the first of them."""
        return count / (self.ends[count] - self.begun)


def main() -> None:
    """Print a row for each turn of each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--theirs", type=Path, required=True)
    parser.add_argument("--offspring", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--turns", type=int, default=1)
    options = parser.parse_args()
    print(f"| programs a second, {options.workers} workers | first {FIRST} | with start-up | last {LAST} | evaluated |")
    print("|---|---|---|---|---|")
    for _ in range(options.turns):
        with tempfile.TemporaryDirectory() as folder, example(Path(folder)) as program:
            tell("OpenEvolve", theirs(options.theirs, program, options.offspring, options.workers))
            tell("hyperagent", ours(program, options.offspring, options.workers))


def tell(name: str, times: Times) -> None:
    """One row."""
    count = len(times.ends) - 1
    rates = times.rate(0, FIRST), times.whole(FIRST), times.rate(count - LAST, count)
    print(f"| {name} | {' | '.join(f'{rate:.1f}' for rate in rates)} | {count} |", flush=True)


@contextmanager
def example(folder: Path) -> Iterator[Path]:
    """A folder in OpenEvolve's layout."""
    (folder / "program").mkdir()
    (folder / "program" / "initial_program.py").write_text(PROGRAM)
    (folder / "program" / "evaluator.py").write_text(EVALUATOR)
    yield folder / "program"


def ours(program: Path, offspring: int, workers: int) -> Times:
    """Hyperagent on the folder, until so many programs have been evaluated."""
    begun, ends = time.monotonic(), list[float]()
    for child in ha.evolve(load_domain(f"script:{program}", {}), generations=4 * offspring, workers=workers):
        if any(trial.cpu_seconds for evaluation in child.evaluations.values() for trial in evaluation.trials):
            ends.append(time.monotonic())
        if len(ends) > offspring:
            break
    return Times(begun, ends)


def theirs(command: Path, program: Path, offspring: int, workers: int) -> Times:
    """OpenEvolve on the folder."""
    out = program.parent / "out"
    shutil.rmtree(out, ignore_errors=True)
    with model() as port:
        config = program.parent / "config.yaml"
        config.write_text(CONFIG.format(offspring=offspring, port=port, workers=workers))
        begun = time.time()
        subprocess.run(
            [command.absolute(), program / "initial_program.py", program / "evaluator.py", "--config", config,
             "--output", out, "--iterations", str(offspring)],
            check=True, capture_output=True, timeout=1800,
        )  # fmt: skip
    (log,) = (out / "logs").glob("*.log")
    return Times(begun, [moment(found) for line in log.read_text().splitlines() if (found := LINE.match(line))])


def moment(found: re.Match[str]) -> float:
    """The time at which a line of their log was written."""
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").timestamp() + int(found[2]) / 1000


@contextmanager
def model() -> Iterator[int]:
    """A server that answers like a language model that thinks for no time, and its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Instant)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class Instant(BaseHTTPRequestHandler):
    """Changes one number of the program that a prompt shows."""

    protocol_version = "HTTP/1.1"
    rng = random.Random(0)

    def do_POST(self) -> None:
        """Answer a chat completion."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = edit(body["messages"][-1]["content"], self.rng)
        message = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        answer = {"id": "1", "object": "chat.completion", "created": 0, "model": "instant",
                  "choices": [message], "usage": usage}  # fmt: skip
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def edit(prompt: str, rng: random.Random) -> str:
    """One line of the program in a prompt, with another number."""
    shown = SHOWN.search(prompt)
    lines = [] if shown is None else re.findall(r"^ +\w+ = \d+$", shown[1], re.MULTILINE)
    if not lines:
        return "nothing to change"
    line = rng.choice(lines)
    other = re.sub(r"\d+$", str(rng.randrange(10_000)), line)
    return f"<<<<<<< SEARCH\n{line}\n=======\n{other}\n>>>>>>> REPLACE"


if __name__ == "__main__":
    main()
