"""Individuals made by hand, and strategies for them."""

from hypothesis import strategies as st

from archive import RACED, Evaluation, Individual, Trial
from meta import Genome, Insert, Patch

SEED = Genome({"task_agent.py": "def solve(task, tools):\n    return task\n", "logo.bin": b"\x89\xff"})


def genome(number: int) -> Genome:
    """The seed with a file of its own."""
    return SEED.with_files({"note.txt": f"number {number}"})


def evaluation(*scores: float, seconds: float = 0.5) -> Evaluation:
    """One trial a score."""
    trials = (
        Trial(
            f"task {k}", "Returned", [k, None, "é", b"\xff", {"a": 1.5}], float(score), "so", seconds, seconds, 1 << 20
        )
        for k, score in enumerate(scores)
    )
    return Evaluation(tuple(trials))


def individual(
    id: int, *scores: float, parent: int = 0, variant: int | None = None, seconds: float = 0.5
) -> Individual:
    """A member that was evaluated on every split, with these scores on validation."""
    patch = Patch((Insert("m:f", "", f"x = {id}"),), f"step {id}", "it may help", ("insert", "é"))
    return Individual(
        id=id,
        genome=genome(id if variant is None else variant),
        parents=(parent,) if id else (),
        patch=patch if id else None,
        evaluations={split: evaluation(*scores, seconds=seconds) for split in ("train", "validation", "test")},
        steward=parent,
        fallbacks=("0: ran out of steps",) if id % 3 == 2 else (),
    )


def stillborn(id: int, parent: int = 0) -> Individual:
    """A member that the gate refused."""
    return Individual(id=id, genome=genome(id), parents=(parent,), stillborn=("gate: memory.py:1: eval (names)",))


scores = st.lists(st.sampled_from((0.0, 0.5, 1.0, -3.0)), min_size=1, max_size=3)


@st.composite
def members(draw: st.DrawFn, id: int) -> Individual:
    """The next member of a population of `id`: alive, culled, or stillborn."""
    parent = draw(st.integers(0, max(0, id - 1)))
    if id and draw(st.integers(0, 3)) == 0:
        return stillborn(id, parent)
    made = individual(id, *draw(scores), parent=parent, variant=draw(st.integers(0, 5)))
    if id and draw(st.integers(0, 3)) == 0:
        return Individual(id, made.genome, made.parents, made.patch, {RACED: made.evaluations["validation"]})
    return made


@st.composite
def populations(draw: st.DrawFn) -> list[Individual]:
    """A population of up to eight."""
    return [draw(members(id)) for id in range(draw(st.integers(1, 8)))]
