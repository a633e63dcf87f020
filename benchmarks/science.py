"""Does it improve, and does it improve at improving? Each claim by a command, over paired seeds.

    python benchmarks/science.py CLAIM [--pairs 0-9] [--quick] [--jobs N] [--k K] [--generations N] [--targets NAME ...]
                                    [--lessons-only] [--confirm TASKS] [--out FOLDER]

CLAIM is one of

- improves:     held-out score on `repair` of the full system, no archive, a random parent, and random edits;
- transfer:     imp@k of meta agents evolved on other functions of `repair`, frozen, beside the seed's;
- control:      the same on `control`, for each of three environments: learned on all other ones together;
- packing:      the same on `binpack`: from one distribution of items to the other, both ways;
- synthesis:    the same on `synthesis`, from one half of its functions to the other;
- across:       from one family to another, between `repair`, `control` and `synthesis`: does it harm?
- selection:    editable selection beside the hand-made rule of the paper and a uniform draw; with the FOLDER of
                `improves` it takes over the runs that both want;
- compounding:  a second run that starts from the best of a first one, or from its meta level alone, beside one that
                starts from the seed and beside one run of as many children as both.

Runs are kept in FOLDER and are not made again: a benchmark that was stopped is gone on with by the same command, and
--pairs 0-2 makes some of them now; --pairs 0-9 later makes the others and tells of all. With --lessons-only meta agents
are frozen without the definitions that they remember. With --confirm arms are compared by their reported best
on so many new tasks, the same for all arms of a seed.
Transfer is looked at after 50 and 100 children, as was said beforehand; over several targets p is corrected for all
of them. --quick makes it small: it shows that everything works, and no more.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console

from hyperagent.commands import compare, imp, transfer
from hyperagent.run import reading
from hyperagent.science.cells import Cell, made
from hyperagent.science.experiment import Experiment
from hyperagent.science.measurement import Measurement, Origin
from hyperagent.science.members import TASK_AGENT, known
from hyperagent.science.paired import Comparison, compared, holm
from meta import Genome

SEEDLESS = {"parents": "seed", "proposer": "seed"}
TASKS, PROGRAMS, ARMS = {"test": "96"}, {"test": "240"}, {"test": "192"}
SMALL = {"test": "24", "validation": "12"}
CONTROL = ("cartpole", "acrobot", "mountaincar", "pendulum")
TARGETS = ("acrobot", "cartpole", "pendulum")
LOOKS = (50, 100)
AGAIN = (("again", "scratch"), ("meta", "scratch"), ("again", "long"))
"""Which arms of `compounding` are compared: what the issue asks, the meta level alone, and equal budgets in all."""


def main() -> None:
    """Measure one claim and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("claim", choices=CLAIMS)
    parser.add_argument("--pairs", type=pairs, default="0-9", metavar="A-B", help="the seeds, both ends with them")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--k", type=int, help="children of each measured run [default: 100]")
    parser.add_argument("--generations", type=int, help="children of each run [default: 600 for arms, 300 to learn]")
    parser.add_argument("--targets", nargs="*", default=(), help="of a claim with several [default: all]")
    parser.add_argument("--lessons-only", action="store_true", help="freeze without remembered definitions")
    parser.add_argument("--confirm", type=int, default=0, help="compare arms on so many new tasks")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    size = "quick" if options.quick else "full"
    options.out = options.out or Path("runs") / f"science-{options.claim}-{size}"
    CLAIMS[options.claim](options, Console())


def pairs(text: str) -> range:
    """The seeds of A-B, both ends with them, or of one alone."""
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def improves(options: argparse.Namespace, console: Console) -> None:
    """The full system beside three that lack a part."""
    arms = {"full": {}, "no archive": {"ablate": "no-archive"}, "random parent": {"ablate": "random-parent"},
            "random edits": SEEDLESS}  # fmt: skip
    arms_compared("repair: does it improve?", arms, options, console)


