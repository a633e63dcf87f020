"""The patch that takes a patch back."""

from dataclasses import replace

from meta.apply import apply
from meta.diff import diff
from meta.edit import AddImport, Edit, PatchError, RemoveImport, Rename, RenameFile, Replace, SetConstant
from meta.genome import Genome
from meta.patch import Patch


def invert(genome: Genome, patch: Patch) -> Patch:
    """A patch with `apply(apply(genome, patch), invert(genome, patch)) == genome`, byte for byte.

    Edits are turned round one by one where that suffices; else the inverse is the difference of the two genomes.
    """
    child = apply(genome, patch)
    title = f"take back: {patch.title}"
    edits = [turned(edit) for edit in patch.edits]
    candidate = Patch(tuple(edit for edit in edits if edit is not None), title)
    try:
        if None not in edits and apply(child, candidate) == genome:
            return candidate
    except PatchError:
        pass
    return replace(diff(child, genome), title=title)


def turned(edit: Edit) -> Edit | None:
    """The edit the other way round, None for one that says too little of what was there."""
    match edit:
        case Replace(at=at, expect=expect, new=new):
            return Replace(at, new, expect)
        case SetConstant(at=at, expect=expect, new=new):
            return SetConstant(at, new, expect)
        case Rename(at=at, expect=expect, new=new):
            return Rename(new_name(at, expect, new), new, expect)
        case AddImport(at=at, new=new):
            return RemoveImport(at, new)
        case RemoveImport(at=at, expect=expect):
            return AddImport(at, expect)
        case RenameFile(name=name, expect=expect, to=to):
            return RenameFile(to, expect, name)
        case _:
            return None


def new_name(at: str, old: str, new: str) -> str:
    """The address of a definition after it was renamed; one by position stays."""
    return at.removesuffix(old) + new if at.endswith((f":{old}", f".{old}")) and "/" not in at else at
