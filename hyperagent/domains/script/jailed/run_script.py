"""In a jail: one evaluation of a program, in a folder of its own, by the evaluator that its author wrote.

Guarded: the folder, the evaluator in it and everything they start end with the jail. Not guarded: an evaluator that
imports the program shares its process with it, so a hostile program can return whatever metrics it likes.
"""

import contextlib
import importlib.util
import inspect
import io
import json
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

TAIL = 1500
PYTHON = ("python", "python3")


def main(_api, kind, files, evaluate, command, program, seed):
    """The metrics, numbers by name, and a text for the meta agent: {"metrics", "text"}, and "fault" where it failed."""
    folder = Path(tempfile.mkdtemp())
    written = io.StringIO()
    try:
        for name, content in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        os.chdir(folder)
        os.environ["HYPERAGENT_SEED"] = str(seed)
        sys.path.insert(0, str(folder))
        with contextlib.redirect_stdout(written), contextlib.redirect_stderr(written):
            found = RUNS[kind](folder, evaluate, command, program)
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    found.setdefault("fault", "")
    found["text"] = f"{found.get('text', '')}\n{written.getvalue()[-TAIL:]}".strip()[-2 * TAIL :]
    if not found["metrics"]:
        found["metrics"] = printed(written.getvalue())
    return found


def run_openevolve(folder, evaluate, _command, program):
    """`evaluate(program_path)` of the evaluator: a dict, or a result with metrics and artifacts."""
    result = called(loaded(folder / evaluate).evaluate, str(folder / program))
    return of_result(result)


def run_script(folder, evaluate, command, _program):
    """Our own layout: `evaluate(folder)` of the evaluator, or a command that prints metrics."""
    if evaluate:
        return of_result(called(loaded(folder / evaluate).evaluate, str(folder)))
    if command[0] in PYTHON and len(command) > 1 and command[1].endswith(".py"):
        return {"metrics": {}, "fault": as_main(folder / command[1], command[1:])}
    import subprocess

    done = subprocess.run(command, capture_output=True, text=True, check=False)
    sys.stdout.write(f"{done.stderr[-TAIL:]}\n{done.stdout}")
    return {"metrics": {}, "fault": f"exit status {done.returncode}" if done.returncode else ""}


def run_shinka(folder, evaluate, _command, program):
    """The evaluator as a program with two options; it leaves metrics.json and correct.json in the results folder."""
    results = folder / ".results"
    results.mkdir()
    arguments = [evaluate, "--program_path", str(folder / program), "--results_dir", str(results)]
    fault = as_main(folder / evaluate, arguments)
    if not (results / "metrics.json").exists():
        return {"metrics": {}, "fault": fault or "the evaluator left no metrics.json"}
    metrics = json.loads((results / "metrics.json").read_text())
    correct = {"correct": True}
    if (results / "correct.json").exists():
        correct = json.loads((results / "correct.json").read_text())
    if not correct.get("correct"):
        fault = f"not correct: {correct.get('error')}"
    return {**of_result(metrics), "fault": fault}


def loaded(path):
    """The module of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    return module


def called(function, argument):
    """What a function, or a coroutine function, returns."""
    result = function(argument)
    if not inspect.iscoroutine(result):
        return result
    # It takes longer to import than most evaluations take.
    import asyncio

    return asyncio.run(result)


def as_main(path, arguments):
    """Run a file as a program; why it failed, or ""."""
    import runpy

    sys.argv = list(arguments)
    try:
        runpy.run_path(str(path), run_name="__main__")
    except SystemExit as stop:
        return "" if stop.code in (None, 0) else f"exit status {stop.code}"
    return ""


def of_result(result):
    """Metrics and text of whatever an evaluator returned; what it calls private is for nobody."""
    values = getattr(result, "metrics", result)
    if isinstance(values, (int, float)) or hasattr(values, "dtype"):
        values = {"": values}
    values = {name: value for name, value in dict(values).items() if name != "private"}
    metrics = {str(name): float(value) for name, value in values.items() if is_number(value)}
    notes = {**{k: v for k, v in values.items() if not is_number(v)}, **(getattr(result, "artifacts", None) or {})}
    return {"metrics": metrics, "text": "\n".join(f"{name}: {str(note)[:TAIL]}" for name, note in notes.items())}


def is_number(value):
    """Whether a value is one number, of Python's or of numpy's."""
    return not isinstance(value, bool) and (
        isinstance(value, (int, float)) or (hasattr(value, "dtype") and not value.shape)
    )


def printed(text):
    """Metrics that were printed: the last JSON object on a line, and lines such as `loss: 1.5` or `loss = 1.5`."""
    metrics = {}
    for line in text.splitlines():
        match = re.fullmatch(
            r"\s*([\w./-]+)\s*[:=]\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:inf|nan))\s*", line
        )
        if match:
            metrics[match[1]] = float(match[2])
        elif line.strip().startswith("{"):
            with contextlib.suppress(ValueError, AttributeError):
                metrics |= {k: float(v) for k, v in json.loads(line).items() if is_number(v)}
    return metrics


RUNS = {"openevolve": run_openevolve, "shinka": run_shinka, "script": run_script}
