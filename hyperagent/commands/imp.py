"""imp@k of a meta agent: the runs of both arms, and what came of them as a table and as data."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive import Individual
from hyperagent.commands.best import write_files
from hyperagent.errors import GenomeError, RunError, UsageError
from hyperagent.freeze import frozen
from hyperagent.run import reading, write_whole
from hyperagent.science import imp
from hyperagent.science.cells import made
from hyperagent.science.members import known
from hyperagent.science.plain import nullable
from hyperagent.science.text import number, signed
from hyperagent.seeds import read_genome, seed_genome
from meta import Genome

if TYPE_CHECKING:
    from rich.console import Console

RESULT = "imp.json"
Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Experiment:
    """Where a measurement of imp@k is kept, on which domain, with how many children, and how many runs at a time."""

    out: Path
    domain: str
    k: int
    jobs: int
    options: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)


def source(text: str) -> tuple[Path, int | None]:
    """DIR or DIR:ID as a folder and an id."""
    folder, colon, id = text.rpartition(":")
    return (Path(folder), int(id)) if colon and id.isdecimal() else (Path(text), None)


def freeze(folder: Path, id: int | None, out: Path) -> dict[str, Any]:
    """Write the frozen genome of an individual, the best where none is named, and say which one it is."""
    archive = reading(folder)
    try:
        individual = known(archive, id)
        found = frozen(archive, individual.id)
    finally:
        archive.close()
    keep(found.genome, out)
    return {
        "run": str(folder),
        "id": individual.id,
        "digest": found.genome.digest,
        "without_history": found.without_history,
    }


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


def result(of: Experiment, frozen: Mapping[int, Path], told: Told) -> dict[str, Any]:
    """Make the runs of both arms for every seed of `frozen`, and return the figures of each budget up to k."""
    plain = of.out / "seed-genome"
    keep(seed_genome(), plain)
    folders = {seed: str(folder) for seed, folder in frozen.items()}
    failed = made(imp.cells(of.domain, of.options, folders, str(plain), of.k, of.settings), of.out, of.jobs, told)
    ks = imp.budgets(of.k)
    found = imp.measured(of.out, list(frozen), ks, failed)
    if not found["seed"]:
        raise UsageError(f"no seed gave both runs; the first reason: {next(iter(failed.values()), 'none')}")
    return {
        "domain": of.domain,
        "options": dict(of.options),
        "k": of.k,
        "start": {one.seed: one.start for one in found["seed"]},
        "gains": {arm: {one.seed: dict(one.gains) for one in runs} for arm, runs in found.items()},
        "rows": [asdict(row) for row in imp.rows(found, ks)],
        "excluded": failed,
    }


def save(data: Mapping[str, Any], out: Path) -> dict[str, Any]:
    """Keep the figures beside the runs, and return them as JSON has them."""
    plain: dict[str, Any] = nullable(data)
    write_whole(out / RESULT, json.dumps(plain, indent=1) + "\n")
    return plain


def show(console: "Console", data: Mapping[str, Any]) -> None:
    """The figures as a table."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for head in ("k", "frozen", "seed's", "difference", "95% interval", "p", "d", "pairs"):
        table.add_column(head, justify="right")
    for row in data["rows"]:
        pair = row["comparison"]
        ends = "–" if pair["low"] is None else f"{signed(pair['low'])} to {signed(pair['high'])}"
        means = [signed(row["frozen"]["mean"]), signed(row["seed"]["mean"])]
        table.add_row(str(row["k"]), *means, signed(pair["difference"]), ends, number(pair["p"]),
                      signed(pair["effect"]), str(pair["count"]))  # fmt: skip
    console.print(f"imp@k on {data['domain']}: test gain of the best on validation among k children", highlight=False)
    console.print(table)
    least = 2.0 ** (1 - data["rows"][0]["comparison"]["count"])
    console.print("p: two-sided sign-flip permutation test over paired seeds; "
                  f"with so few pairs it cannot be below {number(least)}", style="dim", highlight=False)  # fmt: skip
    for name, why in data["excluded"].items():
        console.print(f"excluded: {name}: {why}", highlight=False, markup=False)


def folder_of(kind: str, out: Path | None) -> Path:
    """The folder of an experiment, by default a new one below runs/."""
    return out or Path("runs") / f"{kind}-{datetime.now().strftime('%Y%m%d-%H%M%S')}"


def tell(count: int, total: int, name: str) -> None:
    """Say on stderr that one more run is there."""
    click.echo(f"{count} of {total} runs: {name}", err=True)
