"""docs/security.md says what the attacks say: its tables are those of the lists, and its names are names of attacks."""

import re
from pathlib import Path

from tests.attacks.known import UNCONTAINED
from tests.attacks.layers import LAYERS
from tests.attacks.registry import attacks
from tests.attacks.report import known_table, layer_table, section

PAGE = (Path(__file__).parents[2] / "docs" / "security.md").read_text()
NAMES = {each.name for each in attacks()}


def test_the_page_lists_what_is_known_not_to_be_contained() -> None:
    assert section("known", known_table()) in PAGE


def test_the_page_lists_what_each_layer_is_there_for() -> None:
    assert section("layers", layer_table()) in PAGE


def test_the_page_names_attacks_that_there_are_and_counts_them() -> None:
    bare = PAGE.partition("<!-- bare -->")[2].partition("<!-- end -->")[0]
    assert len(set(re.findall(r"`(\w+)`", bare)) & NAMES) > 50
    assert set(re.findall(r"`(\w+)`", bare)) <= NAMES
    assert f"holds {len(NAMES)} attacks" in PAGE


def test_the_lists_name_attacks_that_there_are() -> None:
    listed = {name for names in UNCONTAINED.values() for name in names} | {n for layer in LAYERS for n in layer.breaks}
    only_here = {"forks_in_32_bits"}
    assert listed - only_here <= NAMES
