"""How does the archive bear growth? Insertion, selection's input, best, opening and size, from 1,000 individuals on.

    python benchmarks/archive_scale.py [--sizes 1000 10000 100000] [--beside 10000] [--folder DIR]

The individuals are made up but whole: a genome of ten files as large as the seed's, a patch of one edit that changes a
line of one file, twelve trials on each split with times of their own. Beside it, up to `--beside` individuals, the same
bookkeeping in the layout of HyperAgents: a JSON file for each individual, and a line for each that repeats the ids of
the whole archive. `--sizes ... 1000000` takes half an hour and 3 GB.
"""

import argparse
import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from archive import Archive, Evaluation, Individual, Trial
from meta import Genome, Insert, Patch

SEED_FILES = 10
FILE_LINES = 160
TASKS = 12
PARENTS = 64
WINDOW = 500


def main() -> None:
    """Grow an archive to each size in turn, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--beside", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="Where to put the files [default: a temporary folder].")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="archive-", dir=options.folder))
    try:
        grow(folder, sorted(options.sizes))
        for size in sorted(size for size in options.sizes if size <= options.beside):
            beside(folder / f"files-{size}", size)
    finally:
        shutil.rmtree(folder)


def grow(folder: Path, sizes: list[int]) -> None:
    """One archive, measured whenever it has grown to a size."""
    path = folder / "archive.sqlite"
    made = Made()
    with closing(Archive(path)) as archive:
        print("individuals  insert ms (median)  candidates ms  best ms  open s  bytes each  insert ms beside a reader")
        for size in sizes:
            while len(archive) < size - WINDOW:
                archive.add(made.next())
            insert = median_ms([timed(partial(archive.add, child)) for child in made.many(WINDOW)])
            with subprocess.Popen([sys.executable, "-c", READER, str(path)], stdout=subprocess.PIPE) as reader:
                assert reader.stdout is not None and reader.stdout.readline()
                read = median_ms([timed(partial(archive.add, child)) for child in made.many(WINDOW)])
                reader.terminate()
            candidates = median_ms([timed(archive.candidates) for _ in range(9)])
            best = median_ms([timed(archive.best) for _ in range(9)])
            opening = timed(lambda: Archive(path, create=False).close())
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            each = path.stat().st_size / len(archive)
            print(f"{len(archive):11,}  {insert:18.3f}  {candidates:13.3f}  {best:7.3f}  {opening:6.3f}"
                  f"  {each:10.0f}  {read:25.3f}", flush=True)  # fmt: skip


READER = """
import sys
from pathlib import Path
from archive import Archive
archive = Archive(Path(sys.argv[1]), create=False)
print("open", flush=True)
while True:
    for individual in archive:
        pass
"""


class Made:
    """Individuals, each the child of one of the last few."""

    def __init__(self) -> None:
        self._chance = random.Random(0)
        self._recent: list[Individual] = []
        self._id = 0

    def next(self) -> Individual:
        """The next individual."""
        child = self._child(self._chance.choice(self._recent)) if self._recent else seed(self._chance)
        self._recent = [*self._recent[-PARENTS:], child]
        self._id += 1
        assert child.digest, "the run knows it before the archive is asked"
        return child

    def many(self, count: int) -> list[Individual]:
        """The next few."""
        return [self.next() for _ in range(count)]

    def _child(self, parent: Individual) -> Individual:
        chance = self._chance
        name = f"part_{chance.randrange(SEED_FILES)}.py"
        lines = str(parent.genome[name]).splitlines(keepends=True)
        at = chance.randrange(len(lines) // 2) * 2
        lines[at : at + 2] = function(chance, at).splitlines(keepends=True)
        edit = Insert(f"{name.removesuffix('.py')}:step_{at}", "", "".join(lines[at : at + 2]))
        return Individual(
            id=self._id,
            genome=parent.genome.with_files({name: "".join(lines)}),
            parents=(parent.id,),
            patch=Patch((edit,), f"step {at} of {name} anew", "another constant may fit better", ("constant",)),
            evaluations={split: evaluation(chance, split) for split in ("train", "validation")},
            steward=parent.id,
        )


def seed(chance: random.Random) -> Individual:
    """Ten files of as many lines as those of the built-in seed have."""
    files = {f"part_{k}.py": "".join(function(chance, at) for at in range(0, FILE_LINES, 2)) for k in range(SEED_FILES)}
    return Individual(id=0, genome=Genome(files), evaluations={"validation": evaluation(chance, "validation")})


def function(chance: random.Random, at: int) -> str:
    """Two lines of source that differ in their numbers."""
    a, b = chance.randrange(1000), chance.random()
    return f"def step_{at}(values, weight={a}):\n    return [value * {b:.6f} + weight for value in values]\n"


def evaluation(chance: random.Random, split: str) -> Evaluation:
    """Twelve trials, with times and memory as they are measured."""
    return Evaluation(
        tuple(
            Trial(f"{split}-{k}", "Returned", chance.randrange(100), float(chance.random() < 0.4), "2 of 4 tests pass",
                  chance.random() / 50, chance.random() / 40, 30_000_000 + 4096 * chance.randrange(1000))
            for k in range(TASKS)
        )
    )  # fmt: skip


def beside(folder: Path, size: int) -> None:
    """The same with a JSON file each and a line that repeats the archive; each line but the last few is left out."""
    made, log = Made(), folder / "archive.jsonl"
    folder.mkdir()
    for id in range(size - 20):
        if id < size - 40:
            write_file(folder, made.next())
        else:
            write(folder, log, made.next())
    insert = median_ms([timed(partial(write, folder, log, child)) for child in made.many(20)])
    candidates = timed(lambda: read_files(folder, log)) * 1000
    each = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / size
    lines = sum(2 + len(str(id)) for id in range(size)) / 2
    row = f"{size:11,}  {insert:18.3f}  {candidates:13.3f}"
    print(f"{row}  with JSON files and whole lines, {each + lines:.0f} bytes each")


def write(folder: Path, log: Path, child: Individual) -> None:
    """One insertion."""
    write_file(folder, child)
    write_line(log, child.id)


def write_file(folder: Path, child: Individual) -> None:
    """What is known of an individual, with its patch and not its genome, as JSON."""
    (folder / f"gen_{child.id}").mkdir()
    trials = {split: [vars(trial) for trial in found.trials] for split, found in child.evaluations.items()}
    said = {"id": child.id, "parents": child.parents, "score": child.score, "trials": trials,
            "patch": None if child.patch is None else child.patch.plain()}  # fmt: skip
    (folder / f"gen_{child.id}" / "metadata.json").write_text(json.dumps(said))


def write_line(log: Path, id: int) -> None:
    """The line that repeats the whole archive."""
    with log.open("a") as file:
        file.write(json.dumps({"current": id, "archive": list(range(id + 1))}) + "\n")


def read_files(folder: Path, log: Path) -> list[tuple[int, float]]:
    """The input of selection: the last line says who is there, a file each says how good."""
    ids = json.loads(log.read_text().splitlines()[-1])["archive"]
    return [(id, json.loads((folder / f"gen_{id}" / "metadata.json").read_text())["score"]) for id in ids]


def timed(action: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def median_ms(seconds: list[float]) -> float:
    """The median, in milliseconds."""
    return 1000 * statistics.median(seconds)


if __name__ == "__main__":
    main()
