"""Each layer of the jail is there for something: without it, attacks succeed that are contained with it."""

import os

import pytest

from sandbox_runner import layers
from tests.attacks.layers import DEPENDENT, LAYERS, Layer, alone, without
from tests.attacks.ordinary import besiege_as_ordinary_user
from tests.attacks.registry import attacks
from tests.attacks.siege import besiege

HERE = {layer.name for layer in layers() if layer.present}
ALL = attacks()
KNOWN = {each.name for each in ALL}


def succeeding(layer: Layer, names: tuple[str, ...]) -> set[str]:
    """Those of the attacks that succeed without the layer; not those before which the jail itself broke down."""
    if layer.sandbox not in HERE:
        pytest.skip(f"this machine has no {layer.sandbox}")
    root = os.geteuid() == 0
    if layer.user == "root" and not root:
        pytest.skip("only root can do without a user of its own")
    if layer.user == "ordinary" and root:
        only = [word for name in names for word in ("--only", name)]
        options = ("--profile", layer.profile, "--sandbox", layer.sandbox, "--without", layer.name)
        verdicts = besiege_as_ordinary_user(*options, *only)
    else:
        with without(layer):
            chosen = [each for each in ALL if each.name in names]
            # What spills hands on whatever is open, which no other thread may close meanwhile.
            shares = 1 if layer.spills else min(4, len(chosen))
            verdicts = besiege(chosen, profile=layer.profile, sandbox=layer.sandbox, shares=shares)
    return {verdict.attack for verdict in verdicts if verdict.succeeded and not verdict.broken}


def test_every_layer_is_needed_by_itself_or_with_others() -> None:
    idle = [layer.name for layer in LAYERS if not layer.breaks and not alone(layer)]
    assert idle == []


@pytest.mark.slow
@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer.breaks], ids=lambda layer: layer.name)
def test_without_a_layer_these_attacks_succeed(layer: Layer) -> None:
    names = tuple(name for name in layer.breaks if name in KNOWN)
    found = succeeding(layer, names)
    assert set(names) - found <= DEPENDENT
    if not found:
        pytest.skip("nothing of the kind can be done on this machine")


@pytest.mark.slow
@pytest.mark.parametrize("layer", [layer for layer in LAYERS if not layer.breaks], ids=lambda layer: layer.name)
def test_without_a_layer_that_others_cover_they_do_not(layer: Layer) -> None:
    assert succeeding(layer, tuple(alone(layer))) == set()
