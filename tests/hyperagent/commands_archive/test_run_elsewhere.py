"""The same lineage under other conditions, and a run that is carried to them and replayed there."""

import subprocess
import sys
from pathlib import Path

import pytest

ELSEWHERE = Path(__file__).parents[3] / "benchmarks" / "elsewhere.py"


# As many tasks as it takes, for seven conditions.
FEW = "--set domain.train=3 --set domain.validation=8 --set domain.test=4".split()


@pytest.mark.slow
def test_a_run_is_the_same_as_another_user_elsewhere_and_replays_there() -> None:
    done = subprocess.run(
        [sys.executable, str(ELSEWHERE), "--generations", "2", "--", *FEW],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all equal" in done.stdout and "3 individuals replayed, no difference" in done.stdout
    assert "other locale, time zone, hash seed" in done.stdout
