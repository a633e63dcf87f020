"""The children that a parent has in a block: proposed and built together, and each as good as alone."""

from pathlib import Path

import pytest

import hyperagent as ha
from archive import Archive, lineage_digest
from hyperagent.contract import PROPOSE_LIMITS, litter_call
from hyperagent.program import Program
from hyperagent.replay import replay
from hyperagent.run import SETTINGS, reading, settings_of
from hyperagent.seeds import seed_genome
from hyperagent.settings import Settings, check_same, read_toml
from meta import Genome
from tests.hyperagent.conftest import domain_with

COUNTS = """
SEEN = []


def propose(parent, history, tools):
    SEEN.append(tools.rng.random())
    if len(SEEN) == 7:
        raise ValueError("seven are too many")
    for _ in SEEN:
        tools.rng.random()
    history.append({"id": 10**6, "parent": 0, "title": "mine", "operators": [], "gain": 1.0, "status": "alive"})
    return original(parent, history, tools)
"""
FAILS_NOW_AND_THEN = """
def propose(parent, history, tools):
    if tools.rng.random() < 0.4:
        raise ValueError("not today")
    return original(parent, history, tools)
"""
SAME_AND_THEN_LITTLE = """
from genome import memory


def propose(parent, history, tools):
    edit = {"kind": "replace", "at": "memory:LEARNED_UNTIL", "expect": "LEARNED_UNTIL = 0", "new": "LEARNED_UNTIL = 1"}
    edits = [] if memory.LEARNED_UNTIL and tools.rng.random() < 0.4 else [edit]
    return {"edits": edits, "title": "the same again", "operators": []}
"""
ENDS_ITS_PROCESS = """
def propose(parent, history, tools):
    if tools.rng.random() < 0.4:
        import os
        os._exit(0)
    return original(parent, history, tools)
"""


def genome(domain: ha.Domain, propose: str) -> Genome:
    """The seed with a meta agent that does something before it does the usual."""
    seed = seed_genome(domain)
    text = str(seed["meta_agent.py"]).replace("def propose(", "def original(", 1)
    return seed.with_files({"meta_agent.py": text + propose})


def made(domain: ha.Domain, run: Path, propose: str, *generations: int) -> str:
    """The digest of a run that is made in so many parts."""
    for count in generations:
        list(ha.evolve(domain, run=run, generations=count, workers=2, genome=genome(domain, propose)))
    return lineage_digest(reading(run))


@pytest.mark.slow
def test_a_meta_agent_that_remembers_gives_one_lineage_however_often_its_run_is_cut_short(tmp_path: Path) -> None:
    domain = domain_with()
    whole = made(domain, tmp_path / "whole", COUNTS, 14)
    assert made(domain, tmp_path / "parts", COUNTS, 1, 6, 9, 14) == whole
    assert [found for _, found in replay(domain, tmp_path / "parts", workers=1) if found] == []


@pytest.mark.slow
@pytest.mark.parametrize(("propose", "why"), [(FAILS_NOW_AND_THEN, "not today"), (ENDS_ITS_PROCESS, "killed")])
def test_a_proposal_that_fails_spoils_no_other_of_its_litter(propose: str, why: str) -> None:
    domain = domain_with()
    found = list(ha.evolve(domain, generations=8, workers=2, genome=genome(domain, propose)))[1:]
    failed = [child for child in found if any(why in reason for reason in child.stillborn)]
    assert 0 < len(failed) < 8
    assert all(child.patch is not None for child in found if child not in failed)


@pytest.mark.slow
def test_twins_of_a_litter_are_refused_as_such_whatever_became_of_them_meanwhile(tmp_path: Path) -> None:
    domain = domain_with()
    made(domain, tmp_path / "run", SAME_AND_THEN_LITTLE, 16)
    reasons = [child.stillborn for child in reading(tmp_path / "run")][1:]
    first = reasons.index(())
    assert set(reasons[:first]) <= {("smoke call: propose: the same again",)}
    assert set(reasons[first + 1 :]) == {(f"gate: the genome of {first + 1} again",)}
    assert [found for _, found in replay(domain, tmp_path / "run") if found] == []


def test_a_pick_is_the_parent_of_a_brood() -> None:
    found = list(ha.evolve(domain_with(), generations=32, workers=2, brood=4))
    picks = [[child.parent for child in found[first : first + 4]] for first in range(1, 33, 4)]
    assert all(len(set(brood)) == 1 for brood in picks) and len({brood[0] for brood in picks}) > 1


def test_a_litter_has_the_steps_of_all_and_the_time_of_one() -> None:
    call = litter_call(Program(Genome({}), {}), None, [], {}, [[], [], []], [1, 2, 3])
    assert call.limits.steps == 3 * PROPOSE_LIMITS.steps
    assert (call.limits.cpu_seconds, call.limits.wall_seconds) == (
        PROPOSE_LIMITS.cpu_seconds,
        PROPOSE_LIMITS.wall_seconds,
    )


def test_a_run_of_before_there_were_broods_goes_on_without(tmp_path: Path) -> None:
    kept = "\n".join(line for line in Settings().toml().splitlines() if not line.startswith("brood"))
    archive = Archive()
    archive.store.set("settings", kept)
    (tmp_path / SETTINGS).write_text(kept)
    assert settings_of(archive, tmp_path).brood == read_toml(tmp_path / SETTINGS)[0].brood == 1
    with pytest.raises(ha.RunError, match="was begun with brood 1, found 4"):
        check_same(settings_of(archive, tmp_path), Settings(), tmp_path)