def selection(options: argparse.Namespace, console: Console) -> None:
    """The selection that the genome may edit, beside one that it may not, and chance."""
    arms = {"full": {}, "hand-made": {"ablate": "fixed-selection"}, "random parent": {"ablate": "random-parent"}}
    arms_compared("repair: editable selection", arms, options, console)


def arms_compared(
    name: str, arms: Mapping[str, Mapping[str, object]], options: argparse.Namespace, console: Console
) -> None:
    """Arms on `repair`, as `hyperagent compare` does it."""
    count, tasks = (24, SMALL) if options.quick else (600, ARMS)
    seeds, first = tuple(options.pairs), next(iter(arms))
    of = Experiment(name, "repair", options.generations or count, seeds, first, tasks, arms, options.confirm)
    data = compare.compare(of, options.out, options.jobs, tell)
    compare.show(console, data)
    for row in (row for row in data["arms"] if row["final"]["count"]):
        final, start = row["final"]["mean"], row["final"]["mean"] - row["gain"]["mean"]
        console.print(
            f"{row['arm']}: {final:.3f}, {final / start:.2f} times the seed agent's {start:.3f}", highlight=False
        )


def transferred(options: argparse.Namespace, console: Console) -> None:
    """From one half of the functions to the other."""
    tasks, small = (SMALL, SMALL) if options.quick else (TASKS, {})
    learned = Origin("repair", generations(options), {"fold": "1/2", **small})
    moved({"repair": (learned, "repair", {"fold": "2/2", **tasks})}, options, console)


def control(options: argparse.Namespace, console: Console) -> None:
    """Each of some environments, learned on all the others together."""
    others = {target: "+".join(name for name in CONTROL if name != target) for target in TARGETS}
    moved(
        {target: (Origin(f"control:{names}", generations(options)), f"control:{target}", {})
         for target, names in others.items()}, options, console)  # fmt: skip


def packing(options: argparse.Namespace, console: Console) -> None:
    """From one distribution of items to the other, both ways."""
    moved(
        {target: (Origin(f"binpack:{other}", generations(options)), f"binpack:{target}", {})
         for target, other in (("weibull", "uniform"), ("uniform", "weibull"))}, options, console)  # fmt: skip


def synthesis(options: argparse.Namespace, console: Console) -> None:
    """From one half of the functions to the other."""
    tasks, small = (SMALL, SMALL) if options.quick else (PROGRAMS, {})
    learned = Origin("synthesis", generations(options), {"fold": "1/2", **small})
    moved({"synthesis": (learned, "synthesis", {"fold": "2/2", **tasks})}, options, console)


def across(options: argparse.Namespace, console: Console) -> None:
    """From each family to another: what is learned on bugs or programs to steering, and from steering to both."""
    bugs, programs, small = (SMALL, SMALL, SMALL) if options.quick else (TASKS, PROGRAMS, {})
    steering = Origin(f"control:{'+'.join(name for name in CONTROL if name != 'pendulum')}", generations(options))
    repairing = Origin("repair", generations(options), small)
    finding = Origin("synthesis", generations(options), {"fold": "1/2", **small})
    found = {"fold": "2/2", **programs}
    moved(
        {
            "repair-pendulum": (repairing, "control:pendulum", {}),
            "synthesis-pendulum": (finding, "control:pendulum", {}),
            "repair-synthesis": (repairing, "synthesis", found),
            "control-synthesis": (steering, "synthesis", found),
            "control-repair": (steering, "repair", bugs),
        },
        options,
        console,
    )


def generations(options: argparse.Namespace) -> int:
    """How many children a run to learn from makes."""
    return options.generations or (40 if options.quick else 300)


