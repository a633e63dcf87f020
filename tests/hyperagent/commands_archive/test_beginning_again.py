"""A run that was killed before it had written everything down, or has lost its run.toml."""

import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_run_that_was_killed_before_its_settings_were_written_is_begun_again(
    hyperagent: Run, domain_file: Path, tmp_path: Path
) -> None:
    (tmp_path / "r").mkdir()
    with closing(Archive(tmp_path / "r" / "archive.sqlite")) as archive:
        archive.store.set("domain", "half of what there should be")
    done = hyperagent("run", domain_file, "--run", "r", "--generations", 0)
    assert done.returncode == 0, done.stderr
    assert "holds a run already" in hyperagent("run", domain_file, "--run", "r", "--generations", 0).stderr


def test_the_archive_knows_the_settings_of_a_run_without_its_file(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=0, workers=1, seed=3))
    (tmp_path / "run" / "run.toml").unlink()
    with pytest.raises(ha.RunError, match="begun with seed 3, found 4"):
        list(ha.evolve(domain_with(), tmp_path / "run", generations=0, workers=1, seed=4))
