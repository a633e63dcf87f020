"""An immutable tree of files with a digest: what evolves."""

import functools
import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePosixPath

MAX_NAME = 200
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")


class GenomeFileError(ValueError):
    """A file name or content that a genome cannot hold."""


class Genome(Mapping[str, str | bytes]):
    """Files by relative name. Text is kept as UTF-8; two genomes are equal when every byte of every file is.

    `genome[name]` is the text of a file that is valid UTF-8 and the bytes of any other; `genome.raw(name)` is always
    bytes. Names are relative POSIX paths that mean the same on every file system, or `GenomeFileError` is raised.
    """

    __slots__ = ("_digest", "_files")

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self._files = {name: content_bytes(name, files[name]) for name in checked_names(frozenset(files))}
        self._digest: str | None = None

    @property
    def digest(self) -> str:
        """SHA-256, in hex, over the names and the digests of the contents, in the order of the names."""
        if self._digest is None:
            whole = hashlib.sha256()
            for name, content in self._files.items():
                whole.update(f"{name}\0{content_digest(content).hex()}\n".encode())
            self._digest = whole.hexdigest()
        return self._digest

    def raw(self, name: str) -> bytes:
        """The exact content of a file."""
        return self._files[name]

    def with_files(self, changed: Mapping[str, str | bytes | None]) -> "Genome":
        """This genome with some files written and those that map to None removed."""
        merged: dict[str, str | bytes] = dict(self._files)
        for name, content in changed.items():
            if content is None:
                merged.pop(name, None)
            else:
                merged[name] = content
        return Genome(merged)

    def __getitem__(self, name: str) -> str | bytes:
        content = self._files[name]
        try:
            return content.decode()
        except UnicodeDecodeError:
            return content

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Genome) and self._files == other._files

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"Genome({self.digest[:12]}, {len(self)} files)"


# A child has most files from its parent as the very objects, whose hash Python keeps.
@functools.lru_cache(maxsize=1024)
def content_digest(content: bytes) -> bytes:
    """SHA-256 of the content of a file."""
    return hashlib.sha256(content).digest()


@functools.lru_cache(maxsize=64)
def checked_names(names: frozenset[str]) -> tuple[str, ...]:
    """The names of the files of a genome in order; most genomes have the same ones."""
    for name in names:
        check_name(name)
    ordered = dict.fromkeys(sorted(names))
    check_collisions(ordered)
    return tuple(ordered)


def check_name(name: object) -> None:
    """Refuse a name that could climb out of a folder or mean different files on different systems."""
    if not isinstance(name, str) or not name:
        raise GenomeFileError(f"file name {name!r:.80}: expected a non-empty string")
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise GenomeFileError(f"file name {name!r:.80}: not valid Unicode") from None
    if size > MAX_NAME:
        raise GenomeFileError(f"file name {name[:40]!r}...: {size} bytes, at most {MAX_NAME} are allowed")
    if CONTROL.search(name):
        raise GenomeFileError(f"file name {name!r}: holds a character that is not allowed in a name")
    if any(part in ("", ".", "..") for part in name.split("/")):
        raise GenomeFileError(f"file name {name!r}: expected a relative path without '.', '..' or '//'")
    if any(part[-1] in ". " or RESERVED.fullmatch(part) for part in name.split("/")):
        raise GenomeFileError(f"file name {name!r}: holds a part that is not a file name on every system")


def content_bytes(name: str, content: object) -> bytes:
    """The content as bytes."""
    if isinstance(content, bytes):
        return content
    if not isinstance(content, str):
        raise GenomeFileError(f"{name}: content is {type(content).__name__}, expected str or bytes")
    try:
        return content.encode()
    except UnicodeEncodeError as error:
        raise GenomeFileError(f"{name}: {error.reason} at character {error.start}") from None


def check_collisions(files: Collection[str]) -> None:
    """Refuse files or folders whose names differ only in case or form of accents, and a file that is also a folder."""
    seen: dict[str, str] = {}
    folders = {folder for name in files for folder in map(str, PurePosixPath(name).parents)}
    for name in (*files, *sorted(folders)):
        other = seen.setdefault(folded(name), name)
        if other != name:
            raise GenomeFileError(f"file names {other!r} and {name!r} differ only in case")
        if name in files and name in folders:
            raise GenomeFileError(f"{name!r} is both a file and a folder")


def folded(name: str) -> str:
    """The name as the least exacting file systems see it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())
