"""Patches on code that nobody here wrote: a small share of what `benchmarks/corpus.py` goes through whole."""

import random
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from hyperagent.testing.corpus import corpus, gone_through, library_modules, there_and_back

SAMPLE = 36
LARGEST = 60_000
LIBRARY = Path(sysconfig.get_path("stdlib"))
OTHERS = "lib/python3.1[1-9]/os.py"


def modules() -> list[Path]:
    """Some modules of the corpus, always the same."""
    return sample([path for path in corpus() if path.stat().st_size <= LARGEST and "test" not in path.parts])


def neighbours() -> list[tuple[Path, Path]]:
    """Some modules of the standard library, each with another version of it, from which it differs."""
    above = [Path(sys.base_prefix), *Path(sys.base_prefix).parent.iterdir(), Path("/usr"), Path("/usr/local")]
    others = sorted({file.parent.resolve() for prefix in above for file in prefix.glob(OTHERS)} - {LIBRARY.resolve()})
    small = [path for path in library_modules(LIBRARY) if path.stat().st_size <= LARGEST]
    pairs = [(path, other / path.relative_to(LIBRARY)) for path in small for other in others]
    return sample([(a, b) for a, b in pairs if b.is_file() and a.read_bytes() != b.read_bytes()])


def sample(found: list[Any]) -> list[Any]:
    """A few of many."""
    return random.Random(1).sample(sorted(found), min(SAMPLE, len(found)))


def named(path: Path) -> str:
    """A module by its place."""
    return "/".join(path.parts[-3:])


@pytest.mark.slow
@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_module_prints_back_and_its_edits_leave_no_byte_of_difference_when_taken_back(path: Path) -> None:
    course = gone_through(path, edits=40, seconds=60)
    assert course.ended in ("done", "few places", "refused"), course.failure
    assert course.edits == 40 or course.ended != "done"


@pytest.mark.slow
@pytest.mark.parametrize(("path", "other"), neighbours(), ids=named)
def test_a_module_and_its_neighbour_version_lead_to_each_other(path: Path, other: Path) -> None:
    there_and_back(path.read_bytes(), other.read_bytes())


def test_a_course_names_the_edit_that_is_not_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.py").write_text("def f(x):\n    return x + 1\n\n\ny = f(2)\n")
    assert gone_through(tmp_path / "m.py", edits=60, seconds=60).ended == "done"
    monkeypatch.setattr("hyperagent.testing.corpus.taken_back", lambda _, patch, child: (patch, child))
    course = gone_through(tmp_path / "m.py", edits=60, seconds=60)
    assert course.ended == "failed" and course.failure.startswith("not taken back: ")
