"""The strategies: what they give is valid, covers what it should, and shrinks to what matters."""

import ast
import random
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TypeVar, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, find, given, seed, settings
from hypothesis.strategies import SearchStrategy

from archive import Archive, Columns, Individual
from hyperagent import testing
from meta import DeleteFile, Edit, Genome, Insert, Patch, PatchError, RenameFile, Replace, WriteFile, apply, invert
from meta.places import Place, places
from sandbox_runner.messages import Message, decode, encode

T = TypeVar("T")
ROOT = Path(__file__).parents[3]
SYNTAX = (ast.stmt, ast.expr, ast.pattern, ast.operator, ast.unaryop, ast.cmpop, ast.boolop)
# From 3.12 on there are type parameters, too.
PARAMETERS = (ast.type_param,) if sys.version_info >= (3, 12) else ()
ROUNDS, MODULES = 10, 100


def kinds_of(base: type[ast.AST]) -> set[type[ast.AST]]:
    """The classes of the running version below one; those that are only old names of `Constant` are no syntax."""
    found = {kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, base)}
    return {kind for kind in found if kind is not base and not (issubclass(kind, ast.Constant) and kind._fields == ())}


def walked(source: str) -> Iterator[ast.AST]:
    """The nodes of a source."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        yield from ast.walk(ast.parse(source))


def smallest(strategy: SearchStrategy[T], wanted: Callable[[T], bool]) -> T:
    """The smallest value with a property that Hypothesis finds."""
    quiet = settings(database=None, max_examples=1500, deadline=None, suppress_health_check=list(HealthCheck))
    return find(strategy, wanted, settings=quiet, random=random.Random(1))


def test_every_kind_of_syntax_of_the_running_version_occurs_in_sources() -> None:
    old_names = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis"}
    missing = {kind for base in (*SYNTAX, *PARAMETERS) for kind in kinds_of(base) if kind.__name__ not in old_names}
    assert {ast.Match, ast.TryStar, ast.JoinedStr, ast.NamedExpr, ast.AsyncFor, ast.MatchStar} <= missing
    for number in range(ROUNDS):

        @seed(number)
        @settings(max_examples=MODULES, database=None, derandomize=False)
        @given(testing.sources(8))
        def look(source: str) -> None:
            missing.difference_update(map(type, walked(source)))

        look()
        if not missing:
            return
    assert {kind.__name__ for kind in missing} == set(), f"none in {ROUNDS * MODULES} modules"


@given(testing.sources())
def test_sources_compile(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compile(source, "source", "exec", dont_inherit=True)


@given(testing.definitions("work"))
def test_a_definition_is_one_function_of_the_given_name(source: str) -> None:
    (statement,) = ast.parse(source).body
    assert isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name == "work"


@pytest.mark.parametrize("kind", [ast.Match, pytest.param(ast.Lambda, marks=pytest.mark.slow)])
def test_a_failing_source_shrinks_to_a_few_lines(kind: type[ast.AST]) -> None:
    source = smallest(testing.sources(3), lambda text: any(isinstance(node, kind) for node in walked(text)))
    assert len(source.splitlines()) <= 6


@given(testing.edited())
def test_an_edited_genome_takes_its_patch(case: tuple[Genome, Patch]) -> None:
    genome, patch = case
    assert patch.edits and apply(apply(genome, patch), invert(genome, patch)) == genome


def test_a_failing_patch_shrinks_to_one_edit() -> None:
    genome = Genome({"m.py": "def f(x):\n    y = x + 1\n    return y\n\n\nz = f(2)\n", "n.txt": "words"})
    patch = smallest(testing.patches(genome), lambda patch: any(isinstance(edit, Insert) for edit in patch.edits))
    assert patch.edits == (Insert("m:f/body[0]", "y = x + 1", "z = 0"),)


def test_every_kind_of_edit_occurs() -> None:
    genome = Genome({"m.py": "import os\n\nx = 1\n\n\ndef f(x):\n    y = x + 1\n    return y\n\n\nprint(f(2))\n"})
    seen = set()

    @settings(max_examples=200)
    @given(testing.edits(genome))
    def look(edit: Edit) -> None:
        seen.add(type(edit))

    look()
    assert seen == set(get_args(Edit))


def test_edits_that_need_not_fit_are_refused_now_and_then() -> None:
    genome = Genome({"m.py": "def f(x):\n    return x\n"})
    refused = smallest(testing.edits(genome, fitting=False), lambda edit: not fits(genome, Patch((edit,))))
    assert not isinstance(refused, FileEdits)


FileEdits = (DeleteFile, RenameFile, WriteFile)


def fits(genome: Genome, patch: Patch) -> bool:
    """Whether a genome takes a patch."""
    try:
        apply(genome, patch)
    except PatchError:
        return False
    return True


@given(testing.genomes())
def test_genomes_hold_modules_that_compile_in_their_own_encoding(genome: Genome) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        for name in genome:
            if name.endswith(".py"):
                compile(genome.raw(name), name, "exec", dont_inherit=True)


@settings(max_examples=max(10, settings().max_examples // 4))
@given(testing.lineages(4))
def test_an_archive_takes_a_lineage_as_it_stands(lineage: list[Individual]) -> None:
    archive = Archive()
    for individual in lineage:
        archive.add(individual)
    assert [*archive] == lineage
    for one in lineage[1:]:
        assert one.patch is not None and apply(lineage[one.parents[0]].genome, one.patch) == one.genome


def test_some_of_a_lineage_are_stillborn_and_some_culled() -> None:
    seen = set()

    @settings(max_examples=20)
    @given(testing.lineages(3))
    def look(lineage: list[Individual]) -> None:
        seen.update(("stillborn", bool(one.stillborn)) for one in lineage)
        seen.update(("culled", one.culled) for one in lineage)

    look()
    assert seen == {(fate, given) for fate in ("stillborn", "culled") for given in (True, False)}


@given(testing.candidates())
def test_candidates_are_columns_of_one_length_with_an_id_each(shown: Columns) -> None:
    assert len({len(column) for column in vars(shown).values()}) == 1 and len(shown.id) >= 1
    assert all(one < other for one, other in pairwise(shown.id.tolist()))
    assert np.isfinite(shown.score).all() and (shown.visits >= 0).all()


@given(testing.messages())
def test_messages_can_be_said_and_understood(message: Message) -> None:
    assert decode(encode(message)) == message


def test_every_kind_of_message_occurs() -> None:
    seen = set()

    @settings(max_examples=150)
    @given(testing.messages())
    def look(message: Message) -> None:
        seen.add(type(message))

    look()
    assert seen == set(get_args(Message))


def places_in(source: str) -> list[Place]:
    """The places of a source as the file m.py."""
    return places("m.py", source.encode())


@settings(max_examples=settings().max_examples // 2)
@given(testing.sources(2))
def test_an_edit_that_changes_nothing_can_be_made_at_every_place(source: str) -> None:
    genome = Genome({"m.py": source})
    for place in places_in(source)[:12]:
        if fits(genome, patch := Patch((Replace(place.at, place.text, place.text),))):
            assert apply(genome, patch) == genome


def test_places_have_addresses_texts_and_spans() -> None:
    source = "import os\n\n\ndef f(x):\n    # so\n    return (x + 'é')\n"
    found = {place.at: place for place in places_in(source)}
    assert found["m:/body[0]"] == Place("m:/body[0]", "import os", "statement", 2, 0, 10)
    assert found["m:f/body[0]"] == Place("m:f/body[0]", "return (x + 'é')", "statement", 1, 22, len(source))
    inner = found["m:f/body[0].value"]
    assert source[inner.start : inner.end] == inner.text == "(x + 'é')"


def test_without_hypothesis_the_import_says_what_to_install() -> None:
    script = "import sys; sys.modules['hypothesis'] = None; import hyperagent.testing"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: hyperagent.testing needs the package hypothesis, which is not installed: "
        "pip install 'hyperagent[test]'"
    )
