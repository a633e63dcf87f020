"""The figures of a run in MLflow: in a real store in a folder, where MLflow is installed."""

import importlib.util
from pathlib import Path

import pytest
from populations import six

from hyperagent import Settings
from hyperagent.commands.tracking import write_mlflow
from hyperagent.errors import RunError
from hyperagent.science.curves import curves
from hyperagent.science.summary import summary

HAS_MLFLOW = importlib.util.find_spec("mlflow") is not None


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of six in a folder, with its page."""
    folder = tmp_path / "a run"
    folder.mkdir()
    six(folder / "archive.sqlite").close()
    (folder / "run.toml").write_text(f'{Settings(seed=7).toml()}\n[domain]\nname = "words"\n')
    (folder / "report.html").write_text("<title>words</title>")
    return folder


@pytest.mark.skipif(HAS_MLFLOW, reason="MLflow is installed")
def test_without_mlflow_the_command_says_what_to_install(run: Path) -> None:
    with pytest.raises(RunError, match=r"pip install 'hyperagent\[mlflow\]'"):
        write_mlflow(run, run / "report.html", run.as_uri())


@pytest.mark.skipif(not HAS_MLFLOW, reason="MLflow is not installed")
def test_settings_curves_and_summary_are_logged(run: Path, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    store = f"sqlite:///{tmp_path / 'store.db'}"
    id = write_mlflow(run, run / "report.html", store)
    client = MlflowClient(store)
    logged, drawn, told = client.get_run(id), curves(six()), summary(six())
    assert logged.info.run_name == "a run" and logged.info.status == "FINISHED"
    assert logged.data.params["seed"] == "7" and logged.data.params["domain.name"] == "words"
    assert logged.data.tags["lineage"] == told.lineage
    for split in ("train", "validation", "test"):
        history = {figure.step: figure.value for figure in client.get_metric_history(id, f"best.{split}")}
        assert history == dict(zip(drawn.generation, getattr(drawn, split), strict=True))
    assert logged.data.metrics["gain"] == told.gain.mean and logged.data.metrics["culled"] == 1
    assert [artifact.path for artifact in client.list_artifacts(id)] == ["report.html"]


@pytest.mark.skipif(not HAS_MLFLOW, reason="MLflow is not installed")
def test_a_server_that_is_not_there_is_one_line(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    with pytest.raises(RunError, match=r"^--mlflow http://127\.0\.0\.1:9") as caught:
        write_mlflow(run, run / "report.html", "http://127.0.0.1:9")
    assert "\n" not in str(caught.value)
