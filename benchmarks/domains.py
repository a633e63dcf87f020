"""Does it improve, wherever it is put? Each built-in domain from seed to best on held-out tasks, over several seeds.

    python benchmarks/domains.py [--seeds 5] [--generations 300] [--only NAME ...] [--out FOLDER]

A seed draws the tasks and the run. The best is chosen on validation; what is reported is its mean on test tasks, beside
that of the agent it began with, as means over seeds with 95 % intervals by Student's t. Folders have one evaluation
and no held-out tasks, which the table says. Runs lie in FOLDER and are not made again.
"""

import argparse
import sys
import time
from pathlib import Path

import numpy as np

import hyperagent as ha
from archive import Individual
from hyperagent.domains import load_domain

EXAMPLES = Path(__file__).parents[1] / "examples"
NAMES = ("binpack", "binpack:uniform", "binpack:weibull", "control:cartpole", "control:acrobot", "control:mountaincar",
         "control:pendulum", "dataset")  # fmt: skip
FOLDERS = ("openevolve_minimum", "openevolve_schedule", "shinka_tour", "language_model")


def main() -> None:
    """Run each domain on every seed and print a row for it as soon as it is done."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--generations", type=int, default=300)
    parser.add_argument("--only", nargs="*", default=[*NAMES, *FOLDERS])
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark-domains"))
    options = parser.parse_args()
    print(f"| domain, {options.generations} offspring, {options.seeds} seeds | seed agent | best | gain |")
    print("|---|---|---|---|", flush=True)
    for name in options.only:
        print(row(name, options.seeds, options.generations, options.out), flush=True)


def row(name: str, seeds: int, generations: int, out: Path) -> str:
    """The row of one domain."""
    pairs = []
    for seed in range(seeds):
        begun = time.monotonic()
        first, best = measured(out / f"{name.replace(':', '-')}-{seed}", name, seed, generations)
        pairs.append((first.evaluations["test"].mean, best.evaluations["test"].mean))
        print(
            f"{name} {seed}: {pairs[-1][0]:.4f} -> {pairs[-1][1]:.4f} in {time.monotonic() - begun:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    before, after = np.array(pairs).T
    note = " (not held out)" if name in FOLDERS else ""
    return f"| {name}{note} | {spread(before)} | {spread(after)} | {spread(after - before)} |"


def measured(folder: Path, name: str, seed: int, generations: int) -> tuple[Individual, Individual]:
    """The seed agent and the best of one run, which is made or gone on with."""
    made = f"script:{EXAMPLES / name}" if name in FOLDERS else name
    domain = load_domain(made, {"seconds": "2"} if name in FOLDERS else {"seed": str(seed)})
    for _ in ha.evolve(domain, run=folder, generations=generations, seed=seed):
        pass
    archive = ha.Archive(folder / "archive.sqlite")
    best = archive.best()
    assert best is not None
    return archive[0], best


def spread(values: np.ndarray) -> str:
    """Mean and half width of the 95 % interval, by Student's t."""
    t = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}
    count = len(values)
    if count < 2:
        return f"{values.mean():.4f}"
    return f"{values.mean():.4f} ± {t.get(count - 1, 1.96) * values.std(ddof=1) / np.sqrt(count):.4f}"


if __name__ == "__main__":
    main()
