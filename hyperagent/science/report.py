"""A run as one HTML file that needs no network."""

from archive import Archive
from hyperagent.science import sections
from hyperagent.science.curves import curves_of
from hyperagent.science.members import census
from hyperagent.science.page import page
from hyperagent.science.plots import curve_figure, tree_figure
from hyperagent.science.summary import summary_of


def report(archive: Archive, title: str) -> str:
    """The report of a run, as HTML; raises `UsageError` where there is not even a seed."""
    found = census(archive)
    drawn = curves_of(found.members)
    numbers = summary_of(archive, found, drawn)
    body = [
        sections.headline(title, numbers),
        sections.progress(),
        sections.family(found.members),
        sections.steps(archive, numbers.improvements),
        sections.whole(archive, numbers),
        sections.operators(numbers.operators),
        sections.record(archive, numbers, found),
    ]
    figures = {
        "curve-plot": curve_figure(drawn, found.members),
        "tree-plot": tree_figure(found.members, numbers.best.id),
    }
    return page(f"{title} – hyperagent", "\n".join(body), figures)
