"""Archives made by hand, with real genomes and real patches."""

from pathlib import Path

from archive import Archive, Evaluation, Individual, Trial
from meta import Genome, Insert, Patch, WriteFile, apply

SEED = Genome(
    {
        "task_agent.py": "def solve(task, tools):\n    return task\n",
        "meta_agent.py": "def propose(parent, history, tools):\n    return {}\n",
        "selection.py": "def select(candidates, rng):\n    return 0\n",
    }
)
MARKUP = "</title></pre><script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE = f"{MARKUP} \x1b]0;owned\x07 \u202eevil\u202c \"'&amp;$x$"


def evaluation(*scores: float) -> Evaluation:
    """One trial a score."""
    return Evaluation(tuple(Trial(f"task {k}", "Returned", k, float(score)) for k, score in enumerate(scores)))


def patch(id: int, title: str = "", operators: tuple[str, ...] = ()) -> Patch:
    """A patch that makes a genome no other has."""
    edit = Insert("task_agent:solve/body[0]", "", f"step = {id}")
    return Patch((edit,), title or f"step {id}", "because it may help", operators)


def seed(**scores: tuple[float, ...]) -> Individual:
    """The first of a population."""
    return Individual(0, SEED, evaluations={split: evaluation(*values) for split, values in scores.items()})


def child(
    archive: Archive, parent: int, by: Patch, stillborn: tuple[str, ...] = (), **scores: tuple[float, ...]
) -> Individual:
    """The next of a population, added to it."""
    made = Individual(
        id=len(archive),
        genome=apply(archive[parent].genome, by),
        parents=(parent,),
        patch=by,
        evaluations={split: evaluation(*values) for split, values in scores.items()},
        stillborn=stillborn,
    )
    archive.add(made)
    return made


def six(path: Path | None = None) -> Archive:
    """Two improvements, a tie, a stillborn child and a culled one."""
    archive = Archive(path)
    archive.add(seed(train=(1, 0), validation=(0, 0, 1, 0), test=(0, 1, 0, 0)))
    child(archive, 0, by=patch(1, operators=("task", "swap")), train=(1, 1), validation=(0, 1, 1, 0), test=(0, 1, 1, 0))
    child(archive, 1, by=patch(2, operators=("task", "drop")), stillborn=("gate: no solve",))
    child(archive, 0, by=patch(3, operators=("swap",)), raced=(0, 0, 0))
    child(archive, 1, by=patch(4, operators=("task",)), train=(1, 1), validation=(1, 1, 0, 0))
    winner = patch(5, "the winner", ("swap", "swap"))
    child(archive, 4, by=winner, train=(1, 0), validation=(1, 1, 1, 0), test=(1, 1, 0, 0))
    return archive


def hostile() -> Archive:
    """Every text that a genome can choose is an attack on who reads it."""
    archive = Archive()
    archive.store.set("settings", f"llm = '{HOSTILE}'")
    archive.add(seed(train=(0.2, 0.1), validation=(0.2, 0.3), test=(0.2, 0.1)))
    files = (
        WriteFile("it's & more.py", "", f"x = 1  # {HOSTILE}\n".encode()),
        WriteFile("notes.bin", "", b"\xff\xfe<script>alert(3)</script>"),
        WriteFile("mixed.md", "", f"a\r\nb\x0cc\n+++ {HOSTILE}".encode()),
    )
    attack = Patch(files, HOSTILE, HOSTILE, (HOSTILE,))
    child(archive, 0, by=attack, train=(0.5, 0.5), validation=(0.5, 0.9), test=(0.6, 0.7))
    child(archive, 1, by=patch(2, HOSTILE, (HOSTILE,)), stillborn=(HOSTILE,))
    return archive


def crowd(count: int) -> Archive:
    """A population in which each child's parent is found by a fixed rule; every seventh is stillborn."""
    archive = Archive()
    archive.add(seed(train=(0.1, 0.2), validation=(0.1, 0.2), test=(0.1, 0.2)))
    living = [0]
    for id in range(1, count):
        parent = living[(id * id) % len(living)]
        content = f"step = {id}\n".encode()
        by = Patch((WriteFile(f"step_{id}.py", "", content),), f"operator: step {id - 1} -> step {id}", "", ("op",))
        genome = apply(Genome({"task_agent.py": SEED["task_agent.py"]}), by)
        height = 0.1 + 0.8 * ((id * 37) % count) / count
        scores = {split: evaluation(height, height / 2) for split in ("train", "validation")}
        if id % 7 == 0:
            archive.add(Individual(id, genome, (parent,), by, stillborn=("smoke call: no answer",)))
        else:
            archive.add(Individual(id, genome, (parent,), by, scores))
            living.append(id)
    return archive
