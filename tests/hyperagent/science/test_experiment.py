"""Experiments as files, and their comparison."""

import json
import math
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hyperagent.confirm import Confirmed, confirmed
from hyperagent.errors import UsageError
from hyperagent.run import reading
from hyperagent.science.comparison import Comparisons, Row, Run, paired, row
from hyperagent.science.comparison_page import comparison_page
from hyperagent.science.experiment import check_supply, experiment, read_experiment
from hyperagent.settings import ABLATIONS, Settings

Command = Callable[..., subprocess.CompletedProcess[str]]
BASE = {"domain": "repair", "generations": 5, "seeds": 2}
TWO = {"full": {}, "chain": {"ablate": "no-archive"}}


def a_run(seed: int, final: float) -> Run:
    return Run(seed, (0.1, 0.5), (0.1, final), 0.3, 2.0, 0.0, 1)


def test_arms_by_seeds_make_the_runs() -> None:
    cells = experiment({**BASE, "arms": TWO, "options": {"test": 9}}, "x").cells()
    assert [cell.name for cell in cells] == ["full-0", "chain-0", "full-1", "chain-1"]
    assert cells[1].settings == {"ablate": "no-archive"}
    assert cells[1].options == {"test": "9"}


def test_a_grid_is_every_combination() -> None:
    found = experiment({**BASE, "grid": {"ablate": ["", "dgm"], "lag": [4, 8], "domain.runs": [10]}}, "x")
    assert list(found.arms)[:2] == ["ablate= lag=4 domain.runs=10", "ablate= lag=8 domain.runs=10"]
    assert len(found.arms) == 4
    assert found.cells()[0].options == {"runs": "10"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({**BASE}, "no arms"),
        ({**BASE, "arms": TWO, "arm": 1}, "'arm' is unknown"),
        ({**BASE, "arms": {"a": {"ablate": "everything"}}}, "ablation 'everything' is unknown"),
        ({**BASE, "arms": {"a": {"lagg": 3}}}, "setting 'lagg' is unknown"),
        ({**BASE, "arms": TWO, "seeds": []}, "seeds is"),
        ({**BASE, "arms": TWO, "baseline": "none"}, "expected one of the arms full, chain"),
        ({**BASE, "arms": {"a b": {}, "a-b": {}}}, "one folder"),
        ({"arms": TWO}, "expected domain"),
        ({**BASE, "arms": TWO, "confirm": -1}, "confirm is -1, expected a number of tasks"),
        ({**BASE, "arms": TWO, "confirm": True}, "confirm is True, expected a number of tasks"),
    ],
)
def test_what_is_wrong_with_an_experiment_is_said_before_it_runs(data: dict[str, object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        experiment(data, "x")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "e.toml").write_text("domain = ", "utf-8")
    with pytest.raises(UsageError, match="cannot be read"):
        read_experiment(tmp_path / "e.toml")


@pytest.mark.parametrize("name", ABLATIONS)
def test_every_ablation_is_settings(name: str) -> None:
    assert Settings().updated({"ablate": name}) != Settings()
    assert Settings().updated({"ablate": name, "parents": "seed"}).parents == "seed"


def test_runs_are_paired_by_seed_and_a_single_one_is_named() -> None:
    excluded: dict[str, str] = {}
    found = paired([a_run(0, 0.6), a_run(1, 0.7), a_run(2, 0.9)], [a_run(0, 0.5), a_run(1, 0.5)], excluded, "chain")
    assert (found.count, found.difference) == (2, pytest.approx(0.15))
    assert "no run with this seed" in excluded["chain-2"]


def test_the_page_shows_arms_pairs_and_exclusions() -> None:
    of = experiment({**BASE, "arms": TWO, "generations": 1}, "<i>x</i>")
    ours = [a_run(seed, 0.6 + seed / 100) for seed in range(6)]
    base = [a_run(seed, 0.5) for seed in range(6)]
    pair = paired(ours, base, {}, "chain")
    rows: tuple[Row, ...] = (row("full", base, None, math.nan), row("chain", ours, pair, 0.031))
    page = comparison_page(of, Comparisons(rows, {"full": base, "chain": ours}, {"chain-9": "<b>lost</b>"}))
    head = page[: page.index("<script>")]
    assert "Different from it beyond chance: chain +0.125" in head
    assert "0.031" in head
    assert "&lt;b&gt;lost&lt;/b&gt;" in head and "<b>lost" not in head and "<i>x" not in head


def test_the_score_of_a_confirmed_run_is_that_on_new_tasks() -> None:
    run = a_run(0, 0.9)
    confirmed = replace(run, confirmed=Confirmed(7, (0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 1.0, 0.0)))
    assert (run.final, run.gain) == (0.9, 0.8)
    assert (confirmed.final, confirmed.gain) == (0.5, 0.25)


def test_new_tasks_are_asked_only_of_a_domain_that_makes_some() -> None:
    check_supply(experiment({**BASE, "arms": TWO, "confirm": 4}, "x"))
    check_supply(experiment({**BASE, "domain": "binpack", "arms": TWO}, "x"))
    with pytest.raises(UsageError, match="confirm is 4, expected a domain that makes further tasks: control:pendulum"):
        check_supply(experiment({**BASE, "domain": "control:pendulum", "arms": TWO, "confirm": 4}, "x"))
    asking = {**BASE, "settings": {"llm": "claude-haiku-4-5"}, "arms": TWO}
    check_supply(experiment(asking, "x"))
    with pytest.raises(UsageError, match="confirm is 4 and arm 'full' has a model, expected arms without one"):
        check_supply(experiment({**asking, "confirm": 4}, "x"))


@pytest.mark.slow
def test_runs_are_compared_on_new_tasks_and_those_that_are_there_are_tried_on_them(
    hyperagent: Command, tmp_path: Path
) -> None:
    text = (
        'domain = "repair"\ngenerations = 2\nseeds = 1\n{}[options]\nvalidation = 8\ntest = 4\ntrain = 2\n[arms.full]\n'
    )
    (tmp_path / "e.toml").write_text(text.format(""), "utf-8")
    before = compared(hyperagent)
    (tmp_path / "e.toml").write_text(text.format("confirm = 5\n"), "utf-8")
    after = compared(hyperagent)
    with closing(reading(tmp_path / "out" / "full-0")) as archive:
        kept = confirmed(archive.store)
        assert len(archive) == 3
    assert kept is not None and len(kept.best) == len(kept.seed) == 5
    assert after["arms"][0]["final"]["mean"] == sum(kept.best) / 5
    assert after["arms"][0]["area"] == before["arms"][0]["area"]
    assert (before["confirm"], after["confirm"]) == (0, 5)
    page = (tmp_path / "out" / "compare.html").read_text("utf-8")
    assert "5 tasks that no run has used" in page and "on 5 new tasks" in page


def compared(hyperagent: Command) -> dict[str, Any]:
    """The figures of the experiment e.toml."""
    found = hyperagent("compare", "e.toml", "--out", "out", "--json")
    assert found.returncode == 0, found.stderr
    data: dict[str, Any] = json.loads(found.stdout)
    return data


@pytest.mark.slow
def test_the_command_makes_each_run_once_and_writes_a_report(
    hyperagent: Command, domain_file: Path, tmp_path: Path
) -> None:
    arms = '[arms.full]\n[arms.chain]\nablate = "no-archive"\n'
    (tmp_path / "e.toml").write_text(f'domain = "{domain_file}:backwards"\ngenerations = 3\nseeds = 1\n{arms}', "utf-8")
    first = hyperagent("compare", "e.toml", "--out", "out", "--json")
    assert first.returncode == 0, first.stderr
    data = json.loads(first.stdout)
    assert [arm["arm"] for arm in data["arms"]] == ["full", "chain"]
    assert data["arms"][1]["against"]["count"] == 1
    assert data["excluded"] == {}
    assert (tmp_path / "out" / "compare.html").stat().st_size > 100_000
    again = hyperagent("compare", "e.toml", "--out", "out", "--json")
    assert "runs:" not in again.stderr
    assert json.loads(again.stdout) == data
