"""`shinka.core` for evaluators that import it: an experiment run several times, validated, and written down."""

import importlib.util
import inspect
import json
import statistics
import time
from pathlib import Path


def run_shinka_eval(
    program_path,
    results_dir,
    experiment_fn_name,
    num_runs=1,
    get_experiment_kwargs=None,
    aggregate_metrics_fn=None,
    validate_fn=None,
    default_metrics_on_error=None,
    **_ignored,
):
    """Metrics, whether every run was valid, and the first error; the same in metrics.json and correct.json."""
    try:
        experiment = getattr(loaded(program_path), experiment_fn_name)
        results, seconds = [], []
        for run in range(num_runs):
            begun = time.perf_counter()
            results.append(experiment(**arguments(experiment, get_experiment_kwargs, run, program_path)))
            seconds.append(time.perf_counter() - begun)
        errors = first_errors(validate_fn, results)
        metrics = aggregate_metrics_fn(results) if aggregate_metrics_fn else {"num_successful_runs": len(results)}
        metrics["execution_time_mean"] = statistics.fmean(seconds) if seconds else 0.0
        correct, error = not errors, f"validation: {errors[0]}" if errors else None
    except Exception as failure:
        metrics = dict(default_metrics_on_error or {"combined_score": 0.0})
        correct, error = False, f"{type(failure).__name__}: {failure}"
    metrics.pop("extra_data", None)
    save_json_results(results_dir, metrics, correct, error)
    return metrics, correct, error


def loaded(program_path):
    """The program as a module."""
    spec = importlib.util.spec_from_file_location("program", program_path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def arguments(experiment, get_experiment_kwargs, run, program_path):
    """What a run is called with: the evaluator's choice, and the path if the experiment asks for it; else a seed."""
    if get_experiment_kwargs is None:
        return {"seed": run + 1}
    chosen = dict(get_experiment_kwargs(run))
    if "file_path" in inspect.signature(experiment).parameters:
        chosen.setdefault("file_path", program_path)
    return chosen


def first_errors(validate_fn, results):
    """What the evaluator has against the results."""
    if validate_fn is None:
        return []
    found = [validate_fn(result) for result in results]
    return [message or "not valid" for valid, message in found if not valid]


def save_json_results(results_dir, metrics, correct, error=None):
    """Write what was found where it is looked for."""
    folder = Path(results_dir)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "correct.json").write_text(json.dumps({"correct": bool(correct), "error": error}))
    (folder / "metrics.json").write_text(json.dumps(metrics, default=float))
