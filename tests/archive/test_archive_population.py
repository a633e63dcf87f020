"""The archive of a run: what is added is there again, and the columns that selection reads."""

import math
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from specimens import evaluation, genome, individual, members, populations, stillborn

from archive import Archive, ArchiveError, Columns, Individual, ancestors, lineage_digest


def filled(path: Path | None, population: list[Individual]) -> Archive:
    """An archive that holds a population."""
    archive = Archive(path)
    for member in population:
        archive.add(member)
    return archive


def same(one: Columns, other: Columns) -> bool:
    """Whether two columns hold the same."""
    names = ("id", "score", "visits", "depth", "size")
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@given(populations())
def test_what_was_added_is_there_again_after_reopening(
    tmp_path_factory: pytest.TempPathFactory, population: list[Individual]
) -> None:
    path = tmp_path_factory.mktemp("run") / "archive.sqlite"
    with closing(filled(path, population)) as archive:
        best, columns, head = archive.best(), archive.candidates(), archive.store.head
    with closing(Archive(path, create=False)) as again:
        assert [*again] == population == [again[id] for id in range(len(again))]
        assert again.best() == best and same(again.candidates(), columns) and again.store.head == head


@given(populations(), st.data())
def test_the_candidates_of_an_earlier_count_are_those_of_the_archive_as_it_was(
    population: list[Individual], data: st.DataObject
) -> None:
    count = data.draw(st.integers(0, len(population)))
    assert same(filled(None, population).candidates(count), filled(None, population[:count]).candidates())


def test_the_columns_say_what_selection_may_know() -> None:
    archive = filled(
        None, [individual(0, 0, 1), individual(1, 1), stillborn(2, parent=1), individual(3, 0.25, parent=1)]
    )
    columns = archive.candidates()
    assert columns.id.tolist() == [0, 1, 3]
    assert columns.score.tolist() == [0.5, 1.0, 0.25]
    assert columns.visits.tolist() == [1, 2, 0]
    assert columns.depth.tolist() == [0, 1, 2]
    assert columns.size.tolist() == [sum(len(genome(k).raw(name)) for name in genome(k)) for k in (0, 1, 3)]
    assert [getattr(columns, name).dtype for name in ("id", "score", "visits")] == [np.int64, np.float64, np.int64]


def test_a_stillborn_child_is_a_visit_of_its_parent_and_no_candidate() -> None:
    archive = filled(None, [individual(0, 1), stillborn(1), stillborn(2)])
    assert archive.candidates().id.tolist() == [0] and archive.candidates().visits.tolist() == [2]


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_no_number_makes_no_candidate(score: float) -> None:
    archive = filled(None, [individual(0, 1), individual(1, score)])
    assert archive.candidates().id.tolist() == [0]


def test_a_culled_child_is_no_candidate() -> None:
    culled = replace(individual(1, 5), evaluations={"train": evaluation(5.0)})
    assert culled.culled and filled(None, [individual(0, 1), culled]).candidates().id.tolist() == [0]


def test_the_best_is_the_first_of_equals() -> None:
    archive = filled(None, [individual(0, 0), individual(1, 1), individual(2, 1), individual(3, 0.5)])
    best = archive.best()
    assert best is not None and best.id == 1 and archive.best_score == 1.0


def test_an_empty_archive_has_no_best_and_no_candidates() -> None:
    archive = Archive()
    assert archive.best() is None and len(archive) == 0 and archive.candidates().id.size == 0


@pytest.mark.parametrize("id", [0, 2, -1])
def test_an_id_that_is_not_the_next_is_refused(id: int) -> None:
    archive = filled(None, [individual(0, 1)])
    with pytest.raises(ValueError, match=f"individual {id}: expected 1, the next id"):
        archive.add(individual(id, 1))
    assert len(archive) == 1


@pytest.mark.parametrize("parent", [1, 7, -1])
def test_a_parent_that_is_not_earlier_is_refused_before_anything_is_written(tmp_path: Path, parent: int) -> None:
    with closing(filled(tmp_path / "a", [individual(0, 1)])) as archive:
        with pytest.raises(ValueError, match=r"parents \(.*\), expected earlier ones"):
            archive.add(individual(1, 1, parent=parent))
        archive.add(individual(1, 1))
    with closing(Archive(tmp_path / "a")) as again:
        assert len(again) == 2


def test_an_id_that_is_not_there_is_an_archive_error() -> None:
    with pytest.raises(ArchiveError, match="individual 3: not in the archive, which has 1"):
        filled(None, [individual(0, 1)])[3]


def test_a_genome_is_known_by_its_first_living_bearer() -> None:
    archive = filled(None, [individual(0, 1), stillborn(1), individual(2, 1, variant=7), individual(3, 1, variant=7)])
    assert archive.id_of(genome(7).digest) == 2
    assert archive.id_of(genome(1).digest) is None


def test_a_blob_is_stored_once_however_often_it_is_named() -> None:
    archive = filled(None, [individual(0, 1)])
    before = blobs(archive)
    archive.add(individual(1, 1, variant=0))
    assert blobs(archive) == before
    archive.add(individual(2, 1, variant=9))
    assert blobs(archive) == before + 2, "the one new file and the manifest"


