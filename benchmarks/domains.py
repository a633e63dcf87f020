"""Does it improve, wherever it is put? Each built-in domain from seed to best on held-out tasks, over several seeds.

    python benchmarks/domains.py [--seeds 5] [--generations 300] [--only NAME ...] [--out FOLDER]

A seed draws the tasks and the run. The best is chosen on validation; what is reported is its mean on test tasks, beside
that of the agent it began with, as means over seeds with 95 % intervals by Student's t. Folders have one evaluation
and no held-out tasks, which the table says. Runs lie in FOLDER: those that are there are not made again, and one that
was interrupted is gone on with, so the same command carries on. The seconds are those of the runs made by this command.
"""

import argparse
import sys
import time
from pathlib import Path

from spread import finished, first_and_best, spread

import hyperagent as ha
from hyperagent.domains import load_domain

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("binpack", "binpack:uniform", "binpack:weibull", "control:cartpole", "control:acrobot", "control:mountaincar",
         "control:pendulum", "control:reward", "dataset", "synthesis")  # fmt: skip
FOLDERS = ("openevolve_minimum", "openevolve_schedule", "shinka_tour", "language_model")


def main() -> None:
    """Run each domain on every seed and print a row for it as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--generations", type=int, default=300)
    parser.add_argument("--only", nargs="*", default=[*NAMES, *FOLDERS])
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark-domains"))
    options = parser.parse_args()
    print(f"| {options.generations} offspring, {options.seeds} seeds | seed agent | best | gain | seconds, longest |")
    print("|---|---|---|---|---|", flush=True)
    for name in options.only:
        print(row(name, options.seeds, options.generations, options.out), flush=True)


def row(name: str, seeds: int, generations: int, out: Path) -> str:
    """The row of one domain."""
    pairs, seconds = [], []
    for seed in range(seeds):
        folder, begun = out / f"{name.replace(':', '-')}-{seed}", time.monotonic()
        made = not finished(folder, generations)
        first, best = first_and_best(folder, lambda seed=seed: domain(name, seed), generations, seed)
        pairs.append((first.evaluations["test"].mean, best.evaluations["test"].mean))
        seconds += [time.monotonic() - begun] if made else []
        print(f"{name} {seed}: {pairs[-1][0]:.4f} -> {pairs[-1][1]:.4f}", file=sys.stderr, flush=True)
    before, after = zip(*pairs, strict=True)
    gain = spread([b - a for a, b in pairs], 4)
    note = " (not held out)" if name in FOLDERS else ""
    took = f"{max(seconds):.0f}" if seconds else "–"
    return f"| {name}{note} | {spread(before, 4)} | {spread(after, 4)} | {gain} | {took} |"


def domain(name: str, seed: int) -> ha.Domain:
    """A built-in domain with tasks of this seed, or an example."""
    made = f"script:{EXAMPLES / name}" if name in FOLDERS else name
    return load_domain(made, {"seconds": "2"} if name in FOLDERS else {"seed": str(seed)})


if __name__ == "__main__":
    main()
