"""imp@k of a meta agent: the runs of both arms, and what came of them as a table and as data."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import click

from archive import Individual
from hyperagent.commands.best import write_files
from hyperagent.errors import GenomeError, RunError, UsageError
from hyperagent.freeze import frozen
from hyperagent.run import reading, write_whole
from hyperagent.science import imp
from hyperagent.science.cells import made
from hyperagent.science.changes import changes
from hyperagent.science.growth import Growth
from hyperagent.science.imp_page import imp_page
from hyperagent.science.measurement import Measurement, Origin, Taken, data
from hyperagent.science.members import TASK_AGENT, known
from hyperagent.science.plain import nullable
from hyperagent.science.text import number, signed
from hyperagent.seeds import read_genome, seed_genome
from meta import Genome

if TYPE_CHECKING:
    from rich.console import Console

RESULT, PAGE, TRANSFER_PAGE = "imp.json", "imp.html", "transfer.html"
Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Experiment:
    """Where a measurement of imp@k is kept, on which domain, with how many children, and how many runs at a time.

    `at` are the numbers of children to look at, said beforehand; without any they are 25, 50, 100, ... and k. With
    `lessons_only` meta agents are frozen without the definitions that they remember.
    """

    out: Path
    domain: str
    k: int
    jobs: int
    options: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    at: tuple[int, ...] = ()
    lessons_only: bool = False


def source(text: str) -> tuple[Path, int | None]:
    """DIR or DIR:ID as a folder and an id."""
    folder, colon, id = text.rpartition(":")
    return (Path(folder), int(id)) if colon and id.isdecimal() else (Path(text), None)


def freeze(folder: Path, id: int | None, out: Path, why: Growth | None = None, *, lessons_only: bool = False) -> Taken:
    """Write the frozen genome of an individual, the best where none is named, and say which one it is."""
    archive = reading(folder)
    try:
        individual, head = known(archive, id), archive.store.head
        found = frozen(archive, individual.id, lessons_only=lessons_only)
    finally:
        archive.close()
    keep(found.genome, out)
    changed = tuple(change for change in changes(seed_genome(), found.genome) if change.name != TASK_AGENT)
    return Taken(
        str(folder), individual.id, found.genome.digest, found.without_history, head, changed, why, lessons_only
    )


def keep(genome: Genome, out: Path) -> None:
    """Write the files of a genome, unless they are there as a whole."""
    try:
        if read_genome(out).digest == genome.digest:
            return
        raise RunError(f"{out}: holds another genome, expected {genome.digest[:12]} or a new folder")
    except GenomeError:
        part = out.with_name(f".{out.name}.part")
        shutil.rmtree(part, ignore_errors=True)
        write_files(Individual(0, genome), part)
        part.rename(out)


def measured(
    of: Experiment,
    taken: Mapping[int, Taken],
    frozen: Mapping[int, Path],
    told: Told,
    origin: Origin | None = None,
    excluded: Mapping[str, str] = MappingProxyType({}),
) -> Measurement:
    """Make the runs of both arms for every seed of `frozen`, which has the folders of the genomes, and measure them."""
    ks, plain = imp.looks(of.k, of.at), of.out / "seed-genome"
    keep(seed_genome(), plain)
    folders = {seed: str(folder) for seed, folder in frozen.items()}
    failed = made(imp.cells(of.domain, of.options, folders, str(plain), of.k, of.settings), of.out, of.jobs, told)
    found = imp.measured(of.out, list(frozen), ks, failed)
    if not found["seed"]:
        raise UsageError(f"no seed gave both runs; the first reason: {next(iter(failed.values()), 'none')}")
    return Measurement(
        of.domain, of.options, of.k, found, imp.rows(found, ks), taken, {**excluded, **failed}, origin,
        settings_of(of.out / f"frozen-{found['frozen'][0].seed}"),
    )  # fmt: skip


def settings_of(folder: Path) -> str:
    """The settings of a run as it keeps them."""
    archive = reading(folder)
    try:
        return archive.store.setting("settings") or ""
    finally:
        archive.close()


def save(found: Measurement, out: Path) -> dict[str, Any]:
    """Keep figures and page beside the runs, and return the figures as JSON has them."""
    page = out / (PAGE if found.origin is None else TRANSFER_PAGE)
    plain: dict[str, Any] = nullable({**data(found), "folder": str(out), "report": str(page)})
    write_whole(page, imp_page(found))
    write_whole(out / RESULT, json.dumps(plain, indent=1) + "\n")
    return plain


def show(console: "Console", data: Mapping[str, Any]) -> None:
    """The figures as a table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("k", "frozen", "seed's", "difference", "95% interval", "p", "p (Holm)", "d", "pairs"):
        table.add_column(head, justify="right")
    for row in data["rows"]:
        pair = row["comparison"]
        ends = "–" if pair["low"] is None else f"{signed(pair['low'])} to {signed(pair['high'])}"
        means = [signed(row["frozen"]["mean"]), signed(row["seed"]["mean"])]
        table.add_row(str(row["k"]), *means, signed(pair["difference"]), ends, number(pair["p"]),
                      number(row["corrected"]), signed(pair["effect"]), str(pair["count"]))  # fmt: skip
    console.print(f"imp@k on {data['domain']}: test gain of the best on validation among k children", highlight=False)
    console.print(table)
    least = number(2.0 ** (1 - data["rows"][0]["comparison"]["count"]))
    said = f"p: two-sided sign-flip permutation test over paired seeds; with so few pairs it cannot be below {least}"
    console.print(f"{said}. p (Holm): corrected for the k looked at", style="dim", highlight=False)
    for name, why in data["excluded"].items():
        console.print(f"excluded: {name}: {why}", highlight=False, markup=False)
    console.print(f"the report: {data['report']}", highlight=False, markup=False, soft_wrap=True)


def folder_of(kind: str, out: Path | None) -> Path:
    """The folder of an experiment, by default a new one below runs/."""
    return out or Path("runs") / f"{kind}-{datetime.now().strftime('%Y%m%d-%H%M%S')}"


def tell(count: int, total: int, name: str) -> None:
    """Say on stderr that one more run is there."""
    click.echo(f"{count} of {total} runs: {name}", err=True)