def blobs(archive: Archive) -> int:
    """How many blobs there are."""
    return int(archive.store._rows("SELECT COUNT(*) FROM blob")[0][0])


def test_the_ancestors_lead_from_the_seed_down() -> None:
    archive = filled(None, [individual(0, 1), individual(1, 1), individual(2, 1), individual(3, 1, parent=1)])
    assert [member.id for member in ancestors(archive, 3)] == [0, 1, 3]


POPULATION = [individual(0, 0.5), individual(1, 1), individual(2, 0, parent=1)]
OTHERS = {
    "a score": [*POPULATION[:2], individual(2, 0.5, parent=1)],
    "a parent": [*POPULATION[:2], individual(2, 0, parent=0)],
    "a genome": [*POPULATION[:2], individual(2, 0, parent=1, variant=8)],
    "a death": [*POPULATION[:2], replace(POPULATION[2], stillborn=("gate",))],
    "an order": [POPULATION[0], POPULATION[2], POPULATION[1]],
    "an end": POPULATION[:2],
    "a split": [*POPULATION[:2], replace(POPULATION[2], evaluations={"train": evaluation(0.0)})],
}


@pytest.mark.parametrize("what", OTHERS)
def test_the_lineage_digest_changes_with_what_was_decided(what: str) -> None:
    assert lineage_digest(OTHERS[what]) != lineage_digest(POPULATION)


def test_the_lineage_digest_does_not_change_with_what_was_timed() -> None:
    slow = [
        individual(0, 0.5, seconds=9),
        individual(1, 1, seconds=8),
        replace(individual(2, 0, parent=1, seconds=7), patch=None, steward=0),
    ]
    assert lineage_digest(slow) == lineage_digest(POPULATION)


def test_one_process_may_read_while_another_writes(tmp_path: Path) -> None:
    with closing(filled(tmp_path / "a", [individual(0, 1)])) as writer:
        writer.store._connection.execute("BEGIN IMMEDIATE")
        with closing(Archive(tmp_path / "a", create=False)) as reader:
            assert [*reader] == [individual(0, 1)]
            writer.store._connection.execute("ROLLBACK")
            writer.add(individual(1, 1))
            assert len(reader) == 1 and reader[1] == individual(1, 1)
        with closing(Archive(tmp_path / "a", create=False)) as reader:
            assert len(reader) == 2


def test_a_second_writer_cannot_write_an_id_twice(tmp_path: Path) -> None:
    with closing(filled(tmp_path / "a", [individual(0, 1)])) as first, closing(Archive(tmp_path / "a")) as second:
        first.add(individual(1, 1))
        before = blobs(first)
        with pytest.raises(ArchiveError, match="individual 1 could not be written"):
            second.add(individual(1, 0, 0, variant=5))
        assert blobs(first) == before, "nothing is left of what was not written as a whole"
        first.add(individual(2, 1))
    with closing(Archive(tmp_path / "a")) as again:
        assert [*again] == [individual(0, 1), individual(1, 1), individual(2, 1)]


def test_an_individual_that_cannot_be_written_leaves_no_trace() -> None:
    archive = filled(None, [individual(0, 1)])
    trial = replace(evaluation(1.0).trials[0], answer=1 << 70)
    monster = replace(individual(1, 1), evaluations={"train": replace(evaluation(1.0), trials=(trial,))})
    with pytest.raises(OverflowError):
        archive.add(monster)
    assert len(archive) == 1
    archive.add(individual(1, 1))
    assert [*archive] == [individual(0, 1), individual(1, 1)]


class ArchiveMachine(RuleBasedStateMachine):
    """An archive in memory against a plain list of what was added."""

    @initialize()
    def begin(self) -> None:
        self.archive = Archive()
        self.model: list[Individual] = []

    @rule(data=st.data())
    def add(self, data: st.DataObject) -> None:
        member = data.draw(members(len(self.model)))
        self.archive.add(member)
        self.model.append(member)

    @rule(data=st.data())
    def refuse(self, data: st.DataObject) -> None:
        id = data.draw(st.integers(-1, 9).filter(lambda id: id != len(self.model)))
        with pytest.raises(ValueError, match="the next id"):
            self.archive.add(individual(id, 1))

    @invariant()
    def agrees(self) -> None:
        assert [*self.archive] == self.model and len(self.archive) == len(self.model)

    @invariant()
    def knows_the_best(self) -> None:
        best = max(self.model, key=lambda member: (member.score, -member.id), default=None)
        wanted = None if best is None or best.score == -math.inf else best
        assert self.archive.best() == wanted

    @invariant()
    def shows_the_candidates(self) -> None:
        visits = Counter(member.parent for member in self.model)
        alive = [member for member in self.model if not member.stillborn and not member.culled]
        columns = self.archive.candidates()
        assert columns.id.tolist() == [member.id for member in alive]
        assert columns.score.tolist() == [member.score for member in alive]
        assert columns.visits.tolist() == [visits[member.id] for member in alive]
        assert columns.depth.tolist() == [len(ancestors(self.archive, member.id)) - 1 for member in alive]


ArchiveMachine.TestCase.settings = settings(max_examples=15, stateful_step_count=12)
TestArchiveAgainstAList = ArchiveMachine.TestCase
