"""Every attack is contained, in both profiles, for root and for an ordinary user."""

import os

import pytest

from sandbox_runner import layers
from tests.attacks.ordinary import besiege_as_ordinary_user
from tests.attacks.registry import CATEGORIES, PURE, attacks
from tests.attacks.siege import Verdict, besiege

PROFILES = (PURE,)
ALL = attacks()
# The way to the package is among the arguments of the interpreter.
OPEN = {"reads_how_its_zygote_was_started"}
needs_namespaces = pytest.mark.skipif(
    not all(layer.present for layer in layers() if layer.name == "namespaces"), reason="this machine has no namespaces"
)
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


def check(verdicts: list[Verdict]) -> None:
    """Everything was tried, and nothing succeeded."""
    assert len(verdicts) > 100
    assert {verdict.attack: verdict.ended for verdict in verdicts if verdict.misfired} == {}
    assert {verdict.attack: verdict.succeeded for verdict in verdicts if verdict.succeeded}.keys() == OPEN


def test_there_are_attacks_of_every_category_and_each_says_what_it_tries() -> None:
    assert {each.category for each in ALL} == set(CATEGORIES)
    assert len({each.name for each in ALL}) == len(ALL) >= 100
    assert [each.name for each in ALL if len(each.tries.split()) < 3] == []


@needs_namespaces
@pytest.mark.parametrize("profile", PROFILES)
def test_every_attack_is_contained(profile: str) -> None:
    check(besiege([each for each in ALL if not each.slow], profile=profile))


@needs_namespaces
@needs_root
@pytest.mark.parametrize("profile", PROFILES)
def test_every_attack_of_an_ordinary_user_is_contained(profile: str) -> None:
    check(besiege_as_ordinary_user("--profile", profile))


@needs_namespaces
@pytest.mark.slow
@pytest.mark.parametrize("profile", PROFILES)
def test_attacks_that_take_their_time_are_contained(profile: str) -> None:
    verdicts = besiege([each for each in ALL if each.slow], profile=profile)
    assert {verdict.attack: verdict.succeeded for verdict in verdicts if verdict.succeeded} == {}
    assert len(verdicts) >= 2
