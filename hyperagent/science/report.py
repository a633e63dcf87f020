"""A run as one HTML file that needs no network."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from archive import Archive
from hyperagent.science import sections
from hyperagent.science.curves import Curves, curves_of
from hyperagent.science.details import detail, parts
from hyperagent.science.film import Film, episodes, playing
from hyperagent.science.members import Census, Member, census
from hyperagent.science.page import Explorer, page
from hyperagent.science.plots import credit_figure, curve_figure, explored, tree_figure
from hyperagent.science.policies import Scored
from hyperagent.science.summary import Summary, summary_of

MOST_DRAWN = 8
Policies: TypeAlias = Callable[[Archive, tuple[Member, ...]], list[Scored]]


def report(
    archive: Archive, title: str, *, live: bool = False, policies: Policies | None = None, films: Sequence[Film] = ()
) -> str:
    """The report of a run, as HTML; raises `UsageError` where there is not even a seed.

    A live page has no details of individuals in it: it asks its server for them, and for what is new. `policies` scores
    the selections that the population invented; without it the page has no table of them. `films` are shown
    where there are any.
    """
    packed: list[dict[str, Any]] = []
    found = census(archive, (lambda _: None) if live else lambda individual: packed.append(detail(individual)))
    drawn = curves_of(found.members)
    numbers = summary_of(archive, found, drawn)
    body = [
        sections.headline(title, numbers, live=live),
        sections.progress(),
        sections.family(found.members),
        sections.individual(),
        episodes(films),
        sections.honesty(numbers),
        sections.quarantine(archive, numbers.alarms.quarantined),
        sections.steps(archive, numbers.improvements, numbers.noise.floor if numbers.noise else 0.0),
        sections.whole(archive, numbers),
        sections.operators(numbers.operators),
        sections.selections([] if policies is None else policies(archive, found.members), numbers.fallbacks),
        sections.clades(found.members, numbers.improvements),
        sections.record(archive, numbers, found),
    ]
    explorer = Explorer(explored(found.members, numbers.best.id), parts(packed), live)
    return page(f"{title} – hyperagent", "\n".join(body), figures(found, drawn, numbers), explorer, playing(films))


def state(archive: Archive, title: str) -> str:
    """What a live page is told when there is something new, as JSON."""
    found = census(archive)
    drawn = curves_of(found.members)
    numbers = summary_of(archive, found, drawn)
    plots = ",".join(f'"{id}":{figure.to_json()}' for id, figure in figures(found, drawn, numbers).items())
    known = json.dumps(explored(found.members, numbers.best.id), allow_nan=False)
    return f'{{"run":{known},"head":{json.dumps(sections.head(title, numbers))},"figures":{{{plots}}}}}'


def figures(found: Census, drawn: Curves, numbers: Summary) -> dict[str, Any]:
    """The figures, by the id of the element that each is drawn in."""
    made = {
        "curve-plot": curve_figure(drawn, found.members),
        "tree-plot": tree_figure(found.members, numbers.best.id),
    }
    if numbers.operators:
        made["credit-plot"] = credit_figure(found.members, [one.name for one in numbers.operators[:MOST_DRAWN]])
    return made
