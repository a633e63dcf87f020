import pytest
from populations import child, patch, seed

from archive import Archive
from hyperagent.errors import RunError
from hyperagent.science.growth import chosen, growths
from hyperagent.science.members import census


def family() -> Archive:
    """Seed 0.2 with children 1 (0.4) and 2 (0.2); 1 has 3 (0.6), 4 (stillborn), 5 (0.5) and, by 3, 6 (0.9)."""
    archive = Archive()
    archive.add(seed(train=(0,), validation=(0.2,), test=(0,)))
    child(archive, 0, patch(1), train=(0,), validation=(0.4,))
    child(archive, 0, patch(2), train=(0,), validation=(0.2,))
    child(archive, 1, patch(3), train=(0,), validation=(0.6,))
    child(archive, 1, patch(4), stillborn=("gate: no",))
    child(archive, 1, patch(5), train=(0,), validation=(0.5,))
    child(archive, 3, patch(6), train=(0,), validation=(0.9,))
    return archive


def test_growth_is_discounted_by_distance_and_shared_by_all_descendants() -> None:
    found = {one.id: one for one in growths(census(family()).members)}
    assert found[1].growth == pytest.approx((0.6 * 0.2 + 0.0 + 0.6 * 0.1 + 0.36 * 0.5) / 4)
    assert (found[1].descendants, found[1].scored) == (4, 3)
    assert found[3].growth == pytest.approx(0.6 * 0.3)
    assert found[6].growth == 0.0


def test_the_chosen_has_enough_descendants_and_is_not_the_seed() -> None:
    members = census(family()).members
    assert chosen(members).id == 1
    assert chosen(members, fewest=1).id == 3


def test_a_run_in_which_nobody_has_descendants_gives_no_meta_agent() -> None:
    archive = Archive()
    archive.add(seed(train=(0,), validation=(0.2,), test=(0,)))
    child(archive, 0, patch(1), train=(0,), validation=(0.4,))
    with pytest.raises(RunError, match="expected a longer run"):
        chosen(census(archive).members)
