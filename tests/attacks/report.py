"""The tables of docs/security.md: what was contained where, and what no layer may be missing for."""

import os
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from tests.attacks.known import UNCONTAINED
from tests.attacks.layers import LAYERS, Layer
from tests.attacks.ordinary import besiege_as_ordinary_user
from tests.attacks.registry import CATEGORIES, Attack
from tests.attacks.siege import Verdict, besiege

_SETTINGS = (*UNCONTAINED, ("none", "pure"))
Verdicts = Mapping[tuple[str, str, str], Sequence[Verdict]]


def report(listed: Sequence[Attack]) -> str:
    """Run everything in every setting, as this user and as an ordinary one, and tell what was contained."""
    chosen = [each for each in listed if not each.slow]
    found: dict[tuple[str, str, str], Sequence[Verdict]] = {}
    for sandbox, profile in _SETTINGS:
        if os.geteuid() != 0:
            found[sandbox, profile, "user"] = besiege(chosen, profile=profile, sandbox=sandbox)
            continue
        found[sandbox, profile, "user"] = besiege_as_ordinary_user("--profile", profile, "--sandbox", sandbox)
        # Without a jail the attacks of root would hit for real.
        if sandbox != "none":
            found[sandbox, profile, "root"] = besiege(chosen, profile=profile, sandbox=sandbox)
    parts = {
        "counts": _counts(found),
        "known": known_table(),
        "bare": _bare(found["none", "pure", "user"]),
        "layers": layer_table(),
    }
    return "\n".join(section(name, text) for name, text in parts.items())


def section(name: str, text: str) -> str:
    """A table between the marks that it has in the page."""
    return f"<!-- {name} -->\n{text}\n<!-- end -->\n"


def known_table() -> str:
    """What is known not to be contained, by name."""
    rows = [
        f"| {level}, {profile} | `{name}` | {why} |"
        for (level, profile), names in UNCONTAINED.items()
        for name, why in names.items()
    ]
    return "\n".join(["| level, profile | attack that succeeds | why |", "|---|---|---|", *rows])


def layer_table() -> str:
    """What succeeds without each layer."""
    head = ["| switched off | attacks that then succeed |", "|---|---|"]
    return "\n".join(
        [*head, *(f"| {_title(layer)} | {_names(layer.breaks) or 'none: others cover it'} |" for layer in LAYERS)]
    )


def _title(layer: Layer) -> str:
    words = [layer.name]
    if layer.sandbox == "landlock" and "level landlock" not in layer.name:
        words.append("level landlock")
    if layer.profile == "tools" and "tools" not in layer.name:
        words.append("tools")
    return ", ".join(words)


def _counts(found: Verdicts) -> str:
    settings = list(found)
    head = ["category", *(f"{level}, {profile}, {who}" for level, profile, who in settings)]
    rows = [
        [category, *(_contained([v for v in found[at] if v.category == category]) for at in settings)]
        for category in CATEGORIES
    ]
    rows.append(["all", *(_contained(found[at]) for at in settings)])
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows))


def _contained(verdicts: Sequence[Verdict]) -> str:
    return f"{sum(not verdict.succeeded for verdict in verdicts)} of {len(verdicts)}"


def _bare(verdicts: Sequence[Verdict]) -> str:
    words = [f"{category}: {_names(_succeeded(verdicts, category))}." for category in CATEGORIES]
    return "\n\n".join(textwrap.fill(line, 120, break_long_words=False, break_on_hyphens=False) for line in words)


def _succeeded(verdicts: Sequence[Verdict], category: str) -> list[str]:
    return [verdict.attack for verdict in verdicts if verdict.succeeded and verdict.category == category]


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
