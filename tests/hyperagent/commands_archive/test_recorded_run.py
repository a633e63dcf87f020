"""A run that another machine made at another time comes out the same here."""

from pathlib import Path

import pytest

from hyperagent.commands.portable import from_file
from hyperagent.replay import replay
from tests.hyperagent.commands_archive.recorded import FILE, GENERATIONS, words

HEAD = "1c769c81d0f8f51c824e053f9ad171933287da1dd4c5c6fd992b7bb1ef769faa"


@pytest.mark.slow
def test_a_run_of_another_machine_replays_here_with_all_its_evaluations(tmp_path: Path) -> None:
    assert from_file(FILE, tmp_path / "run") == HEAD
    found = [*replay(words(), tmp_path / "run", workers=2, evaluations=True)]
    assert [divergence for _, divergences in found for divergence in divergences] == []
    assert found[-1][0] == GENERATIONS + 1
