"""The command line as a user meets it: output, exit codes, interruptions."""

import json
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from hyperagent.domains import BUILT_IN

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[[Sequence[object]], "subprocess.Popen[str]"]


def ended(run: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """The JSON object that a run ends with."""
    assert run.returncode == 0, run.stderr
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_a_run_ends_with_one_object_that_has_what_was_promised(hyperagent: Run, domain_file: Path) -> None:
    found = ended(hyperagent("run", f"{domain_file}:backwards", "--generations", 12, "--run", "r", "--json"))
    assert (found["run"], found["domain"], found["generations"]) == ("r", "backwards", 12)
    for who in ("seed", "best"):
        standing = found[who]
        assert isinstance(standing, dict)
        assert {"id", "digest", "train", "validation", "test"} <= set(standing)
    assert len(str(found["lineage"])) == 64
    assert found["dollars"] == 0
    assert isinstance(found["offspring_per_second"], float)
    course = found["course"]
    assert isinstance(course, dict)
    assert {"area", "velocity", "cpu_per_point", "plateaus", "regressions", "gap", "noise_floor"} <= set(course)


@pytest.mark.slow
def test_the_reading_commands_answer_for_a_run(hyperagent: Run, domain_file: Path, tmp_path: Path) -> None:
    ended(hyperagent("run", domain_file, "--generations", 12, "--run", "r", "--json"))
    rows = json.loads(hyperagent("show", "r", "--json").stdout)
    assert [row["id"] for row in rows] == list(range(13))
    assert json.loads(hyperagent("show", "r", 3, "--json").stdout)["id"] == 3
    assert json.loads(hyperagent("best", "r", "--out", "genome", "--json").stdout)["digest"]
    assert (tmp_path / "genome" / "task_agent.py").is_file()
    assert json.loads(hyperagent("lineage", "r", "--json").stdout)[0]["id"] == 0
    assert hyperagent("diff", "r", 0, 1).returncode == 0
    assert hyperagent("report", "r").returncode == 0
    assert (tmp_path / "r" / "report.html").stat().st_size > 100_000
    assert hyperagent("show", "r").stdout and hyperagent("best", "r").returncode == 0
    again = hyperagent("run", "--genome", "genome", domain_file, "--generations", 0, "--run", "r2", "--json")
    assert ended(again)["seed"]


@pytest.mark.slow
def test_a_run_can_be_made_longer(hyperagent: Run, domain_file: Path) -> None:
    whole = ended(hyperagent("run", domain_file, "--generations", 20, "--run", "a", "--json"))
    ended(hyperagent("run", domain_file, "--generations", 9, "--run", "b", "--json"))
    longer = ended(hyperagent("resume", "b", "--generations", 20, "--json"))
    assert longer["lineage"] == whole["lineage"]


def test_the_domains_and_the_walls_are_listed(hyperagent: Run) -> None:
    assert [row["name"] for row in json.loads(hyperagent("domains", "--json").stdout)] == [*BUILT_IN]
    assert hyperagent("doctor").returncode in (0, 1)


def records(folder: Path) -> int:
    """How many individuals a run has kept."""
    try:
        with sqlite3.connect(f"file:{folder / 'archive.sqlite'}?mode=ro", uri=True) as connection:
            return int(connection.execute("SELECT COUNT(*) FROM record").fetchone()[0])
    except sqlite3.Error:
        return 0


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_an_interrupted_run_says_how_to_go_on_and_does(
    hyperagent: Run, started: Start, domain_file: Path, tmp_path: Path
) -> None:
    whole = ended(hyperagent("run", domain_file, "--generations", 40, "--run", "a", "--json"))
    process = started(["run", domain_file, "--generations", 40, "--run", "b"])
    wait_for(lambda: records(tmp_path / "b") > 5)
    process.send_signal(signal.SIGINT)
    _, words = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "hyperagent resume b" in words
    assert ended(hyperagent("resume", "b", "--json"))["lineage"] == whole["lineage"]


def kill_after(process: "subprocess.Popen[str]", folder: Path, count: int) -> None:
    """Kill a run once it has kept so many individuals, or has ended."""
    wait_for(lambda: records(folder) >= count or process.poll() is not None)
    process.kill()
    process.communicate(timeout=20)


@pytest.mark.slow
def test_a_killed_run_ends_in_the_same_digest(
    hyperagent: Run, started: Start, domain_file: Path, tmp_path: Path
) -> None:
    whole = ended(hyperagent("run", domain_file, "--generations", 50, "--run", "a", "--json"))
    chance = random.Random(7)
    begin = ["run", domain_file, "--generations", 50, "--run", "b"]
    for _ in range(3):
        process = started(begin if records(tmp_path / "b") == 0 else ["resume", "b"])
        kill_after(process, tmp_path / "b", records(tmp_path / "b") + chance.randrange(1, 15))
    assert ended(hyperagent("resume", "b", "--json"))["lineage"] == whole["lineage"]


@pytest.mark.slow
def test_a_second_process_on_a_run_is_refused(
    hyperagent: Run, started: Start, domain_file: Path, tmp_path: Path
) -> None:
    process = started(["run", domain_file, "--generations", 500, "--run", "r"])
    wait_for(lambda: records(tmp_path / "r") > 1)
    refused = hyperagent("resume", "r")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert refused.returncode == 1
    assert "in use by another process" in refused.stderr


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


BAD_DOMAIN = "import hyperagent as ha\ntasks = [ha.Task('a', input=1, target=2)]\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run", "nowhere"], 2, "domain 'nowhere' is unknown, expected one of repair"),
        (["run", "repair:missing"], 1, "missing"),
        (["run", "repair:empty"], 1, "empty"),
        (["run", "repair:torn"], 1, "torn.json"),
        (["run", "missing.py:domain"], 2, "no such file"),
        (["run", "signature.py"], 1, "expected score(task, answer)"),
        (["run", "syntax.py"], 1, "SyntaxError"),
        (["run", "--workers", "0"], 2, "--workers is 0, expected at least 1"),
        (["run", "--workers", "-3"], 2, "workers is -3"),
        (["run", "--set", "speed=3"], 2, "setting 'speed' is unknown"),
        (["run", "--set", "lag=fast"], 2, "setting lag is 'fast', expected int"),
        (["run", "--set", "domain.size=3"], 2, "has no option 'size'"),
        (["run", "--genome", "broken"], 1, "the seed genome cannot run"),
        (["run", "--genome", "nowhere"], 1, "no such folder"),
        (["run", "--run", "occupied"], 1, "holds other files"),
        (["run", "--run", "/proc/run"], 1, "cannot be made"),
        (["run", "--llm", "claude-x"], 2, "ANTHROPIC_API_KEY"),
        (["show", "empty"], 1, "no archive.sqlite there"),
        (["resume", "nowhere"], 1, "no archive.sqlite there"),
        (["show", "garbage"], 1, "archive.sqlite"),
        (["dance"], 2, "dance"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    hyperagent: Run, tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "empty").mkdir()
    write(tmp_path / "torn" / "torn.py", "def torn(x):\n    return x\n")
    write(tmp_path / "torn" / "torn.json", "[[1, 2], [3")
    write(tmp_path / "signature.py", BAD_DOMAIN + "domain = ha.Domain('d', tasks, lambda answer: 1.0)\n")
    write(tmp_path / "syntax.py", "def (:\n")
    write(tmp_path / "broken" / "task_agent.py", "def solve(task, tools)\n")
    write(tmp_path / "occupied" / "thesis.tex", "precious")
    write(tmp_path / "garbage" / "archive.sqlite", "not a database at all")
    before = sorted(tmp_path.rglob("*"))
    found = hyperagent(*arguments, environment={"ANTHROPIC_API_KEY": ""})
    assert (found.returncode, found.stdout) == (code, "")
    assert words in found.stderr
    assert "Traceback" not in found.stderr
    left = {p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*")) if p not in before}
    assert left <= {"runs", "garbage/archive.sqlite-wal", "garbage/archive.sqlite-shm"}


def test_help_names_every_command_and_a_broken_pipe_is_no_bug(hyperagent: Run) -> None:
    found = hyperagent("--help")
    assert found.returncode == 0
    for name in ("run", "resume", "show", "best", "lineage", "diff", "report", "domains", "doctor"):
        assert name in found.stdout
