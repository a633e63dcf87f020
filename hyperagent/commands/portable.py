"""A run as one file, and back: the same individuals, link for link."""

import sqlite3
from contextlib import closing
from pathlib import Path

from archive import ArchiveError, copied, examined
from archive.store import Store
from hyperagent.errors import RunError
from hyperagent.run import ARCHIVE, SETTINGS, discard, locked, prepared, write_whole

RUN_FILE = "run.toml"


def to_file(folder: Path, file: Path) -> str:
    """Write a run to a new file and return its head."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    if file.exists():
        raise RunError(f"{file}: is there already, expected a new file")
    head = copied(folder / ARCHIVE, part)
    with closing(Store(part, create=False)) as store:
        if (folder / SETTINGS).exists():
            store.set(RUN_FILE, (folder / SETTINGS).read_text("utf-8"))
    # Out of the mode that needs files beside it: so it can be read where nothing can be written.
    with closing(sqlite3.connect(part)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    part.replace(file)
    return head


def from_file(file: Path, folder: Path) -> str:
    """Make the folder of a run from a file, all of it checked, and return the head."""
    check_schema(file)
    damage = examined(file).damage
    if damage:
        raise RunError(f"{file}: {damage[0]}, expected a whole run" + f" ({len(damage)} faults)" * (len(damage) > 1))
    made = prepared(folder)
    if (folder / ARCHIVE).exists():
        raise RunError(f"{folder}: holds a run already, expected a new folder")
    with locked(folder):
        try:
            head = copied(file, folder / ARCHIVE)
            unpack_settings(folder)
        except (ArchiveError, RunError):
            if made:
                discard(folder)
            raise
    return head


def unpack_settings(folder: Path) -> None:
    """Write run.toml as it was."""
    with closing(Store(folder / ARCHIVE, create=False)) as store:
        text = store.setting(RUN_FILE)
        if text is not None:
            write_whole(folder / SETTINGS, text)
            store.forget(RUN_FILE)


def check_schema(file: Path) -> None:
    """Refuse a file that is laid out in any other way than ours are: a view or a trigger would act on being read."""
    if not file.is_file():
        raise RunError(f"{file}: no such file, expected a run as one file")
    with closing(Store(None)) as fresh:
        needed, known = set(fresh.schema()), set(fresh.schema(whole=True))
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    except sqlite3.Error as error:
        raise RunError(f"{file}: cannot be read as a run: {error}") from None
    if not needed <= set(found) <= known:
        raise RunError(f"{file}: is not laid out as a run is")
