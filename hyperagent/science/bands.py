"""Curves of several runs as one: their mean and its interval, a line with a band behind it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hyperagent.science.intervals import interval_over_runs
from hyperagent.science.page import shown
from hyperagent.science.plots import PALETTE, Plotly, figure

POINTS = 60
Arms = Mapping[str, Sequence[Sequence[float]]]
"""The curves of each arm's runs, by its name; each has a height for every generation from 0 on."""


def bands(arms: Arms, last: int, yaxis: Mapping[str, object], xaxis: str = "generation") -> Plotly:
    """A line and a band for each arm, up to generation `last`."""
    traces: list[Any] = []
    for place, (arm, runs) in enumerate(arms.items()):
        traces += band(arm, runs, PALETTE[place % len(PALETTE)], last)
    drawn = figure(traces, last + 1, height=420, yaxis=dict(yaxis))
    drawn.update_layout(xaxis_title_text=xaxis)
    return drawn


def band(arm: str, runs: Sequence[Sequence[float]], colour: str, last: int) -> list[Plotly]:
    """The mean over runs at some generations, and its interval behind it."""
    from plotly import graph_objects

    if not runs:
        return []
    at = sorted({round(k * last / POINTS) for k in range(POINTS + 1)})
    means = [interval_over_runs([run[g] for run in runs]) for g in at]
    ends = [m.low for m in means], [m.high for m in means]
    shape = {"mode": "lines", "line": {"width": 0, "shape": "hv"}, "hoverinfo": "skip", "showlegend": False}
    hidden = [
        graph_objects.Scatter(x=at, y=[none(v) for v in ends[0]], legendgroup=arm, **shape),
        graph_objects.Scatter(
            x=at, y=[none(v) for v in ends[1]], legendgroup=arm, fill="tonexty", fillcolor=f"{colour}22", **shape
        ),
    ]
    mean = graph_objects.Scatter(
        x=at, y=[none(m.mean) for m in means], mode="lines", name=shown(arm), legendgroup=arm,
        line={"color": colour, "width": 2.5, "shape": "hv"},
    )  # fmt: skip
    return [*hidden, mean] if len(runs) > 1 else [mean]


def none(value: float) -> float | None:
    """A gap where there is no number."""
    return value if math.isfinite(value) else None
