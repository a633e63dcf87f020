"""All that the page can show of each individual, packed so that a browser unpacks only the part that is asked for."""

import base64
import json
import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

from archive import Evaluation, Individual
from hyperagent.science.text import line, visible
from meta import Edit, Patch
from meta.edit import (
    AddImport,
    Delete,
    DeleteFile,
    Insert,
    Move,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
)

PART = 200
LONGEST = 4000
LESSONS = re.compile(r"^LESSONS = (.*)$", re.MULTILINE)
LESSONS_SHOWN = 1500


def detail(individual: Individual) -> dict[str, Any]:
    """One individual as the page shows it; every text of its genome is made visible and cut."""
    patch = individual.patch or Patch()
    return {
        "parents": individual.parents,
        "title": line(patch.title),
        "hypothesis": line(patch.hypothesis, 1000),
        "operators": [line(name, 80) for name in patch.operators],
        "stillborn": [line(reason, 500) for reason in individual.stillborn],
        "steward": individual.steward,
        "fallbacks": [line(text, 300) for text in individual.fallbacks],
        "edits": [edit_lines(edit) for edit in patch.edits[:40]],
        "trials": {split: trials(evaluation) for split, evaluation in individual.evaluations.items()},
        "memory": lessons(individual),
    }


def edit_lines(edit: Edit) -> dict[str, str]:
    """Where an edit is made, what it takes away and what it puts there."""
    match edit:
        case Replace(at=at, expect=old, new=new) | SetConstant(at=at, expect=old, new=new):
            return {"at": line(at), "old": cut(old), "new": cut(new)}
        case Insert(at=at, new=new) | AddImport(at=at, new=new):
            return {"at": line(at), "old": "", "new": cut(new)}
        case Delete(at=at, expect=old) | RemoveImport(at=at, expect=old):
            return {"at": line(at), "old": cut(old), "new": ""}
        case Move(at=at, expect=old, to=to):
            return {"at": f"{line(at)} moved to {line(to)}", "old": "", "new": cut(old)}
        case Rename(at=at, expect=old, new=new):
            return {"at": f"{line(at)} renamed", "old": cut(old), "new": cut(new)}
        case WriteFile(name=name, content=content):
            return {"at": f"{line(name)} as a whole", "old": "", "new": cut(content.decode("utf-8", "replace"))}
        case DeleteFile(name=name):
            return {"at": f"{line(name)} removed", "old": "", "new": ""}
        case RenameFile(name=name, to=to):
            return {"at": f"{line(name)} renamed to {line(to)}", "old": "", "new": ""}


def cut(text: str) -> str:
    """A piece of source that can be shown."""
    return visible(text if len(text) <= LONGEST else f"{text[:LONGEST]}\n... {len(text) - LONGEST} more characters")


def trials(evaluation: Evaluation) -> dict[str, Any]:
    """The trials of a split: task, score, how it ended if not with an answer; and what all of them cost."""
    return {
        "rows": [
            [line(t.task, 60), round(t.score, 4), "" if t.outcome == "Returned" else line(t.feedback or t.outcome, 160)]
            for t in evaluation.trials
        ],
        "cpu": round(sum(t.cpu_seconds for t in evaluation.trials), 3),
        "peak": max((t.peak_bytes for t in evaluation.trials), default=0),
    }


def lessons(individual: Individual) -> str:
    """What its memory holds, as it stands in its source."""
    if "memory.py" not in individual.genome:
        return ""
    found = LESSONS.search(individual.genome.raw("memory.py").decode("utf-8", "replace"))
    return line(found[1], LESSONS_SHOWN) if found else ""


def parts(found: Iterable[dict[str, Any]]) -> list[str]:
    """The details in parts of PART individuals, each deflated and in base64."""
    packed, waiting = [], []
    for one in found:
        waiting.append(one)
        if len(waiting) == PART:
            packed.append(part(waiting))
            waiting = []
    return [*packed, part(waiting)] if waiting else packed


def part(some: Sequence[dict[str, Any]]) -> str:
    """Some details, deflated and in base64."""
    return base64.b64encode(zlib.compress(json.dumps(some).encode(), 6)).decode()
