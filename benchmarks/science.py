"""Does it improve, and does it improve at improving? Each claim by a command, over paired seeds.

    python benchmarks/science.py CLAIM [--seeds 10] [--quick] [--jobs N] [--out FOLDER]

CLAIM is one of

- improves:     held-out score on `repair` of the full system, no archive, a random parent, and random edits;
- transfer:     imp@k of meta agents evolved on other functions of `repair`, frozen, beside the seed's;
- control:      the same on `control`: learned on one of its environments, measured on another, four times;
- selection:    editable selection beside the hand-made rule of the paper and a uniform draw;
- compounding:  a second run that starts from the best of a first one, beside one that starts from the seed.

Runs are kept in FOLDER and are not made again: a benchmark that was stopped is gone on with by the same command.
--quick makes it small: it shows that everything works, and no more.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from hyperagent.commands import compare, imp, transfer
from hyperagent.run import reading
from hyperagent.science.cells import Cell, made
from hyperagent.science.experiment import Experiment
from hyperagent.science.members import known
from hyperagent.science.paired import compared
from meta import Genome

SEEDLESS = {"parents": "seed", "proposer": "seed"}
TASKS = {"test": "96"}
SMALL = {"test": "24", "validation": "12"}
CONTROL = ("cartpole", "acrobot", "mountaincar", "pendulum")


def main() -> None:
    """Measure one claim and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("claim", choices=CLAIMS)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    size = "quick" if options.quick else "full"
    options.out = options.out or Path("runs") / f"science-{options.claim}-{size}"
    CLAIMS[options.claim](options, Console())


def improves(options: argparse.Namespace, console: Console) -> None:
    """The full system beside three that lack a part."""
    arms = {"full": {}, "no archive": {"ablate": "no-archive"}, "random parent": {"ablate": "random-parent"},
            "random edits": SEEDLESS}  # fmt: skip
    arms_compared("repair: does it improve?", arms, options, console)


def selection(options: argparse.Namespace, console: Console) -> None:
    """The selection that the genome may edit, beside one that it may not, and chance."""
    arms = {"editable": {}, "hand-made": {"ablate": "fixed-selection"}, "random": {"ablate": "random-parent"}}
    arms_compared("repair: editable selection", arms, options, console)


def arms_compared(
    name: str, arms: Mapping[str, Mapping[str, object]], options: argparse.Namespace, console: Console
) -> None:
    """Arms on `repair`, as `hyperagent compare` does it."""
    generations, tasks = (24, SMALL) if options.quick else (600, TASKS)
    seeds = tuple(range(options.seeds))
    of = Experiment(name, "repair", generations, seeds, next(iter(arms)), tasks, arms)
    compare.show(console, compare.compare(of, options.out, options.jobs, tell))


def transferred(options: argparse.Namespace, console: Console) -> None:
    """From one half of the functions to the other."""
    tasks = SMALL if options.quick else TASKS
    moved("repair", {"fold": "1/2", **(SMALL if options.quick else {})}, "repair", {"fold": "2/2", **tasks}, options,
          console)  # fmt: skip


def control(options: argparse.Namespace, console: Console) -> None:
    """Each environment of `control` in turn, learned on the next one."""
    for place, target in enumerate(CONTROL):
        origin = CONTROL[(place + 1) % len(CONTROL)]
        console.print(f"{origin} -> {target}")
        of = argparse.Namespace(**{**vars(options), "out": options.out / target})
        moved(f"control:{origin}", {}, f"control:{target}", {}, of, console)


def moved(
    origin: str, learned: Mapping[str, str], target: str, measured: Mapping[str, str], options: argparse.Namespace,
    console: Console
) -> None:  # fmt: skip
    """Transfer, as `hyperagent transfer` does it."""
    generations, k = (40, 8) if options.quick else (300, 100)
    of = imp.Experiment(options.out, target, k, options.jobs, measured)
    data = transfer.result(transfer.Origin(origin, generations, learned), of, options.seeds, tell)
    imp.show(console, imp.save({**data, "folder": str(options.out)}, options.out))


def compounding(options: argparse.Namespace, console: Console) -> None:
    """Second runs with other random streams on the same tasks: from the best of the first run, and from the seed."""
    generations, tasks = (24, SMALL) if options.quick else (300, TASKS)
    seeds = range(options.seeds)
    first = [Cell(f"first-{s}", "repair", s, generations, tasks) for s in seeds]
    failed = made(first, options.out, options.jobs, tell)
    second = []
    for seed in (seed for seed in seeds if f"first-{seed}" not in failed):
        grown = options.out / f"grown-{seed}"
        imp.keep(best_genome(options.out / f"first-{seed}"), grown)
        other = {**tasks, "seed": str(seed)}
        second += [Cell(f"again-{seed}", "repair", seed + 1000, generations, other, start=str(grown)),
                   Cell(f"scratch-{seed}", "repair", seed + 1000, generations, other)]  # fmt: skip
    failed |= made(second, options.out, options.jobs, tell)
    whole = [s for s in seeds if not {f"first-{s}", f"again-{s}", f"scratch-{s}"} & set(failed)]
    ends = {arm: {s: final(options.out / f"{arm}-{s}") for s in whole} for arm in ("again", "scratch")}
    found = compared(ends["again"], ends["scratch"])
    for arm, scores in ends.items():
        console.print(f"{arm:8} {sum(scores.values()) / max(1, len(scores)):.3f} on held-out tasks", highlight=False)
    console.print(f"difference {found.difference:+.3f}, 95% interval {found.low:+.3f} to {found.high:+.3f}, "
                  f"p {found.p:.3f}, {found.count} pairs; excluded: {failed or 'none'}", highlight=False)  # fmt: skip


def best_genome(folder: Path) -> Genome:
    """The best genome of a run, task agent and meta agent."""
    archive = reading(folder)
    try:
        return known(archive, None).genome
    finally:
        archive.close()


def final(folder: Path) -> float:
    """The test score of the best of a run."""
    archive = reading(folder)
    try:
        return known(archive, None).evaluations["test"].mean
    finally:
        archive.close()


def tell(count: int, total: int, name: str) -> None:
    """Say on stderr that one more run is there."""
    print(f"{count} of {total} runs: {name}", file=sys.stderr, flush=True)


CLAIMS = {
    "improves": improves,
    "transfer": transferred,
    "control": control,
    "selection": selection,
    "compounding": compounding,
}

if __name__ == "__main__":
    main()
