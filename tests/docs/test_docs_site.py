"""The site: every page has its place, every public name its entry, and it builds without a warning."""

import importlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("hyperagent", "meta", "sandbox_runner", "archive")
NAVIGATION = re.findall(r": (\w+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE)
ENTRIES = set(re.findall(r"^::: ([\w.]+)$", (ROOT / "docs" / "api.md").read_text("utf-8"), re.MULTILINE))


def test_the_navigation_has_every_page_once() -> None:
    pages = [path.name for path in (ROOT / "docs").glob("*.md")]
    assert sorted(NAVIGATION) == sorted([*pages, "benchmarks.md"])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_in_the_reference(package: str) -> None:
    names = importlib.import_module(package).__all__
    assert [name for name in names if not is_listed(package, name)] == []


def is_listed(package: str, name: str) -> bool:
    """Whether a name has an entry, as its package's own or, of `hyperagent`, as that of where it comes from."""
    places = PACKAGES if package == "hyperagent" else (package,)
    return any({f"{place}.{name}", f"{place}.{name}.{name}"} & ENTRIES for place in places)


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    if not all(importlib.util.find_spec(name) for name in ("mkdocs", "material", "mkdocstrings")):
        pytest.skip("the extra docs is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    reference = (tmp_path / "site" / "api" / "index.html").read_text("utf-8")
    assert [entry for entry in ENTRIES if f'id="{entry}"' not in reference] == []
    assert "Does it improve?" in (tmp_path / "site" / "benchmarks" / "index.html").read_text("utf-8")
