"""A person's say before a child is run: yes, no with a reason, or later.

What has been said is kept beside the archive by generation and genome, so a run that is resumed does not ask again; a
no stands in the archive as the reason why the child was not run, and later proposals are shown it. Children that nobody
has decided on wait in a queue, and the run ends when nothing else is left to do.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from archive import Archive, Individual
from hyperagent.science.changes import changes

REFUSED = "refused: "
WORD = "review "
TASK_AGENT = "task_agent.py"
MOST_REASON = 500

Ask: TypeAlias = Callable[[Individual, Individual], str | None]
"""Given a child and its parent: "" to let it run, a reason why it may not, or None to leave it in the queue."""


@dataclass(frozen=True)
class Review:
    """What is known of one child that is to be looked at; `verdict` is as `Ask` gives it."""

    id: int
    parent: int
    digest: str
    title: str
    hypothesis: str
    diffs: tuple[str, ...]
    verdict: str | None = None


class Reviews:
    """Which children are looked at, and what has been said of them."""

    def __init__(self, archive: Archive, approve: str, ask: Ask | None = None) -> None:
        self._store = archive.store
        self._approve = approve
        self._ask = ask

    def verdict(self, child: Individual, parent: Individual) -> str | None:
        """What is said of a child: see `Ask`. One that need not be looked at may run."""
        if child.stillborn or not self._concerns(child, parent):
            return ""
        known = self._known(child.id)
        if known is not None and known.digest == child.digest and known.verdict is not None:
            return known.verdict
        said = None if self._ask is None else self._ask(child, parent)
        self._keep(reviewed(child, parent, said))
        return said

    def waiting(self) -> Iterator[Review]:
        """Those that nobody has decided on, in the order of ids."""
        for key in sorted(self._store.settings(), key=numbered):
            if key.startswith(WORD):
                found = self._known(numbered(key))
                if found is not None and found.verdict is None:
                    yield found

    def decide(self, id: int, verdict: str) -> None:
        """Say yes ("") or no (a reason) to a child that waits."""
        found = self._known(id)
        if found is not None:
            self._keep(Review(**{**asdict(found), "verdict": verdict[:MOST_REASON]}))

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
    title, why = ("", "") if patch is None else (patch.title, patch.hypothesis)
    kept = verdict if verdict is None else verdict[:MOST_REASON]
    return Review(child.id, parent.id, child.digest, title, why, diffs, kept)


def numbered(key: str) -> int:
    """The id in the name under which a review is kept."""
    tail = key.removeprefix(WORD)
    return int(tail) if tail.isdigit() else -1
