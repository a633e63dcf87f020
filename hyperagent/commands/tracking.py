"""The figures of a run for MLflow, to stand there beside those of other experiments."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hyperagent.commands.report import spec
from hyperagent.errors import RunError
from hyperagent.run import SETTINGS, reading
from hyperagent.science.curves import Curves, curves_of
from hyperagent.science.members import census
from hyperagent.science.summary import Summary, summary_of
from hyperagent.settings import read_toml

if TYPE_CHECKING:
    from mlflow import MlflowClient

BATCH = 500
"""Figures sent at once; a server takes a thousand."""

LONGEST = 250


def write_mlflow(folder: Path, page: Path, uri: str) -> str:
    """Log settings, curves and summary of a run and its page to a tracking server or folder, and return its id there.

    The experiment is called as the domain, the run as its folder. Each time it is another run.
    """
    client = tracking(uri)
    archive = reading(folder)
    try:
        found = census(archive)
        drawn = curves_of(found.members)
        told = summary_of(archive, found, drawn)
    finally:
        archive.close()
    try:
        return logged(client, folder, page, drawn, told)
    except Exception as error:  # noqa: BLE001 - MLflow raises what its stores raise
        raise RunError(f"--mlflow {uri}: {type(error).__name__}: {error}"[:500]) from None


def tracking(uri: str) -> "MlflowClient":
    """The client of a server or folder."""
    try:
        from mlflow import MlflowClient
    except ImportError:
        raise RunError("--mlflow needs MLflow: pip install 'hyperagent[mlflow]'") from None
    try:
        return MlflowClient(tracking_uri=uri)
    except Exception as error:  # noqa: BLE001 - MLflow raises what its stores raise
        raise RunError(f"--mlflow {uri}: {type(error).__name__}: {error}"[:500]) from None


def logged(client: "MlflowClient", folder: Path, page: Path, drawn: Curves, told: Summary) -> str:
    """The id of a run that has been logged."""
    from mlflow.entities import Metric, Param, RunTag

    name = f"hyperagent {spec(folder).get('name', 'run')}"
    experiment = client.get_experiment_by_name(name)
    home = client.create_experiment(name) if experiment is None else experiment.experiment_id
    id: str = client.create_run(home, run_name=folder.resolve().name).info.run_id
    now = time.time_ns() // 1_000_000
    figures = [Metric(key, value, now, step) for key, value, step in (*steps(drawn), *totals(told))]
    tags = {"lineage": told.lineage, "head": told.head, "best": told.best.digest}
    client.log_batch(
        id,
        params=[Param(key, value[:LONGEST]) for key, value in parameters(folder).items()],
        tags=[RunTag(key, value) for key, value in tags.items()],
    )
    for first in range(0, len(figures), BATCH):
        client.log_batch(id, metrics=figures[first : first + BATCH])
    client.log_artifact(id, str(page))
    client.set_terminated(id)
    return id


def parameters(folder: Path) -> Mapping[str, str]:
    """The settings of a run and its domain's, by name."""
    if not (folder / SETTINGS).exists():
        return {}
    settings, domain = read_toml(folder / SETTINGS)
    named = {f"domain.{key}": value for key, value in domain.items()}
    return {key: str(value) for key, value in {**asdict(settings), **named}.items()}


def steps(drawn: Curves) -> Iterator[tuple[str, float, int]]:
    """The scores of the best of each generation; one that was not measured is left out."""
    for split, heights in (("train", drawn.train), ("validation", drawn.validation), ("test", drawn.test)):
        for generation, height in zip(drawn.generation, heights, strict=True):
            if math.isfinite(height):
                yield f"best.{split}", height, generation


def totals(told: Summary) -> Iterator[tuple[str, float, int]]:
    """What the summary says in numbers, at the last generation."""
    found: dict[str, Any] = {
        "area": told.area,
        "gain": told.gain.mean,
        "gain.low": told.gain.low,
        "gain.high": told.gain.high,
        "velocity": told.dynamics.velocity,
        "test_velocity": told.dynamics.test_velocity,
        "cpu_seconds": told.dynamics.cpu,
        "cpu_per_point": told.dynamics.cpu_per_point,
        "dollars_per_point": told.dynamics.dollars_per_point,
        "regressions": told.dynamics.regressions,
        "fallbacks": told.fallbacks,
        **{str(status): count for status, count in told.counts.items()},
    }
    for key, value in found.items():
        if math.isfinite(value):
            yield key, float(value), told.generations