def moved(
    targets: Mapping[str, tuple[Origin, str, Mapping[str, str]]], options: argparse.Namespace, console: Console
) -> None:
    """Transfer to each target, as `hyperagent transfer` does it, and the p-values corrected over all of them."""
    k = options.k or (8 if options.quick else max(LOOKS))
    looks = tuple(at for at in LOOKS if at <= k) or (k,)
    if unknown := [name for name in options.targets if name not in targets]:
        sys.exit(f"no target {unknown[0]}, expected some of {', '.join(targets)}")
    found: dict[str, Measurement] = {}
    for name, (origin, target, measured) in targets.items():
        if options.targets and name not in options.targets:
            continue
        out = options.out / name if len(targets) > 1 else options.out
        of = imp.Experiment(out, target, k, options.jobs, measured, at=looks, lessons_only=options.lessons_only)
        found[name] = transfer.measured(origin, of, options.pairs, tell)
        imp.show(console, imp.save(found[name], out))
    if len(found) > 1:
        together(found, console)


def together(found: Mapping[str, Measurement], console: Console) -> None:
    """Every target at every k, corrected for all of them."""
    rows = [(name, row) for name, of in found.items() for row in of.rows]
    corrected = holm([row.comparison.p for _, row in rows])
    console.print("all targets, p corrected for all of them (Holm):", highlight=False)
    for (name, row), p in zip(rows, corrected, strict=True):
        told(console, f"{name} at {row.k}", row.comparison, p)


def compounding(options: argparse.Namespace, console: Console) -> None:
    """Second runs with other random streams on the same tasks: from the best of the first run, and from the seed."""
    count, tasks = generations(options), SMALL if options.quick else TASKS
    first = [Cell(f"first-{s}", "repair", s, count, tasks) for s in options.pairs]
    failed = made(first, options.out, options.jobs, tell)
    there = [s for s in options.pairs if f"first-{s}" not in failed]
    second = [cell for s in there for cell in second_runs(options.out, s, count, tasks)]
    failed |= made(second, options.out, options.jobs, tell)
    arms = ("again", "meta", "scratch", "long")
    whole = [s for s in there if not {f"{arm}-{s}" for arm in arms} & set(failed)]
    ends = {arm: {s: final(options.out / f"{arm}-{s}") for s in whole} for arm in arms}
    for arm, scores in ends.items():
        console.print(f"{arm:8} {sum(scores.values()) / max(1, len(scores)):.3f} on held-out tasks", highlight=False)
    differences = [compared(ends[ours], ends[theirs]) for ours, theirs in AGAIN]
    for pair, found, p in zip(AGAIN, differences, holm([found.p for found in differences]), strict=True):
        told(console, " over ".join(pair), found, p)
    console.print(f"excluded: {failed or 'none'}", highlight=False, markup=False)


def second_runs(out: Path, seed: int, count: int, tasks: Mapping[str, str]) -> Sequence[Cell]:
    """With what a first run ended with, with its meta level alone, with nothing, and with nothing for twice as long."""
    best, fresh = best_genome(out / f"first-{seed}"), seed_genome_of(out / f"first-{seed}")
    starts = {"again": best, "meta": best.with_files({TASK_AGENT: fresh.raw(TASK_AGENT)})}
    for arm, genome in starts.items():
        imp.keep(genome, out / f"start-{arm}-{seed}")
    begun = {arm: str(out / f"start-{arm}-{seed}") for arm in starts}
    sizes = {"again": count, "meta": count, "scratch": count, "long": 2 * count}
    of = {**tasks, "seed": str(seed)}
    return [Cell(f"{arm}-{seed}", "repair", seed + 1000, size, of, start=begun.get(arm, ""))
            for arm, size in sizes.items()]  # fmt: skip


def told(console: Console, name: str, found: Comparison, corrected: float) -> None:
    """One comparison on one line."""
    console.print(f"{name:20} {found.difference:+.3f}, 95% interval {found.low:+.3f} to {found.high:+.3f}, "
                  f"p {found.p:.3f}, corrected {corrected:.3f}, {found.count} pairs", highlight=False)  # fmt: skip


def seed_genome_of(folder: Path) -> Genome:
    """The genome that a run began with."""
    archive = reading(folder)
    try:
        return archive[0].genome
    finally:
        archive.close()


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
    "packing": packing,
    "synthesis": synthesis,
    "across": across,
    "selection": selection,
    "compounding": compounding,
}

if __name__ == "__main__":
    main()
