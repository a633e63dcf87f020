"""The laws of patches, over sources from templates, arbitrary files, and modules of the standard library."""

import ast
import importlib.util
import random
from itertools import takewhile
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import EXPRESSIONS, STATEMENTS, Spot, code, edited_genomes, edits_of, genomes, sources, spots, spots_in

from meta import (
    Conflict,
    Delete,
    Edit,
    Genome,
    Insert,
    Patch,
    PatchError,
    Replace,
    WriteFile,
    apply,
    diff,
    invert,
    merge,
)


def applied(genome: Genome, patch: Patch) -> Genome:
    """The genome with a patch that fits; others are of no interest."""
    try:
        return apply(genome, patch)
    except PatchError:
        assume(False)
        raise


def shared(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common from the beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


@given(genomes)
def test_the_empty_patch_is_the_identity(genome: Genome) -> None:
    assert apply(genome, Patch()) == genome


@given(edited_genomes())
def test_replacing_a_place_by_what_it_holds_is_the_identity(case: tuple[Genome, Patch]) -> None:
    genome, patch = case
    same = [Replace(edit.at, edit.expect, edit.expect) for edit in patch.edits if isinstance(edit, Replace)][:1]
    assert applied(genome, Patch(tuple(same))) == genome


@given(st.data())
def test_an_edit_changes_no_byte_outside_its_statement(data: st.DataObject) -> None:
    text = data.draw(sources())
    edit = data.draw(edits_of(text))
    old, new = text.encode(), applied(Genome({"m.py": text}), Patch((edit,))).raw("m.py")
    start, end = statement_span(text, edit)
    assert shared(old, new) >= min(start, len(new))
    assert shared(old[::-1], new[::-1]) >= min(len(old) - end, len(new))


def statement_span(text: str, edit: Edit) -> tuple[int, int]:
    """The bytes of the lines of the innermost statement around an edit, with the comments above it."""
    tree = cst.parse_module(text)
    spans = cst.MetadataWrapper(tree, unsafe_skip_copy=True).resolve(cst.metadata.ByteSpanPositionProvider)
    assert isinstance(edit, (Replace, Insert, Delete))
    inside = [spot.node for spot in spots_in(tree) if f"{edit.at}.".startswith(f"{spot.at}.")]
    node = [node for node in inside if isinstance(node, cst.BaseStatement)][-1]
    start = min(spans[part].start for part in (node, *getattr(node, "decorators", ())))
    end = spans[node].start + spans[node].length
    content = text.encode()
    line_end = content.find(b"\n", end) + 1
    above = 0 if isinstance(edit, Replace) else len(getattr(node, "leading_lines", ()))
    first = content[:start].count(b"\n") - above
    return sum(map(len, content.splitlines(keepends=True)[:first])), line_end or len(content)


@given(edited_genomes())
def test_an_inverse_takes_back_what_a_patch_did(case: tuple[Genome, Patch]) -> None:
    genome, patch = case
    child = applied(genome, patch)
    assert apply(child, invert(genome, patch)) == genome


def test_replacements_are_taken_back_by_replacements() -> None:
    genome = Genome({"m.py": "def f():\n    return 1\n"})
    patch = Patch((Replace("m:f/body[0].value", "1", "2"),), title="two")
    assert invert(genome, patch) == Patch((Replace("m:f/body[0].value", "2", "1"),), title="take back: two")


@given(genomes, genomes)
def test_a_difference_leads_from_one_genome_to_the_other(old: Genome, new: Genome) -> None:
    patch = diff(old, new)
    assert apply(old, patch) == new
    assert (patch.edits == ()) == (old == new)
    assert Patch.from_plain(patch.plain()) == patch


def test_a_difference_inside_a_package_speaks_of_its_definitions() -> None:
    old = Genome({"pkg/sub/mod.py": "import x\n\n\ndef f():\n    return 1\n"})
    new = Genome({"pkg/sub/mod.py": "import x\n\n\ndef f():\n    return 2\ny = 1\n"})
    edits = diff(old, new).edits
    assert [edit.at for edit in edits if isinstance(edit, (Replace, Insert))][:1] == ["pkg.sub.mod:f/body[0].value"]
    assert apply(old, Patch(edits)) == new


def test_a_difference_of_one_expression_is_its_replacement_and_not_the_file() -> None:
    old = Genome({"m.py": "# top\na = 1\n\n\ndef f():\n    return a\n", "n.txt": "x"})
    new = Genome({"m.py": "# top\na = 1\n\n\ndef f():\n    return 2\n", "n.txt": "x"})
    assert diff(old, new).edits == (Replace("m:f/body[0].value", "a", "2"),)


@pytest.mark.parametrize("name", ["data.txt", "not a module.py", "a.b.py", "class-one.py"])
def test_a_file_that_no_address_can_name_is_written_as_a_whole(name: str) -> None:
    old, new = Genome({name: "x = 1\n"}), Genome({name: "x = 2\n"})
    patch = diff(old, new)
    assert [type(edit) for edit in patch.edits] == [WriteFile] and apply(old, patch) == new


@given(st.data())
def test_edits_of_different_definitions_commute_and_merge(data: st.DataObject) -> None:
    base = Genome(
        {"m.py": "def f(a, b):\n    return a\n\n\nx = 1\n\n\ndef g(a, b):\n    return b\n", "n.py": "y = 2\n"}
    )
    one, other = (Patch((data.draw(st.sampled_from(choices)),)) for choices in (LEFT, RIGHT))
    left, right, both = apply(base, one), apply(base, other), apply(base, Patch(one.edits + other.edits))
    assert apply(left, other) == apply(right, one) == both == apply(base, Patch(other.edits + one.edits))
    for sides in ((left, right), (right, left)):
        merged = merge(base, *sides)
        assert isinstance(merged, Patch) and apply(base, merged) == both


LEFT: tuple[Edit, ...] = (
    Replace("m:f/body[0].value", "a", "b"),
    Insert("m:f/body[0]", "", "print(a)"),
    Replace("m:f", "def f(a, b):\n    return a", "def f():\n    pass"),
    WriteFile("new.py", "", b"z = 1\n"),
)
RIGHT: tuple[Edit, ...] = (
    Replace("m:g/body[0].value", "b", "a"),
    Replace("m:x/value", "1", "7"),
    Insert("m:g/body[1]", "", "print(b)"),
    Replace("n:y/value", "2", "3"),
    WriteFile("other.py", "", b"z = 1\n"),
)


@given(sources(), st.data())
def test_a_merge_with_one_side_unchanged_is_the_other_side(text: str, data: st.DataObject) -> None:
    base = Genome({"m.py": text})
    child = applied(base, Patch((data.draw(edits_of(text)),)))
    for sides in ((base, child), (child, base), (child, child)):
        merged = merge(base, *sides)
        assert isinstance(merged, Patch) and apply(base, merged) == child


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("def f(): return 2\n", "def f(): return 3\n"),
        ("def f(): return 2\n", ""),
        ("x = 1\ndef f(): return 1\n", "y = 1\ndef f(): return 1\n"),
        ("def f(): return 1\nx = 1\n", "def f(): return 1\ny = 1\n"),
        ("not python (\n", "def f(): return 3\n"),
    ],
)
def test_changes_of_one_place_conflict_and_are_named(left: str, right: str) -> None:
    base = Genome({"m.py": "def f(): return 1\n"})
    found = merge(base, Genome({"m.py": left}), Genome({"m.py": right}))
    assert isinstance(found, Conflict) and found.targets and found.targets[0][0].startswith("m")


