"""The seed genome as files, and as a meta agent is handed it."""

import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from meta import Genome

FOLDER = Path(__file__).parents[2] / "genome"
FILES = {
    path.name: path.read_text("utf-8")
    for path in sorted(FOLDER.iterdir())
    if path.suffix in (".py", ".md") and path.name != "__init__.py"
}
SEED = Genome(FILES)
PARENT: dict[str, Any] = {"id": 0, "files": FILES, "score": 0.5, "trials": []}


def tools(seed: int, donors: tuple[dict[str, Any], ...] = ()) -> SimpleNamespace:
    """What a meta agent is handed, without a language model."""
    return SimpleNamespace(rng=random.Random(seed), llm=None, donors=[*donors])


def child(id: int, operators: list[str], gain: float, parent: int = 0) -> dict[str, Any]:
    """One entry of a history."""
    return {"id": id, "parent": parent, "title": f"child {id}", "operators": operators, "gain": gain, "status": "alive"}
