"""The patch that turns one genome into another: by the smallest parts where it can, by file where it must."""

import hashlib
from collections import Counter

from meta.apply import apply
from meta.edit import DeleteFile, Edit, PatchError, RenameFile, WriteFile
from meta.genome import Genome
from meta.module_diff import attempts
from meta.patch import Patch


def diff(old: Genome, new: Genome) -> Patch:
    """A patch with `apply(old, diff(old, new)) == new`, byte for byte.

    It goes down to the expression that differs, and moves and renames where that is shorter; a file whose difference
    cannot be said so is written as a whole.
    """
    edits: list[Edit] = []
    renamed = renamed_files(old, new)
    for name, to in renamed.items():
        edits.append(RenameFile(name, sha256(old.raw(name)), to))
        edits += file_edits(name, old.raw(name), new.raw(to))
    for name in sorted({*old, *new} - {*renamed, *renamed.values()}):
        if name not in new:
            edits.append(DeleteFile(name, sha256(old.raw(name))))
        elif name not in old:
            edits.append(WriteFile(name, "", new.raw(name)))
        else:
            edits += file_edits(name, old.raw(name), new.raw(name))
    return Patch(tuple(edits), title=f"{len(edits)} edits")


def renamed_files(old: Genome, new: Genome) -> dict[str, str]:
    """The files that have another name in the new genome, with it: the same content, or most of its lines."""
    found: dict[str, str] = {}
    come = [name for name in new if name not in old]
    for name in (name for name in old if name not in new):
        likely = [other for other in come if alike(name, old.raw(name), other, new.raw(other))]
        if likely:
            found[name] = max(likely, key=lambda other: new.raw(other) == old.raw(name))
            come.remove(found[name])
    return found


def alike(name: str, content: bytes, other: str, changed: bytes) -> bool:
    """Whether a file can be told as another one renamed: equal, or so close that its edits are the shorter way."""
    if content == changed:
        return bool(content)
    if not (name.endswith(".py") and other.endswith(".py")):
        return False
    before, after = Counter(content.splitlines()), Counter(changed.splitlines())
    shared = sum((before & after).values())
    in_part = 3 * shared > 2 * max(sum(before.values()), sum(after.values()))
    return in_part and not any(isinstance(edit, WriteFile) for edit in file_edits(name, content, changed))


def file_edits(name: str, old: bytes, new: bytes) -> list[Edit]:
    """The edits of one file: the first attempt that brings back every byte, else the whole file."""
    if old == new:
        return []
    whole: list[Edit] = [WriteFile(name, sha256(old), new)]
    if not name.endswith(".py") or not all(part.isidentifier() for part in name.removesuffix(".py").split("/")):
        return whole
    genome = Genome({name: old})
    try:
        for edits in attempts(name, old, new):
            if rebuilt(genome, name, edits) == new:
                return [*edits]
    except (PatchError, RecursionError):
        pass
    return whole


def rebuilt(genome: Genome, name: str, edits: list[Edit]) -> bytes | None:
    """The file with some edits applied, None where they are refused."""
    try:
        return apply(genome, Patch(tuple(edits))).raw(name)
    except PatchError:
        return None


def sha256(content: bytes) -> str:
    """The digest that whole-file edits expect."""
    return hashlib.sha256(content).hexdigest()
