"""The whole experiment, small."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.mark.slow
def test_a_meta_agent_is_chosen_on_one_part_and_measured_on_another(hyperagent: Command, tmp_path: Path) -> None:
    sizes = "--from-set validation=8 --from-set test=8 --to-set validation=8 --to-set test=8"
    parts = "--from repair --to repair --from-set fold=1/2 --to-set fold=2/2"
    done = hyperagent(*f"transfer {parts} {sizes} --generations 40 --k 4 --seeds 1 --out out --json".split())
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    taken = data["taken"]["0"]
    assert taken["id"] > 0
    assert taken["scored"] >= 3
    assert data["rows"][0]["comparison"]["count"] == 1
    assert json.loads((tmp_path / "out" / "imp.json").read_text("utf-8")) == data
    page = (tmp_path / "out" / "transfer.html").read_text("utf-8")
    assert data["report"] == "out/transfer.html"
    assert "From repair to repair" in page
    assert f">{taken['id']}<" in page
    assert taken["head"] in page


@pytest.mark.slow
def test_a_run_with_nobody_to_choose_is_named(hyperagent: Command, domain_file: Path) -> None:
    where = f"--from {domain_file}:backwards --to {domain_file}:backwards"
    done = hyperagent(*f"transfer {where} --generations 1 --k 2 --seeds 1 --out out".split())
    assert done.returncode == 1
    assert "no run gave a meta agent; the first reason: no individual but the seed has 3 descendants" in done.stderr
