"""A grid of settings by seeds: the runs, one report, and the figures as data."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperagent.commands.imp import Told
from hyperagent.run import write_whole
from hyperagent.science.cells import made
from hyperagent.science.comparison import Comparisons, comparisons
from hyperagent.science.comparison_page import comparison_page
from hyperagent.science.experiment import Experiment, check_supply
from hyperagent.science.plain import nullable
from hyperagent.science.text import number, signed

if TYPE_CHECKING:
    from rich.console import Console

PAGE, FIGURES = "compare.html", "compare.json"


def compare(experiment: Experiment, out: Path, jobs: int, told: Told) -> dict[str, Any]:
    """Make what is missing, write the page and the figures, and return the figures."""
    check_supply(experiment)
    failed = made(experiment.cells(), out, jobs, told)
    found = comparisons(experiment, out, failed)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / PAGE, comparison_page(experiment, found))
    data: dict[str, Any] = nullable(figures(experiment, found))
    write_whole(out / FIGURES, json.dumps(data, indent=1) + "\n")
    return {**data, "report": str(out / PAGE)}


def figures(experiment: Experiment, found: Comparisons) -> dict[str, Any]:
    """The comparison as data: final scores of every run, and the rows of the table."""
    return {
        "name": experiment.name,
        "domain": experiment.domain,
        "generations": experiment.generations,
        "baseline": experiment.baseline,
        "confirm": experiment.confirm,
        "arms": [asdict(row) for row in found.rows],
        "final": {arm: {run.seed: run.final for run in runs} for arm, runs in found.runs.items()},
        "excluded": dict(found.excluded),
    }


def show(console: "Console", data: Mapping[str, Any]) -> None:
    """The figures as a table."""
    from rich.table import Table
    from rich.text import Text

    final = f"on {data['confirm']} new tasks" if data["confirm"] else "final test"
    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("arm", final, "gain", "area", "difference", "d", "p (Holm)", "runs", "cpu s"):
        table.add_column(head, justify="left" if head == "arm" else "right")
    for row in data["arms"]:
        pair = row["against"] or {"difference": None, "effect": None}
        cells = [number(row["final"]["mean"]), signed(row["gain"]["mean"]), number(row["area"]["mean"]),
                 signed(pair["difference"]), signed(pair["effect"]), number(row["corrected"]),
                 str(row["final"]["count"]), number(row["cpu"])]  # fmt: skip
        table.add_row(Text(row["arm"]), *cells)
    console.print(table)
    for name, why in data["excluded"].items():
        console.print(Text(f"excluded: {name}: {why}"))
    console.print(Text(f"the report: {data['report']}"), soft_wrap=True)
