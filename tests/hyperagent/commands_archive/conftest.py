"""A short run on words, made once, and a copy of it for each test that changes something."""

import shutil
from pathlib import Path

import pytest

import hyperagent as ha
from tests.hyperagent.conftest import DOMAIN_FILE, WORDS


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run of 12 generations, beside the file of its domain."""
    from hyperagent.domains import load_domain

    place = tmp_path_factory.mktemp("archive")
    file = place / "backwards.py"
    file.write_text(DOMAIN_FILE.format(words=WORDS), "utf-8")
    spec = {"name": f"{file}:backwards"}
    list(ha.evolve(load_domain(spec["name"], {}), place / "run", generations=12, workers=1, seed=3, spec=spec))
    return place / "run"


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of that run."""
    return Path(shutil.copytree(finished, tmp_path / "run"))
