"""Kills of host, workers, zygotes and jails at random instants: the same lineage, nothing lost, nothing left over."""

import subprocess
import sys
from pathlib import Path

import pytest

CHAOS = Path(__file__).parents[3] / "benchmarks" / "chaos.py"


@pytest.mark.slow
def test_a_run_that_is_shot_at_ends_as_an_undisturbed_one() -> None:
    arguments = ["--generations", "40", "--kills", "10"]
    done = subprocess.run(
        [sys.executable, str(CHAOS), *arguments], capture_output=True, text=True, timeout=280, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "equal; every individual once and whole; no process, mount or file left over" in done.stdout
