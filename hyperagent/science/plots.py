"""The two figures of the report. Colours are mid-tones on no background, for light and dark pages alike."""

import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from hyperagent.science.curves import Curves
from hyperagent.science.members import Member
from hyperagent.science.text import line, number
from hyperagent.science.tree import Tree, tree

INK = "#80868f"
GRID = "rgba(128,134,143,0.22)"
TRAIN, VALIDATION, TEST = "#8f96a3", "#3d8bdb", "#e2762f"
SCALE = [(0.0, "#6f7f9c"), (0.35, "#3d8bdb"), (0.7, "#27a98b"), (1.0, "#e0a526")]
LINK = "#d1495b"
PALETTE = ("#e2762f", "#3d8bdb", "#27a98b", "#a06cd5", "#e0a526", "#d1495b", "#6f7f9c", "#7a9e3a")
CHANGES = {"nothing": INK, "task": "#3d8bdb", "meta": "#e2762f", "both": "#a06cd5"}
HOVER_TITLE = 110
WRAP = 55
Plotly = Any
"""A plotly object; the library has no types."""


def curve_figure(curves: Curves, members: Sequence[Member]) -> Plotly:
    """The scores of the best so far as steps, and a dot for each child that came as far as validation."""
    from plotly import graph_objects

    corners = [g for g in curves.generation if g in (0, len(members) - 1) or curves.best[g] != curves.best[g - 1]]
    hover = [hover_text(members[curves.best[g]]) for g in corners]
    steps = [("train", curves.train, TRAIN, 1.5, "dot"), ("validation", curves.validation, VALIDATION, 2, "solid")]
    traces = [
        graph_objects.Scatter(
            x=[child.id for child in curves.children],
            y=[child.validation for child in curves.children],
            mode="markers",
            name="a child, on validation",
            marker={"size": 6, "color": VALIDATION, "opacity": 0.4},
            text=[hover_text(child) for child in curves.children],
            hoverinfo="text",
        )
    ]
    for name, heights, colour, width, dash in [*steps, ("held-out test", curves.test, TEST, 3, "solid")]:
        traces.append(
            graph_objects.Scatter(
                x=corners,
                y=gaps([heights[g] for g in corners]),
                mode="lines+markers" if len(heights) == 1 else "lines",
                name=f"best so far, {name}",
                line={"color": colour, "width": width, "dash": dash, "shape": "hv"},
                text=hover,
                hoverinfo="text",
            )
        )
    return figure(traces, len(members), height=440, yaxis={"title": {"text": "mean score"}})


def gaps(heights: Sequence[float]) -> list[float | None]:
    """The heights with a gap where nothing was measured."""
    return [height if math.isfinite(height) else None for height in heights]


def tree_figure(members: Sequence[Member], best: int) -> Plotly:
    """Every individual at its generation, beside the life line of its parent; the way to the best stands out."""
    laid = tree([member.parent for member in members])
    rows = 1 + max(laid.row) - min(laid.row)
    traces = [
        links(laid, members),
        path(laid, members, best),
        *nodes(laid, members),
        single(laid, members[best]),
        shown_here(),
    ]
    hidden = {"visible": False, "range": row_range(laid)}
    return figure(traces, len(members), height=min(1100, max(300, 150 + 16 * rows)), yaxis=hidden)


def row_range(laid: Tree) -> list[int]:
    """The rows of a tree, with room at either end."""
    return [min(laid.row) - 1, max(laid.row) + 1]


def shown_here() -> Plotly:
    """The mark around the individual whose details are shown; nobody's at first."""
    from plotly import graph_objects

    mark = {"size": 18, "color": LINK, "symbol": "circle-open", "line": {"width": 2.5}}
    return graph_objects.Scatter(
        x=[None], y=[None], mode="markers", name="shown here", marker=mark, hoverinfo="skip", showlegend=False
    )


def explored(members: Sequence[Member], best: int) -> dict[str, Any]:
    """What the page has to know of the whole run to find its way in the tree."""
    laid = tree([member.parent for member in members])
    alive = [member for member in members if member.status == "alive"]
    return {
        "parents": [member.parent for member in members],
        "rows": list(laid.row),
        "best": best,
        "ranges": [generations(len(members))["range"], row_range(laid)],
        "colours": {
            "score": gaps([member.validation for member in alive]),
            "change": [CHANGES[member.changed] for member in alive],
        },
    }


def credit_figure(members: Sequence[Member], names: Sequence[str]) -> Plotly:
    """For each of some operators how many of its children beat their parents, up to each generation."""
    from plotly import graph_objects

    traces = []
    for place, name in enumerate(names):
        won = [m.id for m in members if name in m.operators and m.parent is not None
               and m.score > members[m.parent].score]  # fmt: skip
        at, count = [0, *won, len(members) - 1], [0, *range(1, len(won) + 1), len(won)]
        line_of = {"color": PALETTE[place % len(PALETTE)], "width": 2, "shape": "hv"}
        traces.append(graph_objects.Scatter(x=at, y=count, mode="lines", name=wrapped(name), line=line_of))
    return figure(traces, len(members), height=360, yaxis={"title": {"text": "children better than their parent"}})


