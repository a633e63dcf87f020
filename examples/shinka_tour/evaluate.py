"""The mean length of the tours of a program; run as `evaluate.py --program_path FILE --results_dir FOLDER`."""

import argparse
import math

from shinka.core import run_shinka_eval


def experiment_arguments(run):
    """The cities of each run are drawn by its seed."""
    return {"seed": 100 + run}


def validate(result):
    """A tour visits each city once."""
    cities, order = result
    if sorted(order) != list(range(len(cities))):
        return False, "the tour leaves out a city or visits one twice"
    return True, None


def aggregate(results):
    """The score, the higher the better: one over the mean length."""
    lengths = []
    for cities, order in results:
        lengths.append(sum(math.dist(cities[a], cities[b]) for a, b in zip(order, order[1:] + order[:1], strict=True)))
    mean = sum(lengths) / len(lengths)
    return {"combined_score": 1 / mean, "public": {"mean_length": mean}, "private": {"lengths": lengths}}


def main(program_path, results_dir):
    """Evaluate one program and leave metrics.json and correct.json in a folder."""
    run_shinka_eval(
        program_path=program_path,
        results_dir=results_dir,
        experiment_fn_name="run_experiment",
        num_runs=3,
        get_experiment_kwargs=experiment_arguments,
        validate_fn=validate,
        aggregate_metrics_fn=aggregate,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program_path", default="initial.py")
    parser.add_argument("--results_dir", default="results")
    options = parser.parse_args()
    main(options.program_path, options.results_dir)
