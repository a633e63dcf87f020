import math

import pytest
from populations import child, patch, seed, six

from archive import Archive, lineage_digest
from hyperagent.errors import UsageError
from hyperagent.science.curves import Improvement, curves
from hyperagent.science.intervals import mean_interval
from hyperagent.science.summary import summary


def test_the_curve_follows_the_best_by_validation() -> None:
    found = curves(six())
    assert found.generation == (0, 1, 2, 3, 4, 5)
    assert found.best == (0, 1, 1, 1, 1, 5)
    assert found.validation == (0.25, 0.5, 0.5, 0.5, 0.5, 0.75)
    assert found.train == (0.5, 1.0, 1.0, 1.0, 1.0, 0.5)


def test_the_test_score_is_carried_on_until_another_is_best() -> None:
    assert curves(six()).test == (0.25, 0.5, 0.5, 0.5, 0.5, 0.5)


def test_the_area_is_the_mean_height() -> None:
    assert curves(six()).area == pytest.approx(3.0 / 6)


def test_children_that_came_as_far_as_validation_are_dots() -> None:
    assert [(dot.id, dot.validation) for dot in curves(six()).children] == [(1, 0.5), (4, 0.5), (5, 0.75)]


def test_every_individual_is_counted_once() -> None:
    assert curves(six()).counts == {"alive": 4, "culled": 1, "stillborn": 1}


def test_a_tie_is_no_improvement() -> None:
    assert curves(six()).improvements == (
        Improvement(1, 1, 0, 0.25, 0.5, "step 1"),
        Improvement(5, 5, 4, 0.5, 0.75, "the winner"),
    )


def test_the_best_agrees_with_the_archive() -> None:
    archive = six()
    best = archive.best()
    assert best is not None
    assert best.id == curves(archive).best[-1] == summary(archive).best.id == 5


def test_the_summary_has_the_standing_of_seed_and_best() -> None:
    archive = six()
    found = summary(archive)
    assert found.seed.test == mean_interval([0, 1, 0, 0])
    assert found.best.validation == mean_interval([1, 1, 1, 0])
    assert found.best.digest == archive[5].digest
    assert found.generations == 5


def test_the_gain_is_paired_by_task() -> None:
    assert summary(six()).gain == mean_interval([1, 0, 0, 0])


def test_the_summary_carries_both_digests() -> None:
    archive = six()
    assert summary(archive).lineage == lineage_digest(archive)
    assert summary(archive).head == archive.store.head


def test_an_operator_is_credited_once_a_patch() -> None:
    credit = {one.name: one for one in summary(six()).operators}
    assert list(credit) == ["swap", "task", "drop"]
    swap, task, drop = credit.values()
    assert (swap.tries, swap.stillborn, swap.improved) == (3, 0, 2)
    assert swap.mean_gain == pytest.approx((0.25 - 1 / 3 + 0.25) / 3)
    assert (task.tries, task.stillborn, task.improved) == (3, 1, 1)
    assert task.mean_gain == pytest.approx((0.25 + 0.0) / 2)
    assert (drop.tries, drop.stillborn, drop.improved) == (1, 1, 0)
    assert math.isnan(drop.mean_gain)


def test_a_seed_alone_is_its_own_best() -> None:
    archive = Archive()
    archive.add(seed(train=(1,), validation=(0,), test=(1,)))
    found = summary(archive)
    assert found.best == found.seed
    assert (found.generations, found.improvements, found.operators) == (0, (), ())


def test_a_seed_without_validation_tasks_is_the_best_until_somebody_is_scored() -> None:
    archive = Archive()
    archive.add(seed(train=(1,), validation=(), test=()))
    assert summary(archive).best.id == 0
    child(archive, 0, by=patch(1), train=(1,), validation=(0,), test=(0,))
    assert summary(archive).best.id == 1


def test_an_empty_archive_is_refused() -> None:
    with pytest.raises(UsageError, match="empty, expected at least the seed"):
        summary(Archive())
