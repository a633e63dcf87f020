"""One SQLite file a run: settings, content-addressed blobs, and a hash-chained log of records.

A record is written with its line and its blobs in one transaction, so that a process killed at any instruction leaves
whole records alone. The line is short and of a fixed size (archive/columns.py), it ends with SHA-256 of the record, and
carries the link SHA-256(link of the one before + line); the first link follows a digest of the run's domain and
settings. So opening reads and checks the lines alone, and a record or a blob is checked when it is read. What this does
not cover: someone who rewrites the whole chain (a replay finds that).

Opening, reading one individual and writing one take the same time however many there are, but for the lines.
"""

import functools
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.delta import deflated, inflated
from archive.errors import ArchiveError

FORMAT = "hyperagent archive 2"
SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (
    id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, base INTEGER, content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS line (id INTEGER PRIMARY KEY, line BLOB NOT NULL, link BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, content BLOB NOT NULL);
INSERT OR IGNORE INTO run VALUES ('format', '{FORMAT}');
COMMIT;
"""
PRUNED = "pruned"
EXCHANGES = "CREATE TABLE IF NOT EXISTS exchange (key BLOB PRIMARY KEY, digest BLOB NOT NULL, parts BLOB NOT NULL)"
"""What was said to a language model and what it answered: a blob by the key of the request, and the digests of those
that it names, one after the other. Made on first use."""
WORK = (
    "CREATE TABLE IF NOT EXISTS lease (generation INTEGER PRIMARY KEY, holder BLOB NOT NULL, seal BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS work (program BLOB NOT NULL, attempt BLOB NOT NULL, generation INTEGER NOT NULL,"
    " holder BLOB NOT NULL, content BLOB NOT NULL, seal BLOB NOT NULL, PRIMARY KEY (program, attempt)) WITHOUT ROWID",
)
"""What is in flight (archive/work.py): made on first use too, and removed with the individual that it was for."""
TYPED = "CASE typeof({0}) WHEN '{1}' THEN {0} END"
LEASES = f"SELECT generation, {TYPED.format('holder', 'blob')}, {TYPED.format('seal', 'blob')} FROM lease"
WORKS = (
    f"SELECT program, attempt, {TYPED.format('generation', 'integer')}, {TYPED.format('holder', 'blob')},"
    f" {TYPED.format('content', 'blob')}, {TYPED.format('seal', 'blob')} FROM work"
)
"""The rows as they are read: what is of another type than was written, and may be no text at all, is None."""
SETTLED = ("DELETE FROM lease WHERE generation <= ?", "DELETE FROM work WHERE generation <= ?")
NO_ROOM = ", the disk is full: expected room for 32 kB beside the file, even to read it"
AT_ONCE = 256
REMEMBERED = 512


@dataclass(frozen=True)
class Blob:
    """Content to keep; `like` is the digest of content that it may resemble, and is then kept as a difference from."""

    content: bytes
    like: bytes | None = None


@dataclass(frozen=True)
class Place:
    """Where a blob lies: its row, the row that it is a difference from, and its size on disk."""

    row: int
    base: int | None
    size: int


class Store:
    """Records and blobs on disk, or in memory where `path` is None. Raises `ArchiveError` for all that goes wrong."""

    def __init__(self, path: Path | None, *, create: bool = True) -> None:
        self.path = path
        if path is not None and not create and not path.is_file():
            raise ArchiveError(f"{path}: no such file, expected the archive of a run")
        try:
            self._connection = connected(path)
        except sqlite3.Error as error:
            raise ArchiveError(f"{path}: cannot be opened as an archive: {error}") from None
        self.blob = functools.lru_cache(maxsize=REMEMBERED)(self._blob)
        self._places: dict[bytes, Place] = {}
        try:
            self._prepare(create)
            self._last = self._last_link()
            self._count = int(self._rows("SELECT COUNT(*) FROM line")[0][0])
            self._has_work = "work" in self._tables()
        except ArchiveError:
            self.close()
            raise

    def append(self, line: bytes, content: bytes, blobs: Mapping[bytes, Blob]) -> None:
        """Write one record, the one after the last, and the blobs that are new, all or nothing.

        What was in flight for it is removed in the same transaction.
        """
        id = self._count
        last = self._last if id else self.genesis
        new = [(digest, *self._packed(blob)) for digest, blob in blobs.items() if self._place(digest) is None]
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany("INSERT OR IGNORE INTO blob (digest, base, content) VALUES (?, ?, ?)", new)
                self._connection.execute("INSERT INTO line VALUES (?, ?, ?)", (id, line, chained(last, line)))
                self._connection.execute("INSERT INTO record VALUES (?, ?)", (id, content))
                for query in SETTLED if self._has_work else ():
                    self._connection.execute(query, (id,))
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: individual {id} could not be written: {error}") from None
        self._last = chained(last, line)
        self._count = id + 1

    def lines(self) -> list[bytes]:
        """Every line in order, the chain checked on the way."""
        last, found = self.genesis, []
        rows = self._rows("SELECT id, line, link FROM line ORDER BY id")
        for position, (id, line, link) in enumerate(rows):
            if id != position:
                raise ArchiveError(f"{self.path}: individual {position} is missing, found {id} in its place")
            last = self._followed(id, last, line, link)
            found.append(line)
        return found

    def records(self, count: int | None = None) -> Iterator[tuple[int, bytes, bytes]]:
        """Every (id, line, record) in order, or the first `count` of them; a few at a time are in memory."""
        first, end = 0, self._count if count is None else min(count, self._count)
        while first < end:
            rows = self._rows(
                "SELECT line.id, line, content FROM line LEFT JOIN record USING (id)"
                " WHERE line.id >= ? AND line.id < ? ORDER BY line.id",
                *(first, min(first + AT_ONCE, end)),
            )
            for id, line, content in rows:
                if id != first:
                    raise ArchiveError(f"{self.path}: individual {first} is missing, found {id} in its place")
                yield id, line, self._checked(id, line, content)
                first += 1
            if not rows:
                raise ArchiveError(f"{self.path}: individual {first} is missing")

    def record(self, id: int) -> tuple[bytes, bytes]:
        """The line and the record of one individual."""
        last: object = self.genesis if id == 0 else None
        for found, line, link, content in self._rows(
            "SELECT line.id, line, link, content FROM line LEFT JOIN record USING (id) WHERE line.id IN (?, ?)"
            " ORDER BY line.id",
            *(id - 1, id),
        ):
            if found == id:
                self._followed(id, last, line, link)
                return line, self._checked(id, line, content)
            last = link
        raise ArchiveError(f"individual {id}: not in the archive, which has {len(self)}")

    def link(self, id: int) -> str:
        """The link of one individual, in hex."""
        for (link,) in self._rows("SELECT link FROM line WHERE id = ?", id):
            return bytes(link).hex()
        raise ArchiveError(f"individual {id}: not in the archive, which has {len(self)}")

    def keep_exchange(self, key: bytes, content: bytes, parts: Mapping[bytes, Blob]) -> None:
        """Write down an exchange under the key of its request, with the blobs it names, all or nothing."""
        digest = hashlib.sha256(content).digest()
        blobs = {**parts, digest: Blob(content)}
        new = [(name, *self._packed(blob)) for name, blob in blobs.items() if self._place(name) is None]
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute(EXCHANGES)
                self._connection.executemany("INSERT OR IGNORE INTO blob (digest, base, content) VALUES (?, ?, ?)", new)
                self._connection.execute(
                    "INSERT OR REPLACE INTO exchange VALUES (?, ?, ?)", (key, digest, b"".join(parts))
                )
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: an exchange with a model could not be written: {error}") from None

    def exchange(self, key: bytes) -> bytes | None:
        """The exchange with a key, if there is one."""
        rows = self._rows("SELECT digest FROM exchange WHERE key = ?", key) if self._has_exchanges() else []
        return self.blob(rows[0][0]) if rows else None

    def contents(self) -> Iterator[bytes]:
        """The contents of all exchanges, in the order in which they were written."""
        rows = self._rows("SELECT digest FROM exchange ORDER BY rowid") if self._has_exchanges() else []
        return (self.blob(digest) for (digest,) in rows)

    def exchanges(self) -> Iterator[tuple[bytes, bytes, dict[bytes, Blob]]]:
        """Every exchange, in the order in which they were written: its key, content and parts."""
        rows = self._rows("SELECT key, digest, parts FROM exchange ORDER BY rowid") if self._has_exchanges() else []
        for key, digest, parts in rows:
            digests = [parts[at : at + 32] for at in range(0, len(parts), 32)]
            yield key, self.blob(digest), {part: Blob(self.blob(part)) for part in digests}

    def exchanges_after(self, row: int) -> list[tuple[int, bytes, bytes]]:
        """The rows of the exchanges that were written after that of a row: number, key and digest."""
        query = "SELECT rowid, key, digest FROM exchange WHERE rowid > ? ORDER BY rowid"
        return self._rows(query, row) if self._has_exchanges() else []

    def keep_work(self, leases: Sequence[tuple[Any, ...]], trials: Sequence[tuple[Any, ...]]) -> None:
        """Write leases (generation, holder, seal) and trials (program, attempt, generation, holder, content, seal)."""
        if not leases and not trials:
            return
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                for query in () if self._has_work else WORK:
                    self._connection.execute(query)
                self._connection.executemany("INSERT OR REPLACE INTO lease VALUES (?, ?, ?)", leases)
                self._connection.executemany("INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?)", trials)
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: work in flight could not be written: {error}") from None
        self._has_work = True

    def leases(self) -> list[tuple[Any, ...]]:
        """Who has begun which generations that are not in the archive yet."""
        return self._rows(f"{LEASES} ORDER BY generation") if self._has_work else []

    def works(self) -> Iterator[tuple[Any, ...]]:
        """The trials in flight, one at a time."""
        names = self._rows("SELECT program, attempt FROM work ORDER BY generation") if self._has_work else []
        return (row for name in names for row in self.work(*name))

    def work(self, program: object, attempt: object) -> list[tuple[Any, ...]]:
        """The trial in flight of one attempt of a program, if there is one."""
        return self._rows(f"{WORKS} WHERE program = ? AND attempt = ?", program, attempt)

    def drop_work(self) -> None:
        """Remove all leases and trials in flight."""
        for table in ("lease", "work"):
            self._rows(f"DELETE FROM {table}")

    def setting(self, key: str) -> str | None:
        """A value kept beside the records."""
        for (value,) in self._rows("SELECT value FROM run WHERE key = ?", key):
            return str(value)
        return None

    def settings(self) -> dict[str, str]:
        """All that is kept beside the records."""
        return {str(key): str(value) for key, value in self._rows("SELECT key, value FROM run ORDER BY key")}

    def set(self, key: str, value: str) -> None:
        """Keep a value beside the records."""
        self._rows("INSERT OR REPLACE INTO run VALUES (?, ?)", key, value)

    @property
    def whole(self) -> frozenset[int] | None:
        """Who still has files and trials, where the others were pruned; None where nobody was."""
        text = self.setting(PRUNED)
        try:
            return None if text is None else frozenset(int(id) for id in json.loads(text)["whole"])
        except (KeyError, TypeError, ValueError) as error:
            raise ArchiveError(f"{self.path}: the list of who was pruned cannot be read: {error!r:.100}") from None

    def forget(self, key: str) -> None:
        """Keep a value no longer."""
        self._rows("DELETE FROM run WHERE key = ?", key)

    def schema(self, *, whole: bool = False) -> list[tuple[Any, ...]]:
        """How the file is laid out: type, name and definition of everything in it, or of all that may be in it."""
        for query in (EXCHANGES, *WORK) if whole else ():
            self._rows(query)
        return self._rows("SELECT type, name, sql FROM sqlite_master ORDER BY name")

    @property
    def genesis(self) -> bytes:
        """What the first link follows: a digest of the domain and the settings that the run was begun with."""
        return begun_as(self.setting("domain"), self.setting("settings"))

    @property
    def head(self) -> str:
        """The link of the last record, in hex: it stands for the whole log."""
        return self._last.hex()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __len__(self) -> int:
        return self._count

    def _blob(self, digest: bytes) -> bytes:
        """The content with a digest."""
        for base, content in self._rows("SELECT base, content FROM blob WHERE digest = ?", digest):
            return self._unpacked(digest, base, content)
        raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is missing")

    def _unpacked(self, digest: bytes, base: object, content: object) -> bytes:
        try:
            plain = inflated(content, None if base is None else self._base(base))
        except (zlib.error, TypeError) as error:
            raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is damaged: {error}") from None
        if hashlib.sha256(plain).digest() != digest:
            raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is not what was written")
        return plain

    def _base(self, row: object) -> bytes:
        """The content that others are differences from; it is no difference itself."""
        for digest, base in self._rows("SELECT digest, base FROM blob WHERE id = ?", row):
            if base is None and isinstance(digest, bytes):
                return self.blob(digest)
        raise TypeError(f"row {row!r:.40}, which it is a difference from, is not there")

    def _packed(self, blob: Blob) -> tuple[int | None, bytes]:
        """The row that a blob is kept as a difference from, if that is small, and what is written."""
        like = None if blob.like is None else self._place(blob.like)
        if like is None:
            return None, deflated(blob.content)
        root = like.row if like.base is None else like.base
        ((digest, size),) = self._rows("SELECT digest, length(content) FROM blob WHERE id = ?", root)
        difference = deflated(blob.content, self.blob(digest))
        return (root, difference) if 4 * len(difference) < size + 400 else (None, deflated(blob.content))

    def _place(self, digest: bytes) -> Place | None:
        if digest not in self._places:
            rows = self._rows("SELECT id, base, length(content) FROM blob WHERE digest = ?", digest)
            if not rows:
                return None
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[digest] = Place(*rows[0])
        return self._places[digest]

    def _has_exchanges(self) -> bool:
        return "exchange" in self._tables()

    def _followed(self, id: int, last: object, line: object, link: object) -> bytes:
        if isinstance(last, bytes) and isinstance(line, bytes) and link == chained(last, line):
            return chained(last, line)
        before = "the one before it is not" if id else "the domain or the settings are not"
        raise ArchiveError(f"{self.path}: individual {id} is not what was written, or {before}")

    def _checked(self, id: int, line: bytes, content: object) -> bytes:
        if isinstance(content, bytes) and line.endswith(hashlib.sha256(content).digest()):
            return content
        what = "is missing: there is a line and no record" if content is None else "is not what was written"
        raise ArchiveError(f"{self.path}: individual {id} {what}")

    def _last_link(self) -> bytes:
        rows = self._rows("SELECT link FROM line ORDER BY id DESC LIMIT 1")
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else b""

    def _prepare(self, create: bool) -> None:
        """Lay out an empty file, if that is wanted; any other file must be an archive already and is left as it is."""
        if create and not self._tables():
            self._lay_out()
        found = self.setting("format") if "run" in self._tables() else None
        if found != FORMAT:
            raise ArchiveError(f"{self.path}: format {found!r}, expected {FORMAT!r}")
        self._rows("PRAGMA synchronous = NORMAL")

    def _tables(self) -> list[str]:
        return [str(name) for (name,) in self._rows("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def _lay_out(self) -> None:
        self._rows("PRAGMA journal_mode = WAL")
        try:
            self._connection.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: cannot be laid out as an archive: {error}") from None

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: {error}{NO_ROOM if lacks_room(error) else ''}") from None


def connected(path: Path | None) -> sqlite3.Connection:
    """A connection to a file, or to memory. Where nothing can be written beside it, it is read as it lies there.

    In write-ahead mode even readers write, so without that nobody could look at a run on a disk that is read-only.
    """
    if path is None:
        return sqlite3.connect(":memory:", isolation_level=None)
    if path.is_file() and not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists():
        return sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True, isolation_level=None)
    return sqlite3.connect(path, isolation_level=None)


def lacks_room(error: sqlite3.Error) -> bool:
    """Whether it is no fault of the file, but a disk too full for what write-ahead mode keeps beside it."""
    return getattr(error, "sqlite_errorname", "").startswith("SQLITE_IOERR_SHM")


def chained(last: bytes, line: bytes) -> bytes:
    """The link of a line that follows one with the link `last`."""
    return hashlib.sha256(last + line).digest()


def begun_as(domain: str | None, settings: str | None) -> bytes:
    """What the first link follows, for a run that was begun so."""
    return b"" if domain is None and settings is None else hashlib.sha256(repr([domain, settings]).encode()).digest()
