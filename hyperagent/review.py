"""A person's say before a child is run: yes, no with a reason, another version of it, or later.

What has been said is kept beside the archive by generation and genome, so a run that is resumed does not ask again; a
no stands in the archive as the reason why the child was not run, and later proposals are shown it. Children that nobody
has decided on wait in a queue, and the run ends when nothing else is left to do.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeAlias

from archive import Archive, Individual
from hyperagent.errors import UsageError
from hyperagent.science.changes import changes
from meta import Genome

REFUSED = "refused: "
WORD = "review "
TASK_AGENT = "task_agent.py"
MOST_REASON = 500

Verdict: TypeAlias = str | Genome | None
""""" to let a child run, a reason why it may not, the genome to run in its place, or None to leave it in the queue."""
Ask: TypeAlias = Callable[[Individual, Individual], Verdict]
"""What is said of a child, given it and its parent."""
Edits: TypeAlias = Mapping[str, str | None]
"""The new text of some files; None for one that is gone."""


@dataclass(frozen=True)
class Review:
    """What is known of one child that is to be looked at.

    `files` are those that it changed, while nobody has decided; `verdict` is "", a reason, or None where there is none
    yet; `edits` are what a person changed before the yes.
    """

    id: int
    parent: int
    digest: str
    title: str
    hypothesis: str
    diffs: tuple[str, ...]
    verdict: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    edits: Edits = field(default_factory=dict)


class Reviews:
    """Which children are looked at, and what has been said of them."""

    def __init__(self, archive: Archive, approve: str, ask: Ask | None = None) -> None:
        self._store = archive.store
        self._approve = approve
        self._ask = ask

    def verdict(self, child: Individual, parent: Individual) -> Verdict:
        """What is said of a child. One that need not be looked at may run."""
        if child.stillborn or not self._concerns(child, parent):
            return ""
        known = self._known(child.id)
        if known is not None and known.digest == child.digest and known.verdict is not None:
            return child.genome.with_files(known.edits) if known.edits else known.verdict
        said = None if self._ask is None else self._ask(child, parent)
        if isinstance(said, Genome):
            self._keep(replace(reviewed(child, parent, ""), edits=between(child.genome, said)))
        else:
            self._keep(reviewed(child, parent, said))
        return said

    def waiting(self) -> Iterator[Review]:
        """Those that nobody has decided on, in the order of ids."""
        for key in sorted(self._store.settings(), key=numbered):
            if key.startswith(WORD):
                found = self._known(numbered(key))
                if found is not None and found.verdict is None:
                    yield found

    def decide(self, id: int, verdict: str, edits: Edits | None = None) -> None:
        """Say yes ("", perhaps to an edited version) or no (a reason) to a child that waits."""
        found = self._known(id)
        if found is not None:
            self._keep(replace(found, verdict=verdict[:MOST_REASON], diffs=(), files={}, edits=edits or {}))

    def _concerns(self, child: Individual, parent: Individual) -> bool:
        if self._approve == "meta":
            names = {*child.genome, *parent.genome}
            changed = {n for n in names if (n in child.genome and child.genome.raw(n)) != (
                n in parent.genome and parent.genome.raw(n))}  # fmt: skip
            return bool(changed - {TASK_AGENT})
        return self._approve == "always"

    def _known(self, id: int) -> Review | None:
        text = self._store.setting(f"{WORD}{id}")
        if text is None:
            return None
        found: dict[str, Any] = json.loads(text)
        return Review(**{**found, "diffs": tuple(found["diffs"])})

    def _keep(self, review: Review) -> None:
        self._store.set(f"{WORD}{review.id}", json.dumps(asdict(review)))


def reviewed(child: Individual, parent: Individual, verdict: str | None) -> Review:
    """A child as it is shown to who decides; once that is done its diff is not needed any more."""
    patch = child.patch
    diffs = tuple(change.diff for change in changes(parent.genome, child.genome)) if verdict is None else ()
    files = {
        name: text
        for name, text in child.genome.items()
        if verdict is None and isinstance(text, str) and parent.genome.get(name) != text
    }
    title, why = ("", "") if patch is None else (patch.title, patch.hypothesis)
    kept = verdict if verdict is None else verdict[:MOST_REASON]
    return Review(child.id, parent.id, child.digest, title, why, diffs, kept, files)


def between(old: Genome, new: Genome) -> Edits:
    """The files in which a person's genome differs from a child's; text alone can be kept."""
    changed = {name: new[name] for name in new if name not in old or old.raw(name) != new.raw(name)}
    if binary := [name for name, text in changed.items() if not isinstance(text, str)]:
        raise UsageError(f"file {binary[0]}: is no text, expected a review to change text alone")
    return {**dict.fromkeys(name for name in old if name not in new), **{n: str(t) for n, t in changed.items()}}


def numbered(key: str) -> int:
    """The id in the name under which a review is kept."""
    tail = key.removeprefix(WORD)
    return int(tail) if tail.isdigit() else -1
