"""The runs of an experiment: each in a folder of its own, made in parallel, and not made again if it is there."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from archive import ArchiveError
from hyperagent.confirm import confirm, confirmed
from hyperagent.domain import Domain
from hyperagent.domains import load_domain, takes
from hyperagent.errors import HyperagentError, RunError
from hyperagent.evolution import evolve
from hyperagent.run import SETTINGS, reading
from hyperagent.seeds import read_genome
from hyperagent.settings import read_toml
from sandbox_runner import SandboxUnavailable


@dataclass(frozen=True)
class Cell:
    """One run: its folder below that of the experiment, its domain, and what is not as usual about it.

    `seed` is that of the run, and of the tasks where the domain draws them by a seed. `start` and `frozen` are folders
    of genomes: the one to begin with, and the one whose meta agent does all the proposing. `confirm` is the number of
    new tasks that the reported best is tried on when all is done, 0 for none.
    """

    name: str
    domain: str
    seed: int
    generations: int
    options: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    start: str = ""
    frozen: str = ""
    confirm: int = 0

    def loaded(self) -> Domain:
        """The domain with the tasks of this cell."""
        drawn = {"seed": str(self.seed)} if takes(self.domain, "seed") else {}
        return load_domain(self.domain, {**drawn, **self.options})


def made(
    cells: Sequence[Cell], folder: Path, jobs: int, told: Callable[[int, int, str], None] = lambda *_: None
) -> dict[str, str]:
    """Make every run that is not there as a whole, `jobs` at a time; the result says why one failed, by its name."""
    waiting = [cell for cell in cells if not finished(folder, cell)]
    failed: dict[str, str] = {}
    if not waiting:
        return failed
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(waiting)), context, initializer=quiet) as processes:
        futures = {processes.submit(make, folder, cell): cell for cell in waiting}
        try:
            for count, future in enumerate(as_completed(futures), 1):
                cell = futures[future]
                if why := future.result():
                    failed[cell.name] = why
                told(count, len(waiting), f"{cell.name}: {why}" if why else cell.name)
        finally:
            processes.shutdown(wait=False, cancel_futures=True)
    return failed


def quiet() -> None:
    """In a process of the experiment: the one that started it handles interruptions, and this one ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """Wait for the end of the process that started this one, however it ends, and end: the run can be gone on with."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def make(folder: Path, cell: Cell) -> str:
    """Make or go on with one run; why it could not be, or ""."""
    try:
        start = read_genome(Path(cell.start)) if cell.start else None
        frozen = read_genome(Path(cell.frozen)) if cell.frozen else None
        options = {"generations": cell.generations, "seed": cell.seed, "workers": 1, **cell.settings}
        domain = cell.loaded()
        if not is_evolved(folder, cell):
            for _ in evolve(domain, folder / cell.name, genome=start, frozen=frozen, spec=spec(cell), **options):  # type: ignore[arg-type]
                pass
        if cell.confirm:
            confirm(folder / cell.name, domain, read_toml(folder / cell.name / SETTINGS)[0], cell.confirm)
    except (HyperagentError, ArchiveError, SandboxUnavailable) as error:
        return str(error)
    return ""


def spec(cell: Cell) -> dict[str, object]:
    """The domain as the folder of the run records it."""
    drawn = {"seed": str(cell.seed)} if takes(cell.domain, "seed") else {}
    return {"name": cell.domain, **{f"option_{name}": value for name, value in {**drawn, **cell.options}.items()}}


def finished(folder: Path, cell: Cell) -> bool:
    """Whether a run is there as a whole and has been confirmed; `RunError` for one of other tasks under its name."""
    return is_evolved(folder, cell) and (not cell.confirm or is_confirmed(folder, cell))


def is_confirmed(folder: Path, cell: Cell) -> bool:
    """Whether the reported best has been tried on as many new tasks as the cell asks for."""
    archive = reading(folder / cell.name)
    try:
        found = confirmed(archive.store)
        return found is not None and len(found.best) == cell.confirm
    finally:
        archive.close()


def is_evolved(folder: Path, cell: Cell) -> bool:
    """Whether a run has all its generations; raises `RunError` for one of other tasks under its name."""
    if not (folder / cell.name / "archive.sqlite").is_file():
        return False
    try:
        archive = reading(folder / cell.name)
    except (HyperagentError, ArchiveError):
        return False
    try:
        check_spec(folder / cell.name, cell)
        return len(archive) > cell.generations
    finally:
        archive.close()


def check_spec(folder: Path, cell: Cell) -> None:
    """Refuse a run that was begun with another domain, other options of it or another seed."""
    settings, found = read_toml(folder / SETTINGS)
    for name, old, new in (("domain", found, spec(cell)), ("seed", settings.seed, cell.seed)):
        if old != new:
            raise RunError(f"{folder}: was begun with {name} {old}, found {new}, expected the same or a new --out")
