"""Three-way merge of two genomes by target: what either side changed is taken, what both changed must agree."""

import re
from dataclasses import dataclass
from itertools import product

from meta.apply import apply
from meta.diff import diff
from meta.edit import DeleteFile, Edit, Insert, PatchError, Rename, RenameFile, WriteFile
from meta.genome import Genome
from meta.patch import Patch
from meta.words import said

Group = tuple[Edit, ...]
Groups = dict[str, Group]
"""What one side does, by target."""


@dataclass(frozen=True)
class Conflict:
    """The targets that both sides changed, differently: (target, what left wants, what right wants)."""

    targets: tuple[tuple[str, str, str], ...]


def merge(base: Genome, left: Genome, right: Genome) -> Patch | Conflict:
    """A patch of `base` that makes the changes of both sides, or the conflict between them.

    Targets are as small as `diff` makes them, so two changes of one function merge where they touch different
    statements. A renamed definition conflicts with new code of the other side that still has the old name.
    """
    ours, theirs = by_target(diff(base, left)), by_target(diff(base, right))
    found = clashes(base, ours, theirs)
    if found:
        said_by = [(wider(left, right), intention(ours[left]), intention(theirs[right])) for left, right in found]
        return Conflict(tuple(said_by))
    return Patch(joined(ours, theirs), title="merge")


def wider(one: str, other: str) -> str:
    """What two clashing changes are about: the wider of the two places."""
    return min(one, other, key=len)


def joined(ours: Groups, theirs: Groups) -> tuple[Edit, ...]:
    """The edits of both sides, those that they share once."""
    return tuple(edit for group in (ours | theirs).values() for edit in group)


def by_target(patch: Patch) -> Groups:
    """The edits of each target."""
    found: Groups = {}
    for edit in patch.edits:
        found[target_of(edit)] = (*found.get(target_of(edit), ()), edit)
    return found


def target_of(edit: Edit) -> str:
    """What an edit changes: a place, a file, a name, or what stands in front of a statement and not the statement."""
    match edit:
        case WriteFile(name=name) | DeleteFile(name=name) | RenameFile(name=name):
            return name
        case Insert(at=at):
            return f"{at} (before)"
        case Rename(at=at):
            return f"{at} (name)"
        case _:
            return edit.at


def clashes(base: Genome, ours: Groups, theirs: Groups) -> list[tuple[str, str]]:
    """The pairs of targets, one of either side, that cannot both have their way."""
    found = [(t, t) for t in ours if t in theirs and ours[t] != theirs[t]]
    pairs = [(one, other) for one, other in product(ours, theirs) if one != other and related(one, other)]
    found += [(one, other) for one, other in pairs if at_odds(ours[one], theirs[other])]
    if found or applies(base, joined(ours, theirs)):
        return found
    every = [*product(ours, theirs)]
    return [pair for pair in every if not applies(base, (*ours[pair[0]], *theirs[pair[1]]))] or every


def related(one: str, other: str) -> bool:
    """Whether two targets lie in one file."""
    return file_of(one) == file_of(other)


def file_of(target: str) -> str:
    """The file that a target lies in."""
    return target.split(":")[0].replace(".", "/") + ".py" if ":" in target else target


def at_odds(one: Group, other: Group) -> bool:
    """Whether changes of one file exclude each other whatever their places: as a whole and in part, or by a name."""
    as_a_whole = any(isinstance(edit, WriteFile | DeleteFile) for edit in (*one, *other))
    return as_a_whole or writes_old_name(one, other) or writes_old_name(other, one)


def writes_old_name(renaming: Group, other: Group) -> bool:
    """Whether one side's new text has a name that the other side changes."""
    names = [edit.expect for edit in renaming if isinstance(edit, Rename)]
    texts = [str(getattr(edit, "new", "")) for edit in other]
    return any(re.search(rf"\b{re.escape(name)}\b", text) for name in names for text in texts)


def applies(base: Genome, edits: tuple[Edit, ...]) -> bool:
    """Whether some edits can be applied together."""
    try:
        apply(base, Patch(edits))
    except PatchError:
        return False
    return True


def intention(edits: Group) -> str:
    """What one side wants of a target, in words."""
    return "; ".join(map(said, edits))