def test_a_file_written_by_one_and_deleted_by_the_other_conflicts() -> None:
    base = Genome({"a.txt": "1"})
    assert isinstance(merge(base, Genome({"a.txt": "2"}), Genome({})), Conflict)


def test_files_that_only_collide_together_conflict() -> None:
    assert isinstance(merge(Genome({}), Genome({"a.py": ""}), Genome({"A.py": ""})), Conflict)


def test_an_insertion_before_a_statement_merges_with_its_replacement() -> None:
    base = Genome({"m.py": "f(1)\ng(1)\n"})
    merged = merge(base, Genome({"m.py": "f(1)\nh(1)\ng(1)\n"}), Genome({"m.py": "f(1)\ng(2)\n"}))
    assert isinstance(merged, Patch) and apply(base, merged)["m.py"] == "f(1)\nh(1)\ng(2)\n"


@given(st.binary(max_size=80) | sources().map(str.encode), st.data())
def test_any_bytes_and_any_edit_give_a_genome_or_a_patch_error(content: bytes, data: st.DataObject) -> None:
    steps = st.sampled_from(
        ("body[0]", "body[1]", "test", "value", "targets[0]", "name", "orelse", "params", "children")
    )
    path = ".".join(data.draw(st.lists(steps, max_size=4)))
    at = data.draw(st.sampled_from(("m:", "m:x", "m:name0", "m:name0.method"))) + f"/{path}"
    text = st.text(max_size=8) | st.sampled_from(EXPRESSIONS + STATEMENTS)
    edit = data.draw(st.builds(Insert, st.just(at), st.just(""), text) | st.builds(Replace, st.just(at), text, text))
    try:
        child = apply(Genome({"m.py": content}), Patch((edit,)))
    except PatchError:
        return
    ast.parse(child.raw("m.py"))


@given(st.data())
def test_any_expression_fits_anywhere_or_is_refused_as_a_patch(data: st.DataObject) -> None:
    text = data.draw(sources())
    nodes = [spot for spot in spots(text) if isinstance(spot.node, cst.BaseExpression)]
    assume(nodes)
    spot, new = (
        data.draw(st.sampled_from(nodes)),
        data.draw(st.sampled_from((*EXPRESSIONS, "x := 1", "*a", "'s'", "yield"))),
    )
    try:
        child = apply(Genome({"m.py": text}), Patch((Replace(spot.at, code(spot.node), new),)))
    except PatchError:
        return
    ast.parse(child.raw("m.py"))


@pytest.mark.parametrize("name", ["json.decoder", "textwrap", "heapq", "dataclasses", "argparse"])
def test_the_laws_hold_on_a_real_module(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.origin is not None
    genome = Genome({"lib/m.py": Path(spec.origin).read_bytes()})
    rng = random.Random(name)
    candidates, done = spots(str(genome["lib/m.py"]), "lib.m"), 0
    for spot in rng.sample(candidates, 40):
        patch = Patch((random_edit(spot, rng),))
        try:
            child = apply(genome, patch)
        except PatchError:
            continue
        assert apply(child, invert(genome, patch)) == genome
        if done < 1:
            assert apply(genome, diff(genome, child)) == child and apply(child, diff(child, genome)) == genome
        done += 1
        if done == 3:
            return
    assert done == 3


def random_edit(spot: Spot, rng: random.Random) -> Edit:
    """One of the edits that this place allows."""
    old = code(spot.node)
    if not spot.siblings:
        return Replace(
            spot.at, old, rng.choice(EXPRESSIONS if isinstance(spot.node, cst.BaseExpression) else STATEMENTS)
        )
    new = rng.choice(STATEMENTS)
    return rng.choice((Replace(spot.at, old, new), Insert(spot.at, old, new), Delete(spot.at, old)))
