"""How long weighted jobs wait for their end, over the least they could (Smith 1956: by weight over minutes)."""

import importlib.util
import random

from openevolve.evaluation_result import EvaluationResult


def evaluate(program_path):
    """The mean ratio over thirty sets of jobs, 1 for the best order there is, and the worst set as an artifact."""
    spec = importlib.util.spec_from_file_location("program", program_path)
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    ratios = []
    for seed in range(30):
        rng = random.Random(seed)
        jobs = [(rng.randint(1, 60), rng.randint(1, 10)) for _ in range(25)]
        found = program.order(list(jobs))
        if sorted(found) != sorted(jobs):
            return EvaluationResult({"combined_score": 0.0}, {"error": f"set {seed}: jobs are missing or made up"})
        ratios.append(waiting(sorted(jobs, key=lambda job: job[0] / job[1])) / waiting(found))
    worst = min(range(30), key=lambda seed: ratios[seed])
    metrics = {"combined_score": sum(ratios) / len(ratios), "worst": ratios[worst]}
    return EvaluationResult(metrics, {"worst set": f"seed {worst}"})


def waiting(jobs):
    """The sum of weight times end of all jobs."""
    now = total = 0
    for minutes, weight in jobs:
        now += minutes
        total += weight * now
    return total
