"""The runs of an experiment end with the process that makes them, however that ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

EXPERIMENT = """
domain = "binpack"
generations = 100000
seeds = 2
[arms.only]
"""
PATIENCE = 60.0


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_goes_on_when_a_comparison_is_ended(tmp_path: Path, end: signal.Signals) -> None:
    (tmp_path / "e.toml").write_text(EXPERIMENT, encoding="utf-8")
    command = [
        Path(sys.executable).with_name("hyperagent"),
        "compare",
        str(tmp_path / "e.toml"),
        "--out",
        str(tmp_path / "runs"),
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        assert eventually(lambda: len([*tmp_path.glob("runs/*/archive.sqlite")]) == 2)
        assert eventually(lambda: len(descendants(process.pid)) >= 6)
        started = descendants(process.pid)
        process.send_signal(end)
    assert eventually(lambda: not any(map(alive, started)))


def eventually(claim: Callable[[], bool]) -> bool:
    """Whether it comes true in time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.05)
    return False


def descendants(pid: int) -> list[int]:
    """The processes below one, whatever their depth."""
    parents = {int(entry.name): parent(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    below, found = {pid}, list[int]()
    while below:
        below = {child for child, above in parents.items() if above in below}
        found += below
    return found


def parent(entry: Path) -> int:
    """The parent of a process; 0 if it is gone."""
    try:
        return int((entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
    except OSError:
        return 0


def alive(pid: int) -> bool:
    """Whether a process runs still; one that only waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
