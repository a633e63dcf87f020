"""The pairs of a measurement of imp@k: what one arm gained more than the other, seed by seed."""

import math
from typing import Any

from hyperagent.science.measurement import Measurement
from hyperagent.science.plots import INK, TEST, VALIDATION, Plotly, figure
from hyperagent.science.text import signed

SPREAD = 0.22


def differences(of: Measurement, k: int) -> dict[int, float]:
    """The gain under the frozen meta agent less that under the seed's at k, by seed; without those that have none."""
    theirs = {one.seed: one.gains[k] for one in of.found["seed"]}
    found = {one.seed: one.gains[k] - theirs[one.seed] for one in of.found["frozen"] if one.seed in theirs}
    return {seed: value for seed, value in found.items() if math.isfinite(value)}


def pairs_figure(of: Measurement) -> Plotly:
    """A column of dots for each k, its mean beside them, and a line at no difference."""
    places = range(len(of.rows))
    drawn = figure([dots(of), means(of)], len(of.rows), height=360, yaxis={"title": {"text": "difference in gain"}})
    ticks = {"tickvals": list(places), "ticktext": [f"k = {row.k}" for row in of.rows]}
    drawn.update_xaxes(title_text="", range=[-0.6, len(of.rows) - 0.4], dtick=None, showgrid=False, **ticks)
    drawn.add_hline(y=0, line={"color": INK, "width": 1})
    return drawn


def dots(of: Measurement) -> Plotly:
    """Every pair at every k, the seeds side by side in the order of their numbers."""
    from plotly import graph_objects

    xs: list[float] = []
    ys: list[float] = []
    said: list[str] = []
    for place, row in enumerate(of.rows):
        found = sorted(differences(of, row.k).items())
        for rank, (seed, value) in enumerate(found):
            xs.append(place + SPREAD * (2 * (rank + 0.5) / len(found) - 1))
            ys.append(value)
            said.append(f"seed {seed}, k = {row.k}: {signed(value)}")
    mark: dict[str, Any] = {"size": 9, "color": VALIDATION, "opacity": 0.75}
    return graph_objects.Scatter(x=xs, y=ys, mode="markers", name="one seed", marker=mark, text=said, hoverinfo="text")


def means(of: Measurement) -> Plotly:
    """The mean difference at every k, with its interval."""
    from plotly import graph_objects

    pairs = [row.comparison for row in of.rows]
    known = [(place, pair) for place, pair in enumerate(pairs) if math.isfinite(pair.difference)]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": [reach(pair.high, pair.difference) for _, pair in known],
        "arrayminus": [reach(pair.difference, pair.low) for _, pair in known],
        "color": TEST,
        "thickness": 2,
    }
    return graph_objects.Scatter(
        x=[place + 1.5 * SPREAD for place, _ in known], y=[pair.difference for _, pair in known], error_y=bars,
        mode="markers", name="mean, 95% interval", marker={"size": 11, "color": TEST, "symbol": "diamond"},
        text=[f"mean of {pair.count} pairs: {signed(pair.difference)}" for _, pair in known], hoverinfo="text",
    )  # fmt: skip


def reach(high: float, low: float) -> float:
    """The length of one side of a bar, none where there is no interval."""
    return high - low if math.isfinite(high - low) else 0.0
