"""A measurement of imp@k as a whole: what its page and its file are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from hyperagent.science.changes import Change
from hyperagent.science.growth import Growth
from hyperagent.science.imp import ARMS, Improvement, Row


@dataclass(frozen=True)
class Taken:
    """The meta agent of individual `id` of the run `run`, frozen; `why` is its growth where it was chosen by that.

    `without_history` says why it goes without what its run had learned, if it does. `changed` is how its files differ
    from the seed genome's, and `head` the hash of the last record of the run. With `lessons_only` it goes without the
    definitions that it remembers.
    """

    run: str
    id: int
    digest: str
    without_history: str
    head: str = ""
    changed: tuple[Change, ...] = ()
    why: Growth | None = None
    lessons_only: bool = False


@dataclass(frozen=True)
class Origin:
    """Where the meta agents come from."""

    domain: str
    generations: int
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measurement:
    """The runs of both arms and what came of them: `found` by arm, `rows` by k, `taken` by seed.

    With an origin it is the whole experiment of transfer. `settings` are those of one of the runs, as it keeps them.
    """

    domain: str
    options: Mapping[str, str]
    k: int
    found: Mapping[str, Sequence[Improvement]]
    rows: Sequence[Row]
    taken: Mapping[int, Taken]
    excluded: Mapping[str, str]
    origin: Origin | None = None
    settings: str = ""

    @property
    def pairs(self) -> int:
        """How many seeds have both runs."""
        return len(self.found[ARMS[0]])


def data(of: Measurement) -> dict[str, Any]:
    """The measurement as JSON has it."""
    found: dict[str, Any] = {
        "domain": of.domain,
        "options": dict(of.options),
        "k": of.k,
        "start": {one.seed: one.start for one in of.found["seed"]},
        "gains": {arm: {one.seed: dict(one.gains) for one in runs} for arm, runs in of.found.items()},
        "curves": {arm: {one.seed: one.curve for one in runs} for arm, runs in of.found.items()},
        "heads": {arm: {one.seed: one.head for one in runs} for arm, runs in of.found.items()},
        "rows": [asdict(row) for row in of.rows],
        "excluded": dict(of.excluded),
    }
    if of.origin is None:
        return {**found, "frozen": next((described(one) for one in of.taken.values()), None)}
    return {**found, "from": asdict(of.origin), "taken": {seed: described(one) for seed, one in of.taken.items()}}


def described(taken: Taken) -> dict[str, Any]:
    """A frozen meta agent as JSON has it."""
    why = asdict(taken.why) if taken.why else {}
    of_it = {
        "run": taken.run,
        "id": taken.id,
        "digest": taken.digest,
        "head": taken.head,
        "without_history": taken.without_history,
        "lessons_only": taken.lessons_only,
        "changed": [change.name for change in taken.changed],
    }
    return {**why, **of_it}
