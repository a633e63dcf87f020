"""Selection measured after the fact, and clades."""

from pathlib import Path

import pytest
from populations import six

import hyperagent as ha
from archive import Archive
from hyperagent.policy_trial import policies
from hyperagent.science.clades import clades
from hyperagent.science.intervals import mean_interval
from hyperagent.science.members import census
from hyperagent.science.policies import Scored, moments, outcomes, scored, verdict
from hyperagent.seeds import seed_genome
from tests.hyperagent.conftest import domain_with

pytestmark = pytest.mark.slow


def test_a_pick_is_good_if_its_later_clade_beat_it() -> None:
    members = census(six()).members
    assert outcomes(members, 1) == {0: True}
    assert outcomes(members, 2) == {0: True, 1: True}
    assert outcomes(members, 5) == {4: True, 1: True, 0: True}


def test_picks_without_later_children_say_nothing() -> None:
    members = census(six()).members
    found = scored("x", 1, {2: [0, 1], 5: [3, 3, 4], 4: None}, members)
    assert found.improved.mean == 1.0
    assert found.coverage == pytest.approx(3 / 5)
    assert found.failures == 1


def test_moments_lie_in_the_middle_of_a_run() -> None:
    assert moments(5) == []
    assert moments(100)[0] == 11 and moments(100)[-1] == 81 and len(moments(100)) == 10


def test_the_verdict_claims_no_more_than_the_interval() -> None:
    def policy(name: str, good: int, bad: int) -> Scored:
        return Scored(name, 1, mean_interval([1.0] * good + [0.0] * bad), 1.0, 0)

    seed = policy("seed", 10, 10)
    assert "No changed selection picks clearly" in verdict(seed, [policy("a", 11, 9)])
    assert "may have helped: b" in verdict(seed, [policy("a", 11, 9), policy("b", 20, 0)])
    assert "worse" in verdict(seed, [policy("a", 0, 20)])
    assert verdict(seed, []) == "Nobody changed the selection."


def test_invented_selections_are_asked_in_a_jail(tmp_path: Path) -> None:
    list(ha.evolve(domain_with(), tmp_path / "run", generations=16, workers=1, fixed="meta"))
    archive = Archive(tmp_path / "run" / "archive.sqlite")
    members = census(archive).members
    assert policies(archive, members) == []
    broken = seed_genome().with_files({"selection.py": b"def select(candidates, rng):\n    return -1\n"})
    last = next(member for member in reversed(members) if member.status == "alive")
    one = archive[last.id]
    changed = ha.Individual(len(members), broken, (0,), one.patch, one.evaluations)
    archive.add(changed)
    found = policies(archive, census(archive).members)
    assert [policy.name for policy in found] == [
        "the seed's selection",
        f"that of individual {changed.id}",
        "the rule of the paper",
        "a uniform draw",
    ]
    assert found[0].failures == 0
    assert found[1].failures == len(moments(16))


def test_every_individual_is_in_one_clade() -> None:
    members = census(six()).members
    found = clades(members, [1, 5])
    assert [(one.founder, one.size) for one in found] == [(0, 2), (1, 3), (5, 1)]
    assert sum(one.size for one in found) == len(members)
