from pathlib import Path

import pytest

from archive import RACED, Archive, Evaluation, Individual, Trial
from hyperagent.settings import Settings
from meta import Genome, Patch, Replace, WriteFile, apply

SEED = Genome({"task_agent.py": "def solve(task, tools):\n    return task\n", "pack/words.md": "calm\n"})
HOSTILE = "\x1b]0;owned\x07[bold red]\u202eevil <script>"


def evaluation(score: float, answer: object = None) -> Evaluation:
    failed = Trial("two", "Raised", None, 0.0, f"line 1\n{HOSTILE}")
    return Evaluation((Trial("one", "Returned", answer, score), failed))


def child(id: int, parent: Individual, new: str, title: str) -> Individual:
    found = "return task" if parent.id == 0 else "return task + 1"
    patch = Patch((Replace("task_agent:solve/body[0]", found, new),), title, "it may help", ("swap",))
    return Individual(id, apply(parent.genome, patch), (parent.id,), patch)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of a seed, its better child, a stillborn child of that one and a culled child of the seed."""
    folder = tmp_path / "a run"
    folder.mkdir()
    (folder / "run.toml").write_text(f'{Settings().toml()}\n[domain]\nname = "words"\n')
    archive = Archive(folder / "archive.sqlite")
    splits = ("train", "validation", "test")
    seed = Individual(0, SEED, evaluations={split: evaluation(0.5) for split in splits})
    answer = {1: b"\xff", "deep": [float("nan"), HOSTILE]}
    better = child(1, seed, "return task + 1", HOSTILE)
    better = Individual(1, better.genome, (0,), better.patch, {split: evaluation(1.0, answer) for split in splits})
    attack = Patch((WriteFile("notes.md", "", f"calm\n{HOSTILE}\n".encode()),), "worse")
    dead = Individual(2, apply(better.genome, attack), (1,), attack, stillborn=(HOSTILE,), fallbacks=(HOSTILE,))
    archive.add(seed)
    archive.add(better)
    archive.add(dead)
    lost = child(3, seed, "return None", "lost")
    archive.add(Individual(3, lost.genome, (0,), lost.patch, {RACED: evaluation(0.0)}))
    archive.close()
    return folder
