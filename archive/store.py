"""One SQLite file a run: settings, content-addressed blobs, and a hash-chained log of records.

A record is written with its blobs in one transaction, so that a process killed at any instruction leaves whole records
alone. Each record carries SHA-256(hash of the one before + record), so an edited or missing record is found on opening.
What this does not cover: someone who rewrites the whole chain.
"""

import hashlib
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError

FORMAT = "hyperagent archive 1"
SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS run (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS blob (digest BLOB PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY, content BLOB NOT NULL, hash BLOB NOT NULL);
INSERT OR IGNORE INTO run VALUES ('format', '{FORMAT}');
COMMIT;
"""


class Store:
    """Records and blobs on disk, or in memory where `path` is None. Raises `ArchiveError` for all that goes wrong."""

    def __init__(self, path: Path | None, *, create: bool = True) -> None:
        self.path = path
        if path is not None and not create and not path.is_file():
            raise ArchiveError(f"{path}: no such file, expected the archive of a run")
        try:
            self._connection = sqlite3.connect(path or ":memory:", isolation_level=None)
        except sqlite3.Error as error:
            raise ArchiveError(f"{path}: cannot be opened as an archive: {error}") from None
        try:
            self._prepare(create)
            self._last = self._last_hash()
        except ArchiveError:
            self.close()
            raise

    def append(self, id: int, content: bytes, blobs: Mapping[bytes, bytes]) -> None:
        """Write one record and the blobs that are new, all or nothing."""
        link = chained(self._last, content)
        compressed = [(digest, zlib.compress(blob, 6)) for digest, blob in blobs.items() if not self._has(digest)]
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany("INSERT OR IGNORE INTO blob VALUES (?, ?)", compressed)
                self._connection.execute("INSERT INTO record VALUES (?, ?, ?)", (id, content, link))
        except sqlite3.Error as error:
            raise ArchiveError(f"{self.path}: individual {id} could not be written: {error}") from None
        self._last = link

    def records(self) -> Iterator[tuple[int, bytes]]:
        """Every (id, record) in order, the chain checked on the way."""
        last = b""
        for position, (id, content, link) in enumerate(self._rows("SELECT id, content, hash FROM record ORDER BY id")):
            if id != position:
                raise ArchiveError(f"{self.path}: individual {position} is missing, found {id} in its place")
            last = self._checked(id, last, content, link)
            yield id, content

    def record(self, id: int) -> bytes:
        """The record of one individual."""
        last: object = b""
        for found, content, link in self._rows(
            "SELECT id, content, hash FROM record WHERE id IN (?, ?) ORDER BY id", id - 1, id
        ):
            if found == id:
                self._checked(id, last, content, link)
                return bytes(content)
            last = link
        raise ArchiveError(f"individual {id}: not in the archive, which has {len(self)}")

    def blob(self, digest: bytes) -> bytes:
        """The content with a digest."""
        for (content,) in self._rows("SELECT content FROM blob WHERE digest = ?", digest):
            try:
                plain = zlib.decompress(content)
            except (zlib.error, TypeError) as error:
                raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is damaged: {error}") from None
            if hashlib.sha256(plain).digest() != digest:
                raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is not what was written")
            return plain
        raise ArchiveError(f"{self.path}: blob {digest.hex()[:12]} is missing")

    def setting(self, key: str) -> str | None:
        """A value kept beside the records."""
        for (value,) in self._rows("SELECT value FROM run WHERE key = ?", key):
            return str(value)
        return None

    def set(self, key: str, value: str) -> None:
        """Keep a value beside the records."""
        self._rows("INSERT OR REPLACE INTO run VALUES (?, ?)", key, value)

    @property
    def head(self) -> str:
        """The hash of the last record, in hex: it stands for the whole log."""
        return self._last.hex()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __len__(self) -> int:
        return int(self._rows("SELECT COUNT(*) FROM record")[0][0])

    def _has(self, digest: bytes) -> bool:
        return bool(self._rows("SELECT 1 FROM blob WHERE digest = ?", digest))

    def _checked(self, id: int, last: object, content: object, link: object) -> bytes:
        if isinstance(last, bytes) and isinstance(content, bytes) and link == chained(last, content):
            return chained(last, content)
        raise ArchiveError(f"{self.path}: individual {id} is not what was written, or the one before it is not")

    def _last_hash(self) -> bytes:
        rows = self._rows("SELECT hash FROM record ORDER BY id DESC LIMIT 1")
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
            raise ArchiveError(f"{self.path}: {error}") from None


def chained(last: bytes, content: bytes) -> bytes:
    """The hash of a record that follows one with the hash `last`."""
    return hashlib.sha256(last + content).digest()
