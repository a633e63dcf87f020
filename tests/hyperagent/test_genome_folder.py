"""The folder of a genome to begin with: what is read of it, and what is refused by name."""

from pathlib import Path

import pytest

from hyperagent.errors import GenomeError
from hyperagent.seeds import read_genome


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "parts").mkdir()
    (tmp_path / "task_agent.py").write_text("def solve(task, tools):\n    return task\n", encoding="utf-8")
    (tmp_path / "parts" / "notes.md").write_bytes(b"caf\xe9\r\n")
    return tmp_path


def test_files_are_read_as_they_are_and_hidden_ones_left_out(folder: Path) -> None:
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret", encoding="utf-8")
    genome = read_genome(folder)
    assert sorted(genome) == ["parts/notes.md", "task_agent.py"]
    assert genome.raw("parts/notes.md") == b"caf\xe9\r\n"


@pytest.mark.parametrize("target", ["/etc/passwd", "task_agent.py", "parts", "nowhere"])
def test_a_symbolic_link_is_refused_by_name(folder: Path, target: str) -> None:
    (folder / "linked.py").symlink_to(target)
    with pytest.raises(GenomeError, match=rf"linked\.py: a symbolic link to {target}, expected a file"):
        read_genome(folder)
