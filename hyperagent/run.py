"""The folder of a run: `archive.sqlite` (everything), `run.toml` (its settings), and a lock against other processes."""

import fcntl
import json
import os
import platform
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from archive import Archive, Work
from hyperagent.domain import Domain
from hyperagent.errors import RunError
from hyperagent.settings import Settings, check_same, read_toml, recorded

ARCHIVE = "archive.sqlite"
SETTINGS = "run.toml"
LOCK = "run.lock"


@dataclass(frozen=True)
class Run:
    """An open run: its archive, and the settings in force."""

    folder: Path | None
    archive: Archive
    settings: Settings
    work: Work = field(default_factory=Work)


@contextmanager
def opened(folder: Path | None, domain: Domain, settings: Settings, spec: Mapping[str, object]) -> Iterator[Run]:
    """A run to write to: a new one, or one that was begun with the same domain and settings. None stays in memory."""
    if folder is None:
        archive = Archive()
        try:
            yield Run(None, archive, settings)
        finally:
            archive.close()
        return
    made = prepared(folder)
    with locked(folder):
        archive = Archive(folder / ARCHIVE)
        try:
            adopt(folder, archive, domain, settings, spec)
            yield Run(folder, archive, settings, Work(archive.store, f"process {os.getpid()} on {platform.node()}"))
        finally:
            empty = len(archive) == 0
            archive.close()
            if made and empty:
                discard(folder)


def prepared(folder: Path) -> bool:
    """Make sure that the folder is there and is a run's or empty; whether it was made just now."""
    if folder.is_dir():
        if any(folder.iterdir()) and not (folder / ARCHIVE).exists() and not (folder / LOCK).exists():
            raise RunError(f"{folder}: holds other files and no {ARCHIVE}, expected an empty folder or that of a run")
        return False
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise RunError(f"{folder}: cannot be made: {error.strerror}") from None
    return True


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the run against other processes; the system lets go of it however this process ends."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}") from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            raise RunError(f"{folder}: in use by another process ({holder or 'unknown'})") from None
        sign(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def sign(descriptor: int, folder: Path) -> None:
    """Write into the lock who holds it."""
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror}") from None


def adopt(folder: Path, archive: Archive, domain: Domain, settings: Settings, spec: Mapping[str, object]) -> None:
    """Record the settings of a new run, or check them against those of an old one."""
    if archive.is_pruned:
        raise RunError(
            f"{folder}: was pruned, so it cannot go on; begin a new run with: hyperagent run --from {folder}"
        )
    if not len(archive):
        archive.store.set("domain", domain.fingerprint())
        archive.store.set("settings", settings.toml())
    elif archive.store.setting("domain") != domain.fingerprint():
        raise RunError(f"{folder}: was begun with another domain or other tasks than {domain.name} has now")
    else:
        check_same(settings_of(archive, folder), settings, folder)
    write_whole(folder / SETTINGS, f"{settings.toml()}\n[domain]\n{as_toml(spec)}")


def settings_of(archive: Archive, folder: Path) -> Settings:
    """The settings that a run was begun with, as its archive has them: the links cover them."""
    text = archive.store.setting("settings")
    try:
        return read_toml(folder / SETTINGS)[0] if text is None else recorded(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RunError(f"{folder}: the settings in its archive cannot be read: {error}") from None


def as_toml(values: Mapping[str, object]) -> str:
    """A flat table of texts, numbers and lists of them as TOML."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is there as a whole or not at all."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(text, "utf-8")
        part.replace(path)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror}") from None


def discard(folder: Path) -> None:
    """Remove a folder that was made for a run which never began."""
    for name in (ARCHIVE, f"{ARCHIVE}-wal", f"{ARCHIVE}-shm", LOCK, SETTINGS):
        (folder / name).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def reading(folder: Path) -> Archive:
    """The archive of a run, for looking at; a process that writes to it is not disturbed."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    return Archive(folder / ARCHIVE, create=False)
