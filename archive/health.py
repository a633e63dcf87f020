"""What is wrong with the file of an archive, by name, and what of it is whole.

`Archive` stops at the first thing that is not as it was written. Here everything is looked at, with as little trust in
the file as possible: each page, each line and its link, each record, each blob, and whether a line says what the record
does. What this does not see is a change by someone who computed all hashes anew; a replay does.
"""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from archive.columns import PACKED, Growing
from archive.copying import digests_in
from archive.delta import inflated
from archive.errors import ArchiveError
from archive.individual import Individual
from archive.record import Kept, kept, unpack, unpacked, vouched
from archive.store import FORMAT, LEASES, NO_ROOM, PRUNED, WORKS, Store, begun_as, chained, connected, lacks_room
from archive.work import fault
from archive.work import named as named_row

MOST_PAGES = 20
STRUCTURE = "the file"


@dataclass(frozen=True)
class Damage:
    """What is not as it was written: the file, a setting, or an individual; and what is wrong with it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass
class Health:
    """What was found: the damage, and who is whole. The first `intact` individuals are whole without a gap."""

    damage: list[Damage] = field(default_factory=list)
    individuals: int = 0
    whole: int = 0
    intact: int = 0
    head: str = ""


def examined(path: Path) -> Health:
    """Look at everything in the file of an archive."""
    health = Health()
    if not path.is_file():
        health.damage.append(Damage(STRUCTURE, "is not there"))
        return health
    try:
        with closing(connected(path)) as connection:
            connection.execute("SELECT name FROM sqlite_master").close()
            Examination(connection, health).run()
    except sqlite3.Error as error:
        if lacks_room(error):
            raise ArchiveError(f"{path}: {error}{NO_ROOM}") from None
        health.damage.append(Damage(STRUCTURE, f"cannot be read further: {error}"))
    return health


class Examination:
    """One look at a file."""

    def __init__(self, connection: sqlite3.Connection, health: Health) -> None:
        self._connection = connection
        self._health = health
        self._bad: dict[bytes, str] = {}
        self._named: set[bytes] = set()
        self._whole: frozenset[int] | None = None
        self._exchanged: dict[object, tuple[int, object]] = {}

    def run(self) -> None:
        """Pages, then layout, settings and blobs, then one individual after the other."""
        self._pages()
        self._strangers()
        self._settings()
        self._blobs()
        self._exchanged = self._digests()
        self._individuals()
        self._exchanges()
        self._in_flight()
        self._unnamed()

    def _pages(self) -> None:
        try:
            rows = self._connection.execute(f"PRAGMA integrity_check({MOST_PAGES})").fetchall()
        except sqlite3.Error as error:
            rows = [(str(error),)]
        self._health.damage += [Damage(STRUCTURE, " ".join(str(row[0]).split())) for row in rows if row != ("ok",)]

    def _strangers(self) -> None:
        """A trigger or a view acts when the file is written or read: whatever we have not laid out is named."""
        with closing(Store(None)) as fresh:
            ours = set(fresh.schema(whole=True))
        for row in self._connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall():
            if row not in ours:
                self._note(
                    STRUCTURE, f"holds the {row[0]!s:.20} {row[1]!r:.60}, expected what an archive is laid out with"
                )

    def _settings(self) -> None:
        try:
            found = dict(self._connection.execute("SELECT key, value FROM run").fetchall()).get("format")
        except sqlite3.Error as error:
            self._note("the settings", f"cannot be read: {error}")
            return
        self._whole = self._unpruned()
        if found != FORMAT:
            self._note("the settings", f"the format is {found!r:.60}, expected {FORMAT!r}")

    def _unpruned(self) -> frozenset[int] | None:
        for (text,) in self._connection.execute("SELECT value FROM run WHERE key = ?", (PRUNED,)):
            try:
                return frozenset(json.loads(text)["whole"])
            except (KeyError, TypeError, ValueError) as error:
                self._note("the settings", f"the list of who was pruned cannot be read: {error!r:.100}")
        return None

    def _blobs(self) -> None:
        """Note every blob that is not what its digest says; the individuals name them."""
        for id in self._ids("blob"):
            try:
                digest, base, content = self._row("SELECT digest, base, content FROM blob WHERE id = ?", id)
            except (sqlite3.Error, LookupError) as error:
                self._note(STRUCTURE, f"blob row {id} cannot be read: {error}")
                continue
            fault = self._fault(digest, base, content)
            if fault and isinstance(digest, bytes):
                self._bad[digest] = fault
            elif fault:
                self._note(STRUCTURE, f"blob row {id} has no digest")

    def _fault(self, digest: object, base: object, content: object) -> str:
        try:
            dictionary = None if base is None else self._base(base)
            return "" if hashlib.sha256(inflated(content, dictionary)).digest() == digest else "is not what was written"
        except (sqlite3.Error, LookupError, TypeError, zlib.error) as error:
            return f"is damaged: {error}"

    def _base(self, row: object) -> bytes:
        base, content = self._row("SELECT base, content FROM blob WHERE id = ?", row)
        if base is not None:
            raise LookupError("it is a difference from a difference")
        return inflated(content)

    def _individuals(self) -> None:
        health, growing = self._health, Growing()
        last: object = self._genesis()
        for id in range(self._number()):
            health.individuals += 1
            before = len(health.damage)
            last = self._individual(id, last, growing)
            if len(health.damage) == before:
                health.whole += 1
                health.intact += health.intact == id
        health.head = last.hex() if isinstance(last, bytes) else ""

    def _number(self) -> int:
        """How many individuals there should be; a row that lies beyond is out of its place."""
        found = {table: [*self._ids(table)] for table in ("line", "record")}
        number = max(map(len, found.values()))
        for table, ids in found.items():
            for id in ids:
                if not 0 <= id <= number:
                    self._note(STRUCTURE, f"{table} {id} is out of its place, expected at most {number}")
        return max([number, *(id + 1 for ids in found.values() for id in ids if id == number)])

    def _individual(self, id: int, last: object, growing: Growing) -> object:
        """Look at one individual and return the link that the next one should follow."""
        where, line, link = f"individual {id}", b"", None
        try:
            line, link = self._row("SELECT line, link FROM line WHERE id = ?", id)
        except (sqlite3.Error, LookupError) as error:
            self._note(where, f"its line cannot be read: {error}")
        whole = isinstance(line, bytes) and isinstance(link, bytes) and len(line) == PACKED.size
        if whole and (last is None or (isinstance(last, bytes) and link == chained(last, line))):
            self._record(where, id, line, growing)
        elif link is not None:
            before = "the one before it is not" if id else "the domain or the settings are not"
            self._note(where, f"its line is not what was written, or {before}")
        growing.append(line if whole else bytes(PACKED.size))
        return link

    def _record(self, where: str, id: int, line: bytes, growing: Growing) -> None:
        try:
            (content,) = self._row("SELECT content FROM record WHERE id = ?", id)
        except (sqlite3.Error, LookupError) as error:
            self._note(where, f"its record cannot be read: {error}")
            return
        if not isinstance(content, bytes) or not line.endswith(hashlib.sha256(content).digest()):
            self._note(where, "its record is not what was written")
            return
        try:
            said: Mapping[str, Any] = unpack(content)
            self._vouched_for(where, said)
            if self._whole is not None and id not in self._whole:
                return
            parts = kept(said, self._blob)
            missing = [f"{what} {self._lost(digest)}" for what, digest in named(parts) if self._lost(digest)]
            for what in missing:
                self._note(where, what)
            if not missing:
                self._agreement(where, unpacked(id, line, content, self._blob), line, growing)
        except (ArchiveError, sqlite3.Error, LookupError, TypeError, ValueError, zlib.error) as error:
            self._note(where, f"its record cannot be read: {error}")

    def _agreement(self, where: str, individual: Individual, line: bytes, growing: Growing) -> None:
        """Whether the line says of an individual what its record does."""
        if individual.parent is not None and not 0 <= individual.parent < individual.id:
            self._note(where, f"its parent is {individual.parent}, expected an earlier one")
        elif growing.line(individual, line[-32:]) != line:
            self._note(where, "its line does not say what its record says")

    def _lost(self, digest: bytes) -> str:
        self._named.add(digest)
        if digest in self._bad:
            return self._bad[digest]
        found = self._connection.execute("SELECT 1 FROM blob WHERE digest = ?", (digest,)).fetchall()
        return "" if found else "is missing"

    def _blob(self, digest: bytes) -> bytes:
        base, content = self._row("SELECT base, content FROM blob WHERE digest = ?", digest)
        if digest in self._bad:
            raise LookupError(f"blob {digest.hex()[:12]} {self._bad[digest]}")
        return inflated(content, None if base is None else self._base(base))

    def _exchanges(self) -> None:
        """Look at what was said to language models, where anything was."""
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE name = 'exchange'").fetchall()
        rows = (
            self._connection.execute("SELECT rowid, digest FROM exchange ORDER BY rowid").fetchall() if tables else []
        )
        for number, digest in rows:
            try:
                named = [digest, *digests_in(unpack(self._blob(digest)))]
                lost = [fault for fault in map(self._lost, named) if fault]
            except (sqlite3.Error, LookupError, TypeError, ValueError, zlib.error) as error:
                lost = [f"cannot be read: {error}"]
            if lost:
                self._note(f"exchange {number} with a model", lost[0])

    def _in_flight(self) -> None:
        """Look at the work of generations that are not here yet, where there is any."""
        for table, query, column in (("lease", LEASES, 0), ("work", WORKS, 2)):
            if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchall():
                try:
                    for row in self._connection.execute(query):
                        self._row_in_flight(row, column)
                except sqlite3.Error as error:
                    self._note("the work in flight", f"cannot be read to its end: {error}")

    def _row_in_flight(self, row: tuple[Any, ...], column: int) -> None:
        if fault(row):
            self._note(named_row(row), "is not what was written")
        elif row[column] < self._health.individuals:
            self._note(named_row(row), "is there still, expected it to be gone with its generation")

    def _unnamed(self) -> None:
        """Damaged blobs that nobody who could be read has named."""
        for digest, what in self._bad.items():
            if digest not in self._named:
                self._note(STRUCTURE, f"blob {digest.hex()[:12]}, which nobody names, {what}")

    def _vouched_for(self, where: str, said: Mapping[str, Any]) -> None:
        """Whether the exchanges that a record vouches for are those that were there when it was written."""
        for key, digest in vouched(said):
            number, found = self._exchanged.get(key, (0, None))
            if not number:
                self._note(where, f"an exchange with a model is missing, expected {digest.hex()[:12]}")
            elif found != digest:
                self._note(f"exchange {number} with a model", f"is not the one that {where} vouches for")

    def _digests(self) -> dict[object, tuple[int, object]]:
        """The number and the digest of each exchange with a model, by its key."""
        try:
            rows = self._connection.execute("SELECT key, rowid, digest FROM exchange").fetchall()
        except sqlite3.Error:
            return {}
        return {key: (number, digest) for key, number, digest in rows}

    def _genesis(self) -> bytes | None:
        """What the first link follows; None where it cannot be known."""
        try:
            begun = dict(self._connection.execute("SELECT key, value FROM run").fetchall())
        except sqlite3.Error:
            return None
        return begun_as(begun.get("domain"), begun.get("settings"))

    def _ids(self, table: str) -> Iterator[int]:
        """The ids of a table, up to where it cannot be read."""
        try:
            for (id,) in self._connection.execute(f"SELECT id FROM {table} ORDER BY id"):
                yield id
        except sqlite3.Error as error:
            self._note(STRUCTURE, f"the table {table} cannot be read to its end: {error}")

    def _row(self, query: str, *values: object) -> tuple[Any, ...]:
        for row in self._connection.execute(query, values):
            found: tuple[Any, ...] = row
            return found
        raise LookupError("it is missing")

    def _note(self, where: str, what: str) -> None:
        self._health.damage.append(Damage(where, what))


def named(parts: Kept) -> list[tuple[str, bytes]]:
    """What each blob of an individual is to it, and its digest."""
    files = [(f"file {name}", digest) for name, digest in parts.files.items()]
    evaluations = [(f"the trials on {split}", digest) for split, digest in parts.evaluations.items()]
    questions = [] if parts.questions is None else [("its questions", parts.questions)]
    return [*files, *evaluations, *questions]
