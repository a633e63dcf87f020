"""Does it improve? `repair` against two baselines at equal numbers of offspring, over several seeds.

    python benchmarks/repair.py [--seeds 5] [--generations 600] [--out FOLDER]

Three arms, each with the same tasks, seed genome and number of offspring:

- full:     the parent's own meta agent proposes, the genome's selection picks parents;
- uniform:  the same with an archive whose parents are drawn uniformly;
- random:   edits of the seed alone by the seed's meta agent; no child is ever a parent.

Each seed draws its own tasks and splits. The best is chosen on validation; what is reported is its mean on test tasks
of functions that no earlier split has. Runs lie in FOLDER and are not made again.
"""

import argparse
import sys
import time
from pathlib import Path

from spread import first_and_best, spread

from archive import Individual
from hyperagent.domains import load_domain

ARMS = {
    "full": {},
    "uniform": {"parents": "uniform"},
    "random": {"parents": "seed", "proposer": "seed"},
}
TEST_TASKS = 96


def main() -> None:
    """Run every arm on every seed and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--generations", type=int, default=600)
    parser.add_argument("--out", type=Path, default=Path("runs/benchmark-repair"))
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float]]] = {arm: [] for arm in ARMS}
    for arm, settings in ARMS.items():
        for seed in range(options.seeds):
            begun = time.monotonic()
            first, best = measured(options.out / f"{arm}-{seed}", seed, options.generations, settings)
            pair = first.evaluations["test"].mean, best.evaluations["test"].mean
            found[arm].append(pair)
            seconds = time.monotonic() - begun
            print(
                f"seed {seed} {arm:8} validation {first.score:.3f} -> {best.score:.3f} "
                f"test {pair[0]:.3f} -> {pair[1]:.3f}  {seconds:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    print(f"repair, {options.generations} offspring, {options.seeds} seeds, means with 95 % intervals (t)")
    for arm, pairs in found.items():
        before, after = zip(*pairs, strict=True)
        gain = [b - a for a, b in pairs]
        print(f"  {arm:8} seed {spread(before)}  best {spread(after)}  gain {spread(gain)}", end="")
        print(f"  ratio of means {sum(after) / sum(before):.2f}")


def measured(folder: Path, seed: int, generations: int, settings: dict[str, str]) -> tuple[Individual, Individual]:
    """The seed and the best of one run."""
    return first_and_best(
        folder, lambda: load_domain("repair", {"seed": seed, "test": TEST_TASKS}), generations, seed, **settings
    )


if __name__ == "__main__":
    main()
