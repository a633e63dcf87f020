"""Every attack is contained, in both profiles, for root and for an ordinary user."""

import os

import pytest

from sandbox_runner import layers
from tests.attacks.known import DEPENDENT, UNCONTAINED
from tests.attacks.layers import LAYERS
from tests.attacks.ordinary import besiege_as_ordinary_user
from tests.attacks.registry import CATEGORIES, attacks
from tests.attacks.siege import Verdict, besiege

ALL = attacks()
HERE = {layer.name for layer in layers() if layer.present}
SETTINGS = [
    pytest.param(*setting, id="-".join(setting), marks=pytest.mark.slow if setting[0] == "landlock" else ())
    for setting in UNCONTAINED
]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def check(verdicts: list[Verdict], sandbox: str, profile: str) -> None:
    """Everything was tried, nothing succeeded but what is known to, and that did."""
    assert len(verdicts) > 150
    assert {verdict.attack: verdict.ended for verdict in verdicts if verdict.misfired} == {}
    found = {verdict.attack: verdict.succeeded for verdict in verdicts if verdict.succeeded}
    known = known_here(sandbox, profile)
    assert {name: how for name, how in found.items() if name not in known} == {}
    assert known & {verdict.attack for verdict in verdicts} - found.keys() <= DEPENDENT


def known_here(sandbox: str, profile: str) -> set[str]:
    """What is known not to be contained; without overlays also what they contain."""
    overlaid = {name for layer in LAYERS if "file systems of its own" in layer.name for name in layer.breaks}
    return {*UNCONTAINED[sandbox, profile], *(() if "overlays" in HERE else overlaid)}


def needs(sandbox: str) -> None:
    """Skip where this level is not to be had."""
    if sandbox not in HERE:
        pytest.skip(f"this machine has no {sandbox}")


def test_there_are_attacks_of_every_category_and_each_says_what_it_tries() -> None:
    assert {each.category for each in ALL} == set(CATEGORIES)
    assert len({each.name for each in ALL}) == len(ALL) >= 100
    assert [each.name for each in ALL if len(each.tries.split()) < 3] == []


@pytest.mark.parametrize(("sandbox", "profile"), SETTINGS)
def test_every_attack_is_contained(sandbox: str, profile: str) -> None:
    needs(sandbox)
    check(besiege([each for each in ALL if not each.slow], profile=profile, sandbox=sandbox), sandbox, profile)


@needs_root
@pytest.mark.slow
@pytest.mark.parametrize(("sandbox", "profile"), SETTINGS)
def test_every_attack_of_an_ordinary_user_is_contained(sandbox: str, profile: str) -> None:
    needs(sandbox)
    check(besiege_as_ordinary_user("--profile", profile, "--sandbox", sandbox), sandbox, profile)


@pytest.mark.slow
@pytest.mark.parametrize(("sandbox", "profile"), SETTINGS)
def test_attacks_that_take_their_time_are_contained(sandbox: str, profile: str) -> None:
    needs(sandbox)
    verdicts = besiege([each for each in ALL if each.slow], profile=profile, sandbox=sandbox)
    assert {verdict.attack: verdict.succeeded for verdict in verdicts if verdict.succeeded} == {}
    assert len(verdicts) >= 2
