"""The whole experiment of transfer: runs on one domain, a meta agent chosen from each, and imp@k on another domain."""

from collections.abc import Sequence
from pathlib import Path

from hyperagent.commands import imp
from hyperagent.commands.imp import Experiment, Told
from hyperagent.errors import RunError
from hyperagent.run import reading
from hyperagent.science.cells import Cell, made
from hyperagent.science.growth import Growth, chosen
from hyperagent.science.measurement import Measurement, Origin, Taken
from hyperagent.science.members import census


def measured(origin: Origin, target: Experiment, seeds: Sequence[int], told: Told) -> Measurement:
    """One run of the origin for each seed, the meta agent with the highest growth of each, and its imp@k beside the
    seed's; a seed whose run has nobody to choose is left out, with the reason."""
    cells = [Cell(f"from-{s}", origin.domain, s, origin.generations, origin.options) for s in seeds]
    excluded = made(cells, target.out, target.jobs, told)
    taken: dict[int, Taken] = {}
    for cell in cells:
        found = None if cell.name in excluded else grown(target.out / cell.name)
        if isinstance(found, str):
            excluded[cell.name] = found
        elif found is not None:
            run, frozen = target.out / cell.name, target.out / f"meta-{cell.seed}"
            taken[cell.seed] = imp.freeze(run, found.id, frozen, found, lessons_only=target.lessons_only)
    if not taken:
        raise RunError(f"no run gave a meta agent; the first reason: {next(iter(excluded.values()))}")
    folders = {seed: target.out / f"meta-{seed}" for seed in taken}
    return imp.measured(target, taken, folders, told, origin, excluded)


def grown(folder: Path) -> Growth | str:
    """The individual of a run whose descendants grew most, or why there is none to choose."""
    archive = reading(folder)
    try:
        return chosen(census(archive).members)
    except RunError as error:
        return str(error)
    finally:
        archive.close()
