"""What each part of a patch gained in descendants, for new bests that changed task agent and meta level at once.

Old and new parts are combined in all four ways. Each pair begins with one task agent and has one frozen meta agent, and
makes k children; what is compared is the test score of the best of them.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperagent.commands.imp import Told, keep
from hyperagent.domains import takes
from hyperagent.errors import RunError
from hyperagent.run import SETTINGS, reading
from hyperagent.science.cells import Cell, made
from hyperagent.science.curves import curves_of
from hyperagent.science.members import census, known
from hyperagent.science.paired import Comparison, compared
from hyperagent.science.text import number, signed
from hyperagent.settings import read_toml

if TYPE_CHECKING:
    from rich.console import Console

PARTS = ("old", "new")
Ends = Mapping[tuple[str, str], Mapping[int, float]]


@dataclass(frozen=True)
class Parts:
    """What the new task agent and the new meta agent of one individual gained, each over both forms of the other."""

    id: int
    task: Comparison
    meta: Comparison
    ends: Mapping[str, float]


def credit(folder: Path, out: Path, k: int, seeds: int, most: int, jobs: int, told: Told) -> dict[str, Any]:
    """The credit of the latest new bests that changed both levels."""
    winners = mixed(folder)[-most:]
    cells = [cell for pair in winners for cell in cells_of(folder, out, pair, k, seeds)]
    failed = made(cells, out, jobs, told)
    found = [parts(out, child, seeds, failed) for _, child in winners]
    return {"run": str(folder), "k": k, "winners": [asdict(one) for one in found], "excluded": failed}


def mixed(folder: Path) -> list[tuple[int, int]]:
    """Parent and child of every new best whose patch changed both levels."""
    archive = reading(folder)
    try:
        members = census(archive).members
    finally:
        archive.close()
    steps = curves_of(members).improvements
    found = [(step.parent, step.id) for step in steps if members[step.id].changed == "both"]
    if not found:
        raise RunError(f"{folder}: no new best changed task agent and meta level at once, among {len(steps)}")
    return found


def cells_of(folder: Path, out: Path, pair: tuple[int, int], k: int, seeds: int) -> list[Cell]:
    """The runs of one winner: every combination with every seed."""
    genomes = {part: written(folder, id, out / f"genome-{id}") for part, id in zip(PARTS, pair, strict=True)}
    spec = read_toml(folder / SETTINGS)[1]
    domain = str(spec.get("name", ""))
    options = {key.removeprefix("option_"): str(value) for key, value in spec.items() if key.startswith("option_")}
    if takes(domain, "seed"):
        options.setdefault("seed", "0")
    return [
        Cell(run_name(pair[1], task, meta, seed), domain, seed, k, options, {"fixed": "meta"},
             start=genomes[task], frozen=genomes[meta])
        for seed in range(seeds)
        for task, meta in product(PARTS, PARTS)
    ]  # fmt: skip


def run_name(id: int, task: str, meta: str, seed: int) -> str:
    """The folder of one run."""
    return f"{id}-{task}-task-{meta}-meta-{seed}"


def written(folder: Path, id: int, out: Path) -> str:
    """The folder of the genome of an individual."""
    archive = reading(folder)
    try:
        keep(known(archive, id).genome, out)
    finally:
        archive.close()
    return str(out)


def parts(out: Path, id: int, seeds: int, failed: Mapping[str, str]) -> Parts:
    """The credit of one winner, over the seeds for which all four runs are there."""
    combined = list(product(PARTS, PARTS))
    whole = [s for s in range(seeds) if not any(run_name(id, *both, s) in failed for both in combined)]
    ends = {both: {seed: final(out / run_name(id, *both, seed)) for seed in whole} for both in combined}
    return parts_of(id, ends)


def parts_of(id: int, ends: Ends) -> Parts:
    """The effect of each part, from the final scores of the four combinations by seed."""
    task = compared(averaged(ends, ("new", "old"), ("new", "new")), averaged(ends, ("old", "old"), ("old", "new")))
    meta = compared(averaged(ends, ("old", "new"), ("new", "new")), averaged(ends, ("old", "old"), ("new", "old")))
    means = {f"{task} task, {meta} meta": mean(list(ends[task, meta].values())) for task, meta in ends}
    return Parts(id, task, meta, means)


def averaged(ends: Ends, one: tuple[str, str], other: tuple[str, str]) -> dict[int, float]:
    """The mean of two combinations, seed by seed."""
    return {seed: (ends[one][seed] + ends[other][seed]) / 2 for seed in ends[one]}


def mean(values: Sequence[float]) -> float:
    """The mean, NaN of nothing."""
    return math.fsum(values) / len(values) if values else math.nan


def final(folder: Path) -> float:
    """The test score of the best of a run."""
    archive = reading(folder)
    try:
        found = known(archive, None).evaluations.get("test")
        return math.nan if found is None else found.mean
    finally:
        archive.close()


def show(console: "Console", data: Mapping[str, Any]) -> None:
    """What the parts gained, as text."""
    for one in data["winners"]:
        console.print(f"individual {one['id']}, best of {data['k']} children on held-out tasks:", highlight=False)
        for name, value in one["ends"].items():
            console.print(f"  {name:20} {number(value)}", highlight=False)
        for part in ("task", "meta"):
            found = one[part]
            ends = "" if found["low"] is None else f"  95% interval {signed(found['low'])} to {signed(found['high'])}"
            console.print(f"  the new {part:12} {signed(found['difference'])}{ends}  p {number(found['p'])}, "
                          f"{found['count']} pairs", highlight=False)  # fmt: skip
