"""Operators: each does what its cases say, and its edits as a patch do what they do to a tree."""

import ast
from collections.abc import Iterator
from pathlib import Path

import libcst
import pytest
from operators_page import page

from genome import operators, registry
from hyperagent.domains.repair.corpus import ENTRIES
from meta import Genome, Patch, PatchError, apply

SOURCES = {entry.name: entry.source for entry in ENTRIES}
HANDFUL = ("square_root", "word_counts", "richest_apart", "merge_intervals", "caesar_shift")
CASES = [(name, *case) for name, operator in operators.OPERATORS.items() for case in operator.cases]
NEVER = [(name, *case) for name, operator in operators.OPERATORS.items() for case in operator.never]


def test_there_is_an_operator_for_most_of_what_goes_wrong_in_code() -> None:
    assert len(operators.OPERATORS) >= 20


@pytest.mark.parametrize("name", operators.OPERATORS)
def test_every_operator_has_a_case_and_says_what_it_does(name: str) -> None:
    operator = operators.OPERATORS[name]
    assert operator.cases and operator.never and operator.function.__doc__


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_an_operator_turns_before_into_after(name: str, before: str, after: str) -> None:
    scope = operators.Scope(before)
    found = [operators.applied(scope, change) for change in changes(scope) if change.operator == name]
    assert after in found


@pytest.mark.parametrize(("name", "before", "after"), NEVER)
def test_an_operator_never_turns_before_into_after(name: str, before: str, after: str) -> None:
    scope = operators.Scope(before)
    found = [operators.applied(scope, change) for change in changes(scope) if change.operator == name]
    assert after not in found


def changes(scope: operators.Scope) -> list[operators.Change]:
    """Every change of every operator."""
    return [change for op, site in operators.pairs(scope) for change in operators.changes(op, site, scope)]


def is_elif(change: operators.Change) -> bool:
    """Whether the statement that is changed stands in an elif."""
    return bool(change.site.way[-1] == ("orelse", None) and isinstance(change.site.node, libcst.If))


def program(text: str | None) -> str | None:
    """What a text means, without the `pass` that a deletion may leave; None if it does not parse."""
    try:
        tree = ast.parse(text or "(")
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for field, block in ast.iter_fields(node):
            if isinstance(block, list) and len(block) > 1:
                setattr(node, field, [item for item in block if not isinstance(item, ast.Pass)])
    return ast.dump(tree)


def patched(source: str, change: operators.Change) -> str | None:
    """What the patch of a change makes of a genome that holds the source; None if it does not parse."""
    name = ast.parse(source).body[0].name  # type: ignore[attr-defined]
    patch = Patch.from_plain({"edits": operators.edits(change, f"m:{name}")})
    try:
        return str(apply(Genome({"m.py": source}), patch)["m.py"])
    except PatchError as error:
        return f"refused: {error}"


@pytest.mark.parametrize("name", HANDFUL)
def test_a_change_applied_to_a_tree_and_as_a_patch_gives_the_same_program(name: str) -> None:
    source = SOURCES[name]
    scope = operators.Scope(source)
    compared = 0
    for change in changes(scope):
        text = operators.applied(scope, change)
        wanted = program(text)
        if wanted is None or is_elif(change) or empties_a_block(change, source):
            continue
        assert program(patched(source, change)) == wanted, change.title
        compared += 1
    assert compared > 80


def empties_a_block(change: operators.Change, source: str) -> bool:
    """Whether a deletion would leave its block without a statement."""
    return change.new == [] and "the only statement of its block" in str(patched(source, change))


ELIF = (
    "def f(x):\n    if x:\n        return 1\n    elif not x:\n        x = 2\n        g(x)\n    else:\n        x = 3\n"
)


def test_an_elif_is_no_statement_to_be_edited_as_a_whole() -> None:
    found = list(changes(operators.Scope(ELIF)))
    assert [change.title for change in found if is_elif(change)] == []
    for change in found:
        wanted = program(operators.applied(operators.Scope(ELIF), change))
        assert wanted is None or program(patched(ELIF, change)) == wanted, change.title


def test_deleting_the_only_statement_of_a_block_gives_the_same_program_both_ways() -> None:
    source = "def f(x):\n    if x:\n        x = 1\n    return x\n"
    scope = operators.Scope(source)
    for change in changes(scope):
        if change.operator == "delete_statement":
            assert "refused" not in str(patched(source, change)), change.title


def test_the_page_of_operators_is_made_from_the_operators() -> None:
    assert (Path(__file__).parents[2] / "docs" / "operators.md").read_text("utf-8") == page()


def test_an_operator_that_is_registered_later_is_found_too() -> None:
    scope = operators.Scope("x = 3")
    assert "later" not in [operator.name for operator, _ in operators.pairs(scope)]

    @registry.operator("number", libcst.Integer, cases=(("3", "5"),), never=())
    def later(_: operators.Site, __: operators.Scope) -> Iterator[libcst.Integer]:
        """Five."""
        yield libcst.Integer("5")

    try:
        assert [place.node.value for operator, place in operators.pairs(scope) if operator.name == "later"] == ["3"]
    finally:
        del operators.OPERATORS["later"]
        registry.applicable.cache_clear()
