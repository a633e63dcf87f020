"""A strategy for populations: a seed and its descendants, as a run would have left them in its archive."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from archive import RACED, Evaluation, Individual, Trial
from hyperagent.testing.genomes import genomes
from hyperagent.testing.messages import plain
from hyperagent.testing.patches import patches
from meta import apply

SPLITS = ("train", "validation", "test")
TASKS = ("one", "two")


@st.composite
def lineages(draw: st.DrawFn, max_size: int = 5) -> list[Individual]:
    """Up to `max_size` individuals in the order of their ids, the seed first, each made by its patch from its parent.

    Some were refused, some were given up on the way through validation, some come back to a genome that is there
    already, which a run refuses too. An archive takes them as they stand.
    """
    seed = draw(genomes(min_size=1, max_size=2))
    found = [Individual(0, seed, evaluations=draw(evaluations(SPLITS)))]
    for id in range(1, draw(st.integers(1, max_size))):
        parent = draw(st.sampled_from([one for one in found if not one.stillborn and not one.culled]))
        found.append(draw(children(id, parent, found)))
    return found


@st.composite
def children(draw: st.DrawFn, id: int, parent: Individual, found: Sequence[Individual]) -> Individual:
    """A child of a parent, tried or refused."""
    patch = draw(patches(parent.genome, max_size=2))
    child = Individual(id, apply(parent.genome, patch), (parent.id,), patch)
    if any(child.digest == other.digest for other in found):
        return replace(child, stillborn=("genome: it is in the archive already (novelty)",))
    fate = draw(st.sampled_from((SPLITS[:2], SPLITS, (RACED,), ())))
    if not fate:
        return replace(child, stillborn=("smoke call: ValueError: no",))
    return replace(child, evaluations=draw(evaluations(fate)))


@st.composite
def evaluations(draw: st.DrawFn, splits: Sequence[str]) -> dict[str, Evaluation]:
    """Trials of two tasks in each of the splits."""
    return {split: Evaluation(tuple(draw(trials(f"{split} {task}")) for task in TASKS)) for split in splits}


def trials(task: str) -> st.SearchStrategy[Trial]:
    """A task attempted once."""
    scores = st.sampled_from((0.0, 0.5, 1.0)) | st.floats(-1e6, 1e6)
    answered = st.builds(Trial, st.just(task), st.just("Returned"), plain(3), scores)
    failed = st.builds(Trial, st.just(task), st.sampled_from(("Raised", "TimedOut", "Killed")), st.none(), st.just(0.0))
    return answered | failed
