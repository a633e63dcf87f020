"""What zygotes do before their first job leaves nothing that a job could see, but the operators that are held ready."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hyperagent.domains import load_domain
from hyperagent.preloads import preloads
from sandbox_runner import Call, Module, Plain, Pool, Returned

LOOK = Module("""
import builtins, linecache, random, sys

def classes(kind=object, seen=None):
    seen = set() if seen is None else seen
    for each in type.__subclasses__(kind):
        if each not in seen:
            seen.add(each)
            classes(each, seen)
    return seen

def run(api):
    return {
        "modules": sorted(sys.modules),
        "classes": sorted({f"{each.__module__}.{each.__qualname__}" for each in classes()}),
        "finders": [type(each).__name__ for each in sys.meta_path],
        "path": sys.path,
        "sources": sorted(linecache.cache),
        "builtins": sorted(vars(builtins)),
        "chance": random.random(),
    }
""")
# What a library loads when it is used for the first time.
ON_FIRST_USE = ("libcst.native", "pyo3_runtime.PanicException")
KINDS = preloads(load_domain("binpack", {}))
WARM = [kind for kind, preload in KINDS.items() if preload.warming]


@pytest.fixture(scope="module")
def views() -> Iterator[dict[str, dict[str, Plain]]]:
    """What a job finds in zygotes of every kind, and in the same that have not been warmed up."""
    with Pool(1, {**KINDS, **{f"cold {kind}": replace(KINDS[kind], warming={}) for kind in WARM}}) as pool:
        yield {kind: seen(pool, kind) for warm in WARM for kind in (warm, f"cold {warm}")}


def seen(pool: Pool, preload: str) -> dict[str, Plain]:
    pool.submit(Call("look:run", {"look": LOOK}, preload=preload))
    [done] = pool.wait(60)
    assert isinstance(done.outcome, Returned), done  # type: ignore[union-attr]
    found = done.outcome.value  # type: ignore[union-attr]
    assert isinstance(found, dict)
    return found


def test_some_zygotes_are_warmed_up() -> None:
    assert {"bare", "code", "full"} == set(WARM)


@pytest.mark.parametrize("kind", WARM)
def test_a_warm_zygote_shows_its_jobs_no_genome_to_import(views: dict[str, dict[str, Plain]], kind: str) -> None:
    names = {*views[kind]["modules"], *views[kind]["sources"]}  # type: ignore[misc]
    assert [name for name in names if str(name).lstrip("<").startswith(("genome", "warm", "sample"))] == []


@pytest.mark.parametrize("kind", WARM)
def test_a_job_cannot_tell_a_warm_zygote_from_a_cold_one(views: dict[str, dict[str, Plain]], kind: str) -> None:
    warm, not_warmed = views[kind], views[f"cold {kind}"]
    assert {name: more(warm[name], not_warmed[name]) for name in warm} == {name: [] for name in warm}


def more(one: Plain, other: Plain) -> list[Plain]:
    """What the one has and the other has not."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return [] if one == other else [one]
    return [each for each in one if each not in other and each not in ON_FIRST_USE]


READY = KINDS["code"].ready
HELD = KINDS["code"].held
DRAW = Module("""
import importlib, random

def run(api, text):
    operators = importlib.import_module("genome.operators")
    scope, rng = operators.Scope(text), random.Random(5)
    pairs = operators.pairs(scope)
    rng.shuffle(pairs)
    made = [list(operators.changes(operator, site, scope)) for operator, site in pairs[:40]]
    return [operators.applied(scope, change) for changes in made for change in changes], api.steps_left()
""")
TEXT = "def f(a, b=2):\n    while a < b:\n        a = a + len([b, 'x'])\n    return a\n"


def drawn(foreign: dict[str, Module]) -> Plain:
    """What the operators among the foreign modules make of a text, and the steps that are left."""
    with Pool(1, KINDS) as pool:
        pool.submit(Call("draw:run", {"draw": DRAW}, foreign, (TEXT,), preload="code"))
        [done] = pool.wait(60)
    assert isinstance(done.outcome, Returned), done  # type: ignore[union-attr]
    return done.outcome.value  # type: ignore[union-attr]


def test_operators_that_are_held_ready_do_what_the_same_ones_do_that_a_call_carries() -> None:
    carried = {name: HELD[name] for name in READY}
    touched = {**carried, "genome.values": Module(HELD["genome.values"].source + "\n# changed\n")}
    (ready, left), (fresh, left_then) = drawn(carried), drawn(touched)  # type: ignore[misc]
    assert ready == fresh and len(ready) > 20  # type: ignore[arg-type]
    assert left > left_then  # type: ignore[operator]


def test_a_call_that_changes_one_of_the_operators_gets_none_that_is_ready() -> None:
    changed = {name: HELD[name] for name in READY}
    changed["genome.comparisons"] = Module("raise ValueError('changed')\n")
    with Pool(1, KINDS) as pool:
        pool.submit(Call("draw:run", {"draw": DRAW}, changed, (TEXT,), preload="code"))
        [done] = pool.wait(60)
    assert done.outcome.message == "changed"  # type: ignore[union-attr]


def test_what_a_genome_does_without_is_missed_by_operators_that_are_ready_too() -> None:
    with Pool(1, KINDS) as pool:
        call = Call("draw:run", {"draw": DRAW}, {name: HELD[name] for name in READY}, (TEXT,), preload="code")
        pool.submit(replace(call, without=("isinstance",)))
        [done] = pool.wait(60)
    assert done.outcome.message == "name 'isinstance' is not defined"  # type: ignore[union-attr]
