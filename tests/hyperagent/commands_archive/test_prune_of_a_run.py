"""`hyperagent prune`: what is kept can be replayed, what is gone is said to be, and the chain is whole."""

import json
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive, Pruned, ancestors, examined
from hyperagent.commands import best, report, show
from hyperagent.commands import lineage as lineage_of
from hyperagent.commands.doctor import diagnosis
from hyperagent.commands.log import log
from hyperagent.commands.prune import prune
from hyperagent.commands.replay import replayed
from hyperagent.confirm import confirm
from hyperagent.errors import RunError, UsageError
from hyperagent.science.members import census
from hyperagent.settings import Settings
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_pruned_run_is_whole_in_its_records_and_can_be_replayed(hyperagent: Run, run: Path) -> None:
    with closing(Archive(run / "archive.sqlite")) as archive:
        before, head, lineage = [*archive], archive.store.head, census(archive).lineage
        keep = next(child.id for child in reversed(before) if child.patch and not child.stillborn)
    done = json.loads(hyperagent("prune", run, "--keep", f"best,{keep}", "--drop", "--json").stdout)
    assert done["head"] == head and done["kept"] + done["supporting"] < done["individuals"] and done["aside"] is None
    assert diagnosis(run, head)["damage"] == []
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert archive.store.head == head and census(archive).lineage == lineage
        assert archive[keep] == before[keep]
        for old, new in zip(before, archive, strict=True):
            assert (old.digest, old.score, old.parents, old.patch) == (new.digest, new.score, new.parents, new.patch)
            assert (old.culled, old.stillborn) == (new.culled, new.stillborn)
        assert any(isinstance(child, Pruned) for child in archive)
    assert replayed(run, 2, False, lambda *_: None)["divergence"] is None
    assert len(show.population(run)) == len([*log(run)]) == len(before)
    assert report.report(run).is_file() and best.best(run)["id"] in [row["id"] for row in lineage_of.lineage(run)]
    on = hyperagent("resume", run, "--generations", 20)
    assert on.returncode == 1 and "was pruned, so it cannot go on" in on.stderr


def test_a_missing_file_of_a_kept_one_is_damage_and_of_another_not(run: Path) -> None:
    prune(run, ["best"], drop=False)
    assert examined(run / "archive.sqlite").damage == []
    assert len([*run.glob("archive-*.sqlite")]) == 1
    with closing(Archive(run / "archive.sqlite")) as archive:
        archive.store._rows("DELETE FROM blob WHERE id = 1")
    assert any(damage.where == "individual 0" for damage in examined(run / "archive.sqlite").damage)
    with pytest.raises(RunError, match="expected a whole run"):
        prune(run, ["best"])


def test_what_to_keep_must_be_known(run: Path) -> None:
    with pytest.raises(UsageError, match="expected best, lineage, improvements, or an id below 13"):
        prune(run, ["99"])
    with closing(Archive(run / "archive.sqlite")) as archive:
        line = {member.id for member in ancestors(archive, 5)}
    assert prune(run, ["lineage", "improvements", *map(str, line)])["kept"] >= len(line)


def test_what_pruning_put_aside_survives_a_rollback_which_finds_the_same_head(hyperagent: Run, run: Path) -> None:
    whole = Path(json.loads(hyperagent("prune", run, "--keep", "best", "--json").stdout)["aside"])
    before = whole.read_bytes()
    aside = Path(json.loads(hyperagent("rollback", run, 6, "--json").stdout)["aside"])
    assert aside != whole and aside.is_file() and whole.read_bytes() == before
    assert examined(aside).damage == examined(whole).damage == []


def test_a_pruned_run_is_not_confirmed_and_says_why(run: Path) -> None:
    prune(run, ["best"], drop=True)
    with pytest.raises(RunError, match="was pruned, expected a run with the trials of every individual"):
        confirm(run, domain_with(more=lambda count: [ha.Task(str(n), "ab", "ba") for n in range(count)]), Settings())
