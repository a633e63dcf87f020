"""A run that is killed: the trials that its generations in flight had finished are not made again."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, ArchiveError, leases

COMMAND = [sys.executable, "-c", "from hyperagent.cli import main; main()"]
DOMAIN = """
import pathlib, time
import hyperagent as ha

words = ("stressed", "drawer", "lager", "diaper", "reward", "desserts", "stop", "live", "loop", "trap", "part", "evil")


def score(task, answer):
    time.sleep(0.1)
    with open({log!r}, "a") as log:
        print(task.id, file=log)
    return float(answer == task.target)


backwards = ha.Domain("backwards", [ha.Task(word, word, word[::-1]) for word in words], score)
"""


def domain(folder: Path) -> Path:
    """The file of a domain that writes down each task when one of its trials is scored."""
    folder.mkdir()
    file = folder / "words.py"
    file.write_text(DOMAIN.format(log=str(folder / "log")))
    return file


def finished(*arguments: str) -> tuple[dict[str, object], str]:
    """What a command prints as JSON, and what it says."""
    done = subprocess.run([*COMMAND, *arguments, "--json"], capture_output=True, text=True, timeout=100, check=True)
    return json.loads(done.stdout), done.stderr


def kept(run: Path) -> int:
    """How many finished trials are kept; none in a file that has not been laid out yet."""
    file = run / "archive.sqlite"
    if not file.exists():
        return 0
    try:
        archive = Archive(file, create=False)
    except ArchiveError:
        return 0
    with closing(archive):
        return sum(lease.trials for lease in leases(archive.store))


def killed(file: Path, run: Path, trials: int, sign: signal.Signals) -> int:
    """Begin a run, end it as soon as so many trials are kept of generations in flight, and say how many were."""
    arguments = ["run", str(file), "--generations", "6", "--workers", "2", "--run", str(run)]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as host:
        end = time.monotonic() + 60
        while host.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
            if kept(run) >= trials:
                # What is kept of a generation is gone when the generation is complete, so time must stand still.
                host.send_signal(signal.SIGSTOP)
                if kept(run) >= trials:
                    break
                host.send_signal(signal.SIGCONT)
        host.send_signal(sign)
        host.send_signal(signal.SIGCONT)
    return kept(run)


def scored(file: Path) -> Counter[str]:
    """How often each task was scored."""
    return Counter((file.parent / "log").read_text().split())


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_what_was_finished_for_a_generation_in_flight_is_not_tried_again(tmp_path: Path, sign: signal.Signals) -> None:
    calm, shot = domain(tmp_path / "calm"), domain(tmp_path / "shot")
    whole, _ = finished("run", str(calm), "--generations", "6", "--workers", "2", "--run", str(tmp_path / "a"))
    saved = killed(shot, tmp_path / "b", 6, sign)
    assert saved >= 6
    told, words = finished("resume", str(tmp_path / "b"))
    assert told["lineage"] == whole["lineage"] and told["head"] != ""
    assert "in flight: " in words and f"{saved} trials" in words
    extra = scored(shot).total() - scored(calm).total()
    # What ended since the last write, and what was under way.
    assert extra <= 0.25 / 0.1 + 4 < saved + 4, (extra, saved)
    assert kept(tmp_path / "b") == 0


@pytest.mark.slow
def test_show_and_doctor_say_what_was_in_flight_and_name_what_was_edited(tmp_path: Path) -> None:
    file, run = domain(tmp_path / "words"), tmp_path / "run"
    saved = killed(file, run, 4, signal.SIGKILL)
    found, _ = finished("doctor", str(run))
    assert sum(lease["trials"] for lease in found["in_flight"]) == saved  # type: ignore[attr-defined]
    with closing(Archive(run / "archive.sqlite")) as archive:
        archive.store._rows("UPDATE work SET content = x'93' WHERE attempt = (SELECT max(attempt) FROM work)")
    done = subprocess.run([*COMMAND, "doctor", str(run)], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and "in flight: is not what was written" in done.stdout
    _, words = finished("resume", str(run))
    assert "was not what was written; it was not used" in words
    again, _ = finished("doctor", str(run))
    assert again["damage"] == [] and len(again["refused"]) == 1  # type: ignore[arg-type]
    shown = subprocess.run([*COMMAND, "show", str(run)], capture_output=True, text=True, timeout=60, check=True)
    assert "in flight" not in shown.stdout
