"""What `examined` says of a file: everything that is wrong by name, and who is whole."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from specimens import individual, stillborn

from archive import Archive, ArchiveError, Individual, copied, examined
from archive.columns import PACKED
from archive.record import content_digest, pack
from archive.store import Blob, chained


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of four."""
    path = tmp_path / "archive.sqlite"
    with closing(Archive(path)) as archive:
        archive.store.set("domain", "words")
        for member in members():
            archive.add(member)
    return path


def members() -> list[Individual]:
    """A population of four."""
    return [individual(0, 0.5, 1), individual(1, 1), stillborn(2, parent=1), individual(3, 0, parent=1)]


def change(path: Path, query: str, *values: object) -> None:
    """Do to the file what the archive never would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(query, values)


def said(path: Path) -> list[str]:
    """What is wrong, a line each."""
    return [str(damage) for damage in examined(path).damage]


def test_a_whole_archive_is_whole(path: Path) -> None:
    health = examined(path)
    assert (health.damage, health.individuals, health.whole, health.intact) == ([], 4, 4, 4)
    with closing(Archive(path)) as archive:
        assert archive.store.head == health.head


@pytest.mark.parametrize(
    ("query", "where", "what", "intact"),
    [
        ("UPDATE record SET content = x'00' WHERE id = 1", "individual 1", "its record is not what was written", 1),
        ("DELETE FROM record WHERE id = 3", "individual 3", "its record cannot be read: it is missing", 3),
        ("DELETE FROM line WHERE id = 2", "individual 2", "its line cannot be read: it is missing", 2),
        ("UPDATE line SET link = x'00' WHERE id = 0", "individual 0", "its line is not what was written", 0),
        ("UPDATE line SET line = x'00' WHERE id = 2", "individual 2", "its line is not what was written", 2),
        ("UPDATE run SET value = 'other' WHERE key = 'domain'", "individual 0", "its line is not what was written", 0),
        ("UPDATE run SET value = 'x' WHERE key = 'format'", "the settings", "the format is 'x'", 4),
        ("DROP TABLE blob", "individual 0", "its record cannot be read: no such table: blob", 0),
    ],
)
def test_what_is_wrong_is_named_and_those_before_it_are_whole(
    path: Path, query: str, where: str, what: str, intact: int
) -> None:
    change(path, query)
    health = examined(path)
    assert any(damage.where == where and what in damage.what for damage in health.damage), health.damage
    assert health.intact == intact


def test_the_file_of_a_genome_that_is_damaged_is_named_with_whoever_has_it(path: Path) -> None:
    change(path, "UPDATE blob SET content = x'00' WHERE id = 1")
    assert any("individual 0: file logo.bin is damaged" in line for line in said(path))
    assert any("individual 3: file logo.bin is damaged" in line for line in said(path))


def test_an_individual_whose_line_was_forged_with_all_hashes_is_named(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        rows = connection.execute("SELECT line, link FROM line ORDER BY id").fetchall()
        fields = list(PACKED.unpack(rows[3][0]))
        fields[3] = 0.9
        line = PACKED.pack(*fields)
        connection.execute("UPDATE line SET line = ?, link = ? WHERE id = 3", (line, chained(rows[2][1], line)))
    assert said(path) == ["individual 3: its line does not say what its record says"]


def test_a_file_that_is_no_archive_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("words " * 1000)
    assert any("file is not a database" in line for line in said(tmp_path / "words"))
    assert said(tmp_path / "nothing") == ["the file: is not there"]


def test_a_flipped_byte_anywhere_is_named_or_changes_nothing_that_is_read(path: Path) -> None:
    whole, rng, found = path.read_bytes(), random.Random(2), 0
    for at in [rng.randrange(len(whole)) for _ in range(120)]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << rng.randrange(8))]) + whole[at + 1 :])
        if examined(path).damage:
            found += 1
        else:
            with closing(Archive(path, create=False)) as archive:
                assert [*archive] == members()
    assert found > 10


@pytest.mark.parametrize("part", [0.0, 0.1, 0.35, 0.6, 0.85, 0.999])
def test_a_file_cut_short_anywhere_is_found(path: Path, part: float) -> None:
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part)])
    assert said(path)


def test_the_first_individuals_can_be_saved_link_for_link(path: Path, tmp_path: Path) -> None:
    with closing(Archive(path)) as archive:
        links = [archive.store.link(id) for id in range(4)]
    change(path, "UPDATE record SET content = x'00' WHERE id = 3")
    assert copied(path, tmp_path / "saved", 3) == links[2]
    with closing(Archive(tmp_path / "saved", create=False)) as saved:
        assert [*saved] == members()[:3]
        saved.add(members()[3])
        assert saved.store.head == links[3]
    with pytest.raises(ArchiveError, match="individual 3 is not what was written"):
        copied(path, tmp_path / "all")
    with pytest.raises(ArchiveError, match="is there already"):
        copied(path, tmp_path / "saved")


def test_what_was_said_to_a_model_is_copied_and_looked_at(path: Path, tmp_path: Path) -> None:
    part, key = b"a message", b"k" * 32
    content = pack({"place": "propose 1", "messages": [content_digest(part)]})
    with closing(Archive(path)) as archive:
        archive.store.keep_exchange(key, content, {content_digest(part): Blob(part)})
    copied(path, tmp_path / "copy", 2)
    with closing(Archive(tmp_path / "copy", create=False)) as copy:
        assert copy.store.exchange(key) == content and copy.store.blob(content_digest(part)) == part
    assert said(path) == []
    change(path, "DELETE FROM blob WHERE digest = ?", content_digest(part))
    assert said(path) == ["exchange 1 with a model: is missing"]


def told(path: Path, *answers: tuple[str, str]) -> None:
    """Write down exchanges, and an individual after each of them but the last."""
    with closing(Archive(path)) as archive:
        for question, answer in answers:
            prompt = pack(question)
            content = pack({"answer": answer, "messages": [content_digest(prompt)]})
            archive.store.keep_exchange(content_digest(prompt), content, {content_digest(prompt): Blob(prompt)})
            if (question, answer) != answers[-1]:
                archive.add(individual(len(archive), 1))


def retold(path: Path, question: str, answer: str) -> None:
    """Put another answer in the place of one, with all the digests that are its own."""
    prompt = pack(question)
    content = pack({"answer": answer, "messages": [content_digest(prompt)]})
    with closing(Archive(path)) as archive:
        archive.store.keep_exchange(content_digest(prompt), content, {content_digest(prompt): Blob(prompt)})


def test_an_answer_of_a_model_that_was_changed_with_its_digest_is_named(path: Path) -> None:
    told(path, ("a?", "yes"), ("b?", "yes"), ("c?", "yes"))
    assert said(path) == []
    retold(path, "b?", "no")
    assert said(path) == ["exchange 4 with a model: is not the one that individual 5 vouches for"]
    change(path, "DELETE FROM exchange WHERE rowid = 1")
    assert "individual 4: an exchange with a model is missing" in said(path)[0]


def test_a_run_that_goes_on_vouches_for_what_nobody_has_vouched_for(path: Path, tmp_path: Path) -> None:
    told(path, ("a?", "yes"), ("b?", "yes"))
    for name in ("on", "copy"):
        with closing(Archive(path)) as archive:
            archive.add(individual(len(archive), 1))
            archive.add(individual(len(archive), 1))
        assert said(path) == []
        copied(path, tmp_path / name)
        path = tmp_path / name
    retold(path, "b?", "no")
    assert [line.partition(": ")[2] for line in said(path)] == ["is not the one that individual 5 vouches for"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM line; END", "the file: holds the trigger 't'"),
        ("CREATE VIEW more AS SELECT * FROM run", "the file: holds the view 'more'"),
        ("CREATE TABLE more (id)", "the file: holds the table 'more'"),
        (
            "INSERT INTO blob VALUES (9999, zeroblob(32), NULL, x'00')",
            "the file: blob 000000000000, which nobody names",
        ),
        ("INSERT INTO run VALUES ('settings', 'seed = 1')", "or the domain or the settings are not"),
    ],
)
def test_what_was_added_to_a_file_is_named(path: Path, query: str, message: str) -> None:
    with closing(Archive(path)) as archive:
        archive.store._rows(query)
    assert [message in str(damage) for damage in examined(path).damage] == [True]