def links(laid: Tree, members: Sequence[Member]) -> Plotly:
    """The life lines and the uprights."""
    from plotly import graph_objects

    points: list[tuple[int, int] | None] = []
    for member in members:
        here, born = laid.row[member.id], laid.children[member.id]
        if born:
            points += [(member.id, here), (born[-1], here), None]
        for child in born:
            if laid.row[child] != here:
                points += [(child, here), (child, laid.row[child]), None]
    return graph_objects.Scatter(
        x=[point and point[0] for point in points],
        y=[point and point[1] for point in points],
        mode="lines",
        line={"color": "rgba(128,134,143,0.45)", "width": 1},
        hoverinfo="skip",
        showlegend=False,
    )


def path(laid: Tree, members: Sequence[Member], best: int) -> Plotly:
    """The way from the seed to the best."""
    from plotly import graph_objects

    points = [(best, laid.row[best])]
    for id in ancestry(members, best):
        child = points[-1][0]
        points += [(child, laid.row[id]), (id, laid.row[id])]
    return graph_objects.Scatter(
        x=[x for x, _ in reversed(points)],
        y=[y for _, y in reversed(points)],
        mode="lines",
        name="the way to the best",
        line={"color": TEST, "width": 3},
        hoverinfo="skip",
    )


def ancestry(members: Sequence[Member], id: int) -> Iterator[int]:
    """The first parents of an individual, up to the seed."""
    parent = members[id].parent
    while parent is not None:
        yield parent
        parent = members[parent].parent


def nodes(laid: Tree, members: Sequence[Member]) -> list[Plotly]:
    """A trace for each status, the stillborn below the living."""
    alive = [member for member in members if member.status == "alive"]
    low, high = score_range(members)
    size = 8 if len(members) < 1000 else 5
    colours = [member.validation for member in alive] if low <= high else INK
    alive_mark = {"size": size, "color": colours, "colorscale": SCALE, "cmin": low, "cmax": high, "line": {"width": 0}}
    culled_mark = {"size": size - 2, "color": INK, "symbol": "circle-open", "line": {"width": 1.2}}
    stillborn_mark = {"size": size - 3, "symbol": "x-thin", "opacity": 0.7, "line": {"color": INK, "width": 1.2}}
    stillborn = [member for member in members if member.status == "stillborn"]
    culled = [member for member in members if member.status == "culled"]
    return [
        marks(laid, stillborn, "stillborn", stillborn_mark),
        marks(laid, culled, "culled", culled_mark),
        marks(laid, alive, "alive", alive_mark),
    ]


def score_range(members: Sequence[Member]) -> tuple[float, float]:
    """The lowest and the highest validation score, NaN where nobody has one."""
    scores = [member.validation for member in members if math.isfinite(member.validation)]
    return (min(scores), max(scores)) if scores else (math.nan, math.nan)


def single(laid: Tree, best: Member) -> Plotly:
    """A ring around the best."""
    return marks(laid, [best], "the best", {"size": 15, "color": TEST, "symbol": "circle-open", "line": {"width": 2.5}})


def marks(laid: Tree, members: Sequence[Member], name: str, marker: Mapping[str, object]) -> Plotly:
    """Members as marks at their places."""
    from plotly import graph_objects

    return graph_objects.Scatter(
        x=[member.id for member in members],
        y=[laid.row[member.id] for member in members],
        mode="markers",
        name=name,
        marker=marker,
        text=[hover_text(member) for member in members],
        customdata=[member.id for member in members],
        hoverinfo="text",
        showlegend=bool(members),
    )


def hover_text(member: Member) -> str:
    """What is shown of a member under the pointer, escaped: plotly reads it as HTML."""
    parents = f", child of {' and '.join(map(str, member.parents))}" if member.parents else ", the seed"
    shown = [("train", member.train), ("validation", member.validation), ("test", member.test)]
    scores = " · ".join(f"{name} {number(mean)}" for name, mean in shown if math.isfinite(mean))
    reason = member.stillborn[0] if member.stillborn else ""
    said = [wrapped(text) for text in (member.title, reason) if text]
    return "<br>".join([f"<b>{member.id}</b>{parents}", scores or member.status, *said])


def wrapped(text: str) -> str:
    """The text in escaped lines of a width that fits beside the pointer."""
    short = line(text, HOVER_TITLE)
    return "<br>".join(escape(short[i : i + WRAP], quote=False) for i in range(0, len(short), WRAP))


def figure(traces: list[Plotly], last: int, height: int, yaxis: dict[str, object]) -> Plotly:
    """The traces on a bare ground, generations to the right as far as `last`."""
    from plotly import graph_objects

    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": GRID}
    layout = {
        "template": "none",
        "height": height,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 13, "color": INK},
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "hovermode": "closest",
        "hoverlabel": {"align": "left", "bgcolor": "#23272e", "bordercolor": "#23272e", "font": {"color": "#f3f4f6"}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "itemsizing": "constant"},
        "xaxis": {**axis, "automargin": True, **generations(last)},
        "yaxis": {**axis, "automargin": True, **yaxis},
    }
    return graph_objects.Figure(traces, layout)


def generations(last: int) -> dict[str, object]:
    """The axis of generations, with room for a mark at either end and no tick between two generations."""
    return {"title": {"text": "generation"}, "range": [-0.02 * last, 1.02 * last], "dtick": 1 if last < 10 else None}
