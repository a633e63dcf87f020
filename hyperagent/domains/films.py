"""Which built-in domains can show what their agents did. A user's own domain is not loaded for a report."""

from collections.abc import Mapping

from archive import Archive
from hyperagent.science.film import Film


def films(archive: Archive, spec: Mapping[str, object]) -> list[Film]:
    """Films of the best of a run, by what its folder says of the domain; none where that knows of no films."""
    head, _, argument = str(spec.get("name", "")).partition(":")
    if head != "control" or argument.startswith("reward") or not len(archive):
        return []
    from hyperagent.domains.control.film import films

    return films(archive, int(str(spec.get("option_seed", 0))))
