"""`hyperagent doctor DIR` on a real run: damage is named and the exit code says so."""

import json
import random
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from archive import Archive, lineage_digest
from hyperagent.commands.doctor import diagnosis

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_a_run_that_is_whole_is_said_to_be(hyperagent: Run, run: Path) -> None:
    done = hyperagent("doctor", run, "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["damage"] == [] and found["whole"] == found["individuals"] == 13
    assert hyperagent("doctor", run, "--head", found["head"][:12]).returncode == 0
    other = hyperagent("doctor", run, "--head", "abc")
    assert other.returncode == 1 and "expected abc" in other.stdout


def test_damage_is_named_and_what_can_be_saved_is_said(hyperagent: Run, run: Path) -> None:
    path = run / "archive.sqlite"
    content = path.read_bytes()
    with closing(Archive(path)) as archive:
        _, record = archive.store.record(11)
    at = content.index(record[:40]) + 20
    path.write_bytes(content[:at] + bytes([content[at] ^ 8]) + content[at + 1 :])
    done = hyperagent("doctor", run)
    assert done.returncode == 1
    assert "individual 11: its record is not what was written" in done.stdout
    assert "0 to 10 can be saved" in done.stdout and f"hyperagent rollback {run} 10" in done.stdout
    assert "1 things are not what was written" in done.stderr


def test_a_byte_flipped_at_random_is_found_unless_nothing_reads_it(run: Path) -> None:
    path = run / "archive.sqlite"
    whole, rng, found = path.read_bytes(), random.Random(0), 0
    with closing(Archive(path)) as archive:
        digest, head = lineage_digest(archive), archive.store.head
    for at in [rng.randrange(len(whole)) for _ in range(40)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :])
        if diagnosis(run)["damage"]:
            found += 1
            continue
        with closing(Archive(path, create=False)) as archive:
            assert (lineage_digest(archive), archive.store.head) == (digest, head)
    assert found > 15


def test_settings_that_cannot_be_read_are_named(run: Path) -> None:
    (run / "run.toml").write_text("generations = many")
    assert [wrong["where"] for wrong in diagnosis(run)["damage"]] == ["run.toml"]
