"""What may happen to the file of an archive: all of it is found out, and told in one line."""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib
from contextlib import closing, suppress
from pathlib import Path

import pytest
from specimens import individual, stillborn

from archive import Archive, ArchiveError, Individual, copied, examined
from archive.delta import MOST_BYTES


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of four, closed, so that everything is in the one file."""
    path = tmp_path / "archive.sqlite"
    with closing(Archive(path)) as archive:
        for member in members():
            archive.add(member)
    return path


def members() -> list[Individual]:
    """A population of four."""
    return [individual(0, 0.5, 1), individual(1, 1), stillborn(2, parent=1), individual(3, 0, parent=1)]


def trouble(path: Path) -> str:
    """What an archive says is wrong with a file, on opening or when everything in it is read."""
    with pytest.raises(ArchiveError) as caught, closing(Archive(path, create=False)) as archive:
        list(archive)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def change(path: Path, query: str, *values: object) -> None:
    """Do to the file what the archive never would."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(query, values)


def flipped(content: bytes, at: int) -> bytes:
    """The content with one bit of one byte changed."""
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize(("table", "column"), [("record", "content"), ("line", "line"), ("line", "link")])
@pytest.mark.parametrize("id", [0, 1, 3])
def test_a_changed_byte_of_a_record_is_found_and_its_individual_named(
    path: Path, table: str, column: str, id: int
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (content,) = connection.execute(f"SELECT {column} FROM {table} WHERE id = ?", (id,)).fetchone()
    for at in {0, len(content) // 2, len(content) - 1}:
        change(path, f"UPDATE {table} SET {column} = ? WHERE id = ?", flipped(content, at), id)
        assert f"individual {id} is not what was written" in trouble(path)


def test_a_record_changed_under_an_open_archive_is_found_when_it_is_read(path: Path) -> None:
    with closing(Archive(path)) as archive:
        change(path, "UPDATE record SET content = x'00' WHERE id = 1")
        assert archive[0].id == 0
        with pytest.raises(ArchiveError, match="individual 1 is not what was written"):
            archive[1]


def test_a_blob_that_inflates_without_end_is_named_before_it_fills_the_memory(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (digest,) = connection.execute("SELECT digest FROM blob LIMIT 1").fetchone()
    change(path, "UPDATE blob SET base = NULL, content = ? WHERE digest = ?", inflating(2 * MOST_BYTES), digest)
    told = trouble(path)
    assert f"blob {digest.hex()[:12]} is damaged" in told and f"more than {MOST_BYTES} bytes" in told


def inflating(size: int) -> bytes:
    """A few bytes that inflate to a size."""
    packer = zlib.compressobj(6)
    part = bytes(1 << 20)
    return b"".join(packer.compress(part) for _ in range(size >> 20)) + packer.flush()


def test_a_changed_byte_of_any_blob_is_found_and_the_blob_named(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        blobs = connection.execute("SELECT digest, content FROM blob").fetchall()
    assert len(blobs) > 8
    for digest, content in blobs:
        change(path, "UPDATE blob SET content = ? WHERE digest = ?", flipped(content, len(content) // 2), digest)
        assert f"blob {digest.hex()[:12]} is" in trouble(path)
        change(path, "UPDATE blob SET content = ? WHERE digest = ?", content, digest)
    with closing(Archive(path)) as archive:
        assert [*archive] == members()


def test_a_blob_in_the_place_of_another_is_found(path: Path) -> None:
    change(path, "UPDATE blob SET content = (SELECT content FROM blob ORDER BY digest LIMIT 1)")
    assert "blob" in trouble(path)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("DELETE FROM line WHERE id = 1", "individual 1 is missing, found 2 in its place"),
        ("DELETE FROM line WHERE id = 0", "individual 0 is missing, found 1 in its place"),
        ("DELETE FROM record WHERE id = 1", "individual 1 is missing: there is a line and no record"),
        ("DELETE FROM blob WHERE rowid = (SELECT MIN(rowid) FROM blob)", "is missing"),
        ("UPDATE record SET content = 'text' WHERE id = 3", "individual 3 is not what was written"),
        ("UPDATE line SET link = 12345678901 WHERE id = 3", "individual 3 is not what was written"),
        ("UPDATE blob SET content = 'text'", "is damaged"),
        (
            "UPDATE run SET value = 'hyperagent archive 9'",
            "format 'hyperagent archive 9', expected 'hyperagent archive 2'",
        ),
        ("DELETE FROM run", "format None, expected 'hyperagent archive 2'"),
        ("DROP TABLE record", "no such table: record"),
    ],
)
def test_what_was_removed_or_replaced_is_named(path: Path, query: str, message: str) -> None:
    change(path, query)
    assert message in trouble(path)


def test_a_flipped_byte_anywhere_in_the_file_is_found_or_does_not_matter(path: Path) -> None:
    whole, rng, found = path.read_bytes(), random.Random(0), 0
    for at in [rng.randrange(len(whole)) for _ in range(150)]:
        path.write_bytes(flipped(whole, at))
        try:
            with closing(Archive(path, create=False)) as archive:
                assert [*archive] == members()
        except ArchiveError:
            found += 1
    assert found > 10


@pytest.mark.parametrize("part", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_an_archive_error(path: Path, part: float) -> None:
    os.truncate(path, int(path.stat().st_size * part))
    assert str(path) in trouble(path)


def test_an_empty_file_is_no_archive_to_read_from(path: Path) -> None:
    os.truncate(path, 0)
    assert "format None, expected 'hyperagent archive 2'" in trouble(path)


def test_a_file_that_is_no_database_is_an_archive_error(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("words " * 1000)
    assert "file is not a database" in trouble(path)
    with pytest.raises(ArchiveError, match="file is not a database"):
        Archive(path)
    assert path.read_text() == "words " * 1000


def test_the_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a"
    change(path, "CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    with pytest.raises(ArchiveError, match="format None"):
        Archive(path)
    assert path.read_bytes() == before


def test_a_missing_file_is_an_archive_error_and_stays_missing(tmp_path: Path) -> None:
    assert "no such file, expected the archive of a run" in trouble(tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_a_folder_that_is_not_there_is_an_archive_error(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="cannot be opened as an archive"):
        Archive(tmp_path / "nowhere" / "a")


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from specimens import individual
from archive import Archive
archive = Archive(Path(sys.argv[1]))
print("open", flush=True)
while True:
    archive.add(individual(len(archive), 1.0, parent=max(0, len(archive) - 1)))
"""


@pytest.mark.slow
def test_a_process_killed_while_it_writes_leaves_whole_records_alone(tmp_path: Path) -> None:
    path, rng, before = tmp_path / "archive.sqlite", random.Random(1), 0
    for _ in range(4):
        arguments = [sys.executable, "-c", WRITER, str(path), str(Path(__file__).parent)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None and process.stdout.readline() == b"open\n"
            time.sleep(rng.uniform(0.0, 0.08))
            os.kill(process.pid, signal.SIGKILL)
        with closing(Archive(path, create=False)) as archive:
            assert len(archive) >= before
            assert [*archive] == [individual(id, 1.0, parent=max(0, id - 1)) for id in range(len(archive))]
            before = len(archive)
    assert before > 0


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_a_file_copied_in_the_middle_of_an_append_holds_what_was_committed(tmp_path: Path, moment: int) -> None:
    with closing(Archive(tmp_path / "a")) as archive:
        archive.add(individual(0, 1))
        statements = (
            "BEGIN IMMEDIATE",
            "INSERT INTO blob VALUES (99, x'00', NULL, x'00')",
            "INSERT INTO line VALUES (1, x'00', x'00')",
        )
        for statement in statements[: moment + 1]:
            archive.store._connection.execute(statement)
        for name in ("a", "a-wal"):
            shutil.copy(tmp_path / name, tmp_path / name.replace("a", "b", 1))
        archive.store._connection.execute("ROLLBACK")
    with closing(Archive(tmp_path / "b")) as copy:
        assert [*copy] == [individual(0, 1)]
        copy.add(individual(1, 1))


def fill(archive: Archive) -> None:
    """Add individuals for as long as it goes."""
    for id in range(1000):
        archive.add(individual(id, 1.0))


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="needs root, to mount a disk")
@pytest.mark.slow
def test_a_disk_that_is_full_or_read_only_costs_nothing_that_was_written(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], check=False)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with closing(Archive(disk / "a")) as archive:
            with pytest.raises(ArchiveError, match=r"individual \d+ could not be written: database or disk is full"):
                fill(archive)
            count = len(archive)
            subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
            archive.add(individual(count, 1.0))
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with closing(Archive(disk / "a", create=False)) as archive:
            assert [*archive] == [individual(id, 1.0) for id in range(count + 1)]
            with pytest.raises(ArchiveError, match="readonly database"):
                archive.add(individual(count + 1, 1.0))
        assert examined(disk / "a").damage == []
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mount") is None, reason="needs root, to mount a disk")
@pytest.mark.slow
def test_a_copy_that_finds_no_room_leaves_nothing_and_a_full_disk_is_not_damage(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], check=False)
    if made.returncode:
        pytest.skip("no file system can be mounted here")
    try:
        with closing(Archive(tmp_path / "a")) as archive:
            for id in range(60):
                archive.add(individual(id, 1.0))
        shutil.copy(tmp_path / "a", disk)
        with pytest.raises(ArchiveError, match="database or disk is full"):
            copied(disk / "a", disk / "b")
        assert [path.name for path in disk.iterdir()] == ["a"] and examined(disk / "a").damage == []
        with suppress(OSError), (disk / "more").open("wb", 0) as file:
            while file.write(bytes(4096)):
                pass
        with pytest.raises(ArchiveError, match="the disk is full: expected room for 32 kB"):
            examined(disk / "a")
        (disk / "more").unlink()
        assert examined(disk / "a").damage == []
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
