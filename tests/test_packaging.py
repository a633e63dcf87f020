"""What is shipped: the packages, the seed genome as data, the entry point and the licence; and no tests."""

import importlib.util
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GENOME = sorted(path.name for path in (ROOT / "genome").iterdir() if path.suffix in (".py", ".md"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCATE = """
import importlib.util, sys
from pathlib import Path
spec = importlib.util.find_spec("hyperagent.seed")
folder = Path(next(iter(spec.submodule_search_locations)))
assert "hyperagent.seed" not in sys.modules and "genome" not in sys.modules
assert importlib.util.find_spec("genome") is None
print(folder, *sorted(path.name for path in folder.iterdir() if path.suffix in (".py", ".md")), sep="\\n")
"""


def test_every_package_is_listed() -> None:
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for package in ("hyperagent", "meta", "sandbox_runner", "archive")
        for path in (ROOT / package).rglob("__init__.py")
    }
    assert {*PROJECT["tool"]["setuptools"]["packages"]} == folders | {"hyperagent.seed"}


def test_the_seed_is_located_without_being_run() -> None:
    spec = importlib.util.find_spec("hyperagent.seed")
    assert spec is not None and spec.submodule_search_locations is not None
    assert Path(next(iter(spec.submodule_search_locations))).samefile(ROOT / "genome")
    assert "hyperagent.seed" not in sys.modules


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built from a copy so that nothing is left behind in the working tree."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    names = [line for line in git("ls-files", "-co", "--exclude-standard").splitlines() if (ROOT / line).is_file()]
    for name in names:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", str(folder), str(source)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the build did not end in time; is the package registry reachable?")
    if done.returncode != 0 and ("No matching distribution" in done.stderr or "ConnectionError" in done.stderr):
        pytest.skip("the package registry, which has the build backend, is not reachable")
    assert done.returncode == 0, done.stderr[-2000:]
    (built,) = folder.glob("*.whl")
    return built


def git(*arguments: str) -> str:
    """What git says of the working tree."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    if done.returncode != 0:
        pytest.skip("this is no git working tree")
    return done.stdout


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_the_seed_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert (
        sorted(name.removeprefix("hyperagent/seed/") for name in names if name.startswith("hyperagent/seed/")) == GENOME
    )
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"hyperagent", "meta", "sandbox_runner", "archive"}
    modules = [name for name in names if name.endswith(".py")]
    assert not [name for name in modules if "test" in Path(name).stem.split("_") or name.startswith("genome")]


@pytest.mark.slow
def test_the_wheel_holds_every_module_of_the_packages(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = [
        path for top in ("hyperagent", "meta", "sandbox_runner", "archive") for path in (ROOT / top).rglob("*.py")
    ]
    assert {path.relative_to(ROOT).as_posix() for path in modules} <= names


@pytest.mark.slow
def test_the_wheel_says_how_it_is_started_and_licensed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        found = {Path(name).name: archive.read(name).decode() for name in archive.namelist() if ".dist-info/" in name}
    assert "hyperagent = hyperagent.cli:main" in found["entry_points.txt"]
    assert "Apache License" in found["LICENSE"]
    assert f"Version: {PROJECT['project']['version']}" in found["METADATA"]


@pytest.mark.slow
def test_an_installed_wheel_has_its_seed_beside_it_and_no_genome_to_import(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv" / "bin" / "python"
    site = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run(
        [python, "-I", "-c", LOCATE], cwd=tmp_path, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 0, done.stderr
    folder, *names = done.stdout.splitlines()
    assert Path(folder).resolve() == (site / "hyperagent" / "seed").resolve() and names == GENOME
