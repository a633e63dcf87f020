"""Three-way merge of two genomes by target: what either side changed is taken, what both changed must agree."""

from dataclasses import dataclass

from meta.apply import apply
from meta.diff import diff
from meta.edit import Edit, FileEdit, Insert, PatchError
from meta.genome import Genome
from meta.patch import Patch


@dataclass(frozen=True)
class Conflict:
    """The targets that both sides changed, differently: (target, what left wants, what right wants)."""

    targets: tuple[tuple[str, str, str], ...]


def merge(base: Genome, left: Genome, right: Genome) -> Patch | Conflict:
    """A patch of `base` that makes the changes of both sides, or the conflict between them."""
    ours, theirs = by_target(diff(base, left)), by_target(diff(base, right))
    both = [target for target in ours if target in theirs and ours[target] != theirs[target]]
    files = {whole_file(target) for target in (*ours, *theirs) if ":" not in target}
    both += [t for t in ours if ":" in t and whole_file(t) in files and t not in theirs and whole_file(t) in theirs]
    both += [t for t in theirs if ":" in t and whole_file(t) in files and t not in ours and whole_file(t) in ours]
    if both:
        return Conflict(tuple((t, intention(ours.get(t)), intention(theirs.get(t))) for t in both))
    edits = [edit for group in (ours | theirs).values() for edit in group]
    patch = Patch(tuple(edits), title="merge")
    try:
        apply(base, patch)
    except PatchError as error:
        return Conflict(((str(error), "", ""),))
    return patch


def by_target(patch: Patch) -> dict[str, tuple[Edit, ...]]:
    """The edits of each definition or file."""
    found: dict[str, tuple[Edit, ...]] = {}
    for edit in patch.edits:
        target = target_of(edit)
        found[target] = (*found.get(target, ()), edit)
    return found


def target_of(edit: Edit) -> str:
    """What an edit changes: a definition, a file, or the place in front of a statement and not the statement."""
    if isinstance(edit, Insert):
        return f"{edit.at} (before)"
    return edit.name if isinstance(edit, FileEdit) else edit.at


def whole_file(target: str) -> str:
    """The file that a target lies in."""
    return target.split(":")[0].replace(".", "/") + ".py" if ":" in target else target


def intention(edits: tuple[Edit, ...] | None) -> str:
    """What one side wants of a target, in words."""
    if edits is None:
        return "a change of the whole file"
    return "; ".join(f"{type(edit).__name__.lower()} {getattr(edit, 'new', '')}".strip() for edit in edits)
