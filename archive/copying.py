"""The first individuals of an archive as an archive of their own, link for link."""

from collections.abc import Collection, Iterator
from pathlib import Path

from archive.errors import ArchiveError
from archive.record import Kept, kept, unpack
from archive.store import Blob, Store
from archive.work import fault, file, rows

DIGEST = 32


def copied(source: Path, target: Path, count: int | None = None, whole: Collection[int] | None = None) -> str:
    """Copy the first `count` individuals (None: all) to a new file, checked on the way, and return the head there.

    What comes after them in `source` is not looked at, and may be damaged. With `whole` only those keep their files
    and trials, and the others only what the chain of hashes rests on. Exchanges with models are copied all: what was
    paid for once need not be paid for again. So is the sound work in flight, unless there is a `whole`.
    """
    if target.exists():
        raise ArchiveError(f"{target}: is there already, expected a new file")
    old, new = Store(source, create=False), Store(target)
    done = False
    try:
        for key, value in old.settings().items():
            new.set(key, value)
        had = old.whole
        for id, line, record in old.records(count):
            has = (whole is None or id in whole) and (had is None or id in had)
            new.append(line, record, blobs_of(old, record, had) if has else {})
            if new.head != old.link(id):
                raise ArchiveError(f"{source}: individual {id} is not what was written, or the one before it is not")
        for exchange in old.exchanges():
            new.keep_exchange(*exchange)
        if whole is None:
            file(new, (row for row in rows(old) if not fault(row)))
        done = True
        return new.head
    finally:
        old.close()
        new.close()
        if not done:
            remove(target)


def remove(path: Path) -> None:
    """Remove an archive with what SQLite has put beside it: on a full disk nobody could read the other one."""
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def digests_in(value: object) -> Iterator[bytes]:
    """The digests that plain data names."""
    if isinstance(value, bytes) and len(value) == DIGEST:
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from digests_in(item)


def blobs_of(store: Store, record: bytes, had: Collection[int] | None) -> dict[bytes, Blob]:
    """The blobs that a record names, each with what it is like in its parent, if that is whole."""
    said = unpack(record)
    parts, like = kept(said, store.blob), dict[bytes, bytes]()
    for parent in said["parents"][:1]:
        if had is None or parent in had:
            like = likeness(parts, kept(unpack(store.record(parent)[1]), store.blob))
    return {digest: Blob(store.blob(digest), like.get(digest)) for digest in parts.blobs}


def likeness(child: Kept, parent: Kept) -> dict[bytes, bytes]:
    """For each blob of a child that differs from its parent's at the same place the parent's."""
    pairs = [(child.genome, parent.genome)]
    pairs += [(digest, parent.files[name]) for name, digest in child.files.items() if name in parent.files]
    pairs += [(d, parent.trials(split) or b"") for split, d in child.evaluations.items()]
    return {mine: other for mine, other in pairs if other and mine != other}
