"""The whole experiment of transfer: runs on one domain, a meta agent chosen from each, and imp@k on another domain."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hyperagent.commands import imp
from hyperagent.commands.imp import Experiment, Told
from hyperagent.errors import RunError, UsageError
from hyperagent.run import reading
from hyperagent.science.cells import Cell, made
from hyperagent.science.growth import Growth, chosen
from hyperagent.science.members import census


@dataclass(frozen=True)
class Origin:
    """Where the meta agents come from."""

    domain: str
    generations: int
    options: Mapping[str, str] = field(default_factory=dict)


def result(origin: Origin, target: Experiment, seeds: int, told: Told) -> dict[str, Any]:
    """One run of the origin for each seed, the meta agent with the highest growth of each, and its imp@k beside the
    seed's; a seed whose run has nobody to choose is left out, with the reason."""
    cells = [Cell(f"from-{s}", origin.domain, s, origin.generations, origin.options) for s in range(seeds)]
    excluded = made(cells, target.out, target.jobs, told)
    taken: dict[int, dict[str, Any]] = {}
    for cell in cells:
        try:
            if cell.name not in excluded:
                taken[cell.seed] = choice(target.out, cell)
        except UsageError as error:
            excluded[cell.name] = str(error)
    if not taken:
        raise RunError(f"no run gave a meta agent; the first reason: {next(iter(excluded.values()))}")
    data = imp.result(target, {seed: target.out / f"meta-{seed}" for seed in taken}, told)
    return {**data, "from": asdict(origin), "taken": taken, "excluded": {**excluded, **data["excluded"]}}


def choice(out: Path, cell: Cell) -> dict[str, Any]:
    """Freeze the meta agent that one run gives."""
    growth = grown(out / cell.name)
    found = imp.freeze(out / cell.name, growth.id, out / f"meta-{cell.seed}")
    return {**found, **asdict(growth)}


def grown(folder: Path) -> Growth:
    """The individual of a run whose descendants grew most."""
    archive = reading(folder)
    try:
        return chosen(census(archive).members)
    finally:
        archive.close()
