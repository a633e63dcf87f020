"""A small domain, as objects and as a file, and the command as a user types it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import hyperagent as ha

WORDS = ("stressed", "drawer", "lager", "diaper", "reward", "desserts")
GENOMES = Path(__file__).parents[1] / "genomes"
COMMAND = [sys.executable, "-c", "from hyperagent.cli import main; main()"]

DOMAIN_FILE = """
import hyperagent as ha

words = {words}
tasks = [ha.Task(word, input=word, target=word[::-1]) for word in words]


def score(task, answer):
    return float(answer == task.target)


backwards = ha.Domain("backwards", tasks, score)
"""


def score(task: ha.Task, answer: object) -> float:
    """1 for the word backwards, 0 for anything else."""
    return float(answer == task.target)


def domain_with(seed: str | None = None, **options: object) -> ha.Domain:
    """Words to be turned round, by a seed agent of the test's choice."""
    tasks = [ha.Task(word, input=word, target=word[::-1]) for word in WORDS]
    return ha.Domain("backwards", tasks, options.pop("score", score), seed=seed, **options)  # type: ignore[arg-type]


def specimen(name: str) -> str:
    """The source of a task agent in tests/genomes."""
    return (GENOMES / f"{name}.py").read_text("utf-8")


@pytest.fixture
def domain_file(tmp_path: Path) -> Path:
    """The small domain as a user's own file."""
    path = tmp_path / "backwards.py"
    path.write_text(DOMAIN_FILE.format(words=WORDS), "utf-8")
    return path


@pytest.fixture
def hyperagent(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The command, run to its end in a folder of its own."""

    def run(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def started(tmp_path: Path) -> Callable[[Sequence[object]], "subprocess.Popen[str]"]:
    """The command, begun in a process group of its own and not waited for."""

    def start(arguments: Sequence[object]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, *map(str, arguments)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    return start
