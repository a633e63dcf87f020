"""What is done with patches: composed, crossed, minimised, and found as small differences."""

import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import edited_genomes, edits_of, genomes, meant_patches, sources

from meta import (
    AddImport,
    Conflict,
    Delete,
    Edit,
    Genome,
    Insert,
    Move,
    Patch,
    PatchError,
    RemoveImport,
    Rename,
    RenameFile,
    Replace,
    SetConstant,
    WriteFile,
    apply,
    compose,
    crossover,
    diff,
    invert,
    merge,
    minimise,
    said,
)
from meta.tree import chunk_tree


def applied(genome: Genome, patch: Patch) -> Genome:
    """The genome with a patch that fits; others are of no interest."""
    try:
        return apply(genome, patch)
    except PatchError:
        assume(False)
        raise


@given(st.data())
def test_what_is_meant_can_be_taken_back_and_found_again(data: st.DataObject) -> None:
    text = data.draw(sources())
    genome, patch = Genome({"m.py": text}), data.draw(meant_patches(text))
    child = applied(genome, patch)
    assert apply(child, invert(genome, patch)) == genome
    assert apply(genome, diff(genome, child)) == child
    assert apply(child, diff(child, genome)) == genome


@given(st.data())
def test_a_composed_patch_does_what_two_do_one_after_the_other(data: st.DataObject) -> None:
    genome, first = data.draw(edited_genomes())
    middle = applied(genome, first)
    second = data.draw(st.one_of(st.just(Patch()), meant_patches(str(middle["m.py"])), st.just(invert(genome, first))))
    result = applied(middle, second)
    assert apply(genome, compose(genome, first, second)) == result


def test_patches_of_different_places_are_composed_as_they_are() -> None:
    genome = Genome({"m.py": "def f():\n    return 1\n\n\ndef g():\n    return f()\n"})
    first = Patch((Rename("m:f", "f", "one"),), title="a", hypothesis="h", operators=("x",))
    second = Patch((SECOND,), title="b", operators=("y",))
    found = compose(genome, first, second)
    assert found == Patch((*first.edits, SECOND), title="a; b", hypothesis="h", operators=("x", "y"))


SECOND = Insert("m:g/body[0]", "", "print(2)")


def test_patches_that_would_mean_another_thing_at_once_are_composed_by_their_result() -> None:
    genome = Genome({"m.py": "f()\nf()\ng()\n"})
    first, second = Patch((Delete("m:/body[0]", "f()"),)), Patch((Insert("m:/body[1]", "", "h()"),))
    assert apply(genome, Patch(first.edits + second.edits))["m.py"] == "h()\nf()\ng()\n"
    assert apply(genome, compose(genome, first, second))["m.py"] == "f()\nh()\ng()\n"


TURNED: tuple[tuple[Edit, Edit], ...] = (
    (Rename("m:f", "f", "g"), Rename("m:g", "g", "f")),
    (Rename("m:/body[1]", "f", "g"), Rename("m:/body[1]", "g", "f")),
    (SetConstant("m:x", "1", "2"), SetConstant("m:x", "2", "1")),
    (AddImport("m:", "import ast"), RemoveImport("m:", "import ast")),
)


@pytest.mark.parametrize(("edit", "back"), TURNED, ids=lambda edit: type(edit).__name__)
def test_what_is_meant_is_taken_back_in_kind(edit: Edit, back: Edit) -> None:
    genome = Genome({"m.py": "import math\ndef f():\n    return x\n\n\nx = 1\n\n\ny = f()\n"})
    assert invert(genome, Patch((edit,))).edits == (back,)


@given(st.data())
def test_a_child_of_two_parents_has_each_definition_from_one_of_them(data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 99))
    base, a, b = (Genome({"m.py": module(data, choices)}) for choices in ("1", "12", "13"))
    child = apply(a, crossover(a, b, base, random.Random(seed)))
    parts = [str(genome["m.py"]).split("\n\n\n") for genome in (base, a, b, child)]
    for old, one, other, new in zip(*parts, strict=True):
        assert new in (one, other)
        assert new == (one if other == old else other if one == old else new)


def module(data: st.DataObject, choices: str) -> str:
    """Four functions that return one of some numbers."""
    return "\n\n\n".join(f"def f{k}():\n    return {data.draw(st.sampled_from(choices))}\n" for k in range(4))


def test_the_lot_decides_between_two_changes_of_one_place() -> None:
    base, a, b = (Genome({"m.py": f"x = {n}\n"}) for n in (1, 2, 3))
    children = {apply(a, crossover(a, b, base, random.Random(seed)))["m.py"] for seed in range(20)}
    assert children == {"x = 2\n", "x = 3\n"}
    patch = crossover(a, b, base, random.Random(0))
    assert patch.title == f"cross {a.digest[:12]} with {b.digest[:12]}" and patch.operators == ("crossover",)


@given(genomes, genomes, genomes, st.integers(0, 9))
def test_any_three_genomes_have_a_child(a: Genome, b: Genome, base: Genome, seed: int) -> None:
    child = apply(a, crossover(a, b, base, random.Random(seed)))
    assert all(child.raw(name) in (a.raw(name) if name in a else None, b.raw(name) if name in b else None)
               or name in {*a} & {*b} or name in base for name in child)  # fmt: skip


edits = st.integers(0, 30).map(lambda k: Replace(f"m:f{k}", "", ""))


@given(st.lists(edits, unique=True, max_size=24), st.data())
def test_of_a_minimised_patch_no_edit_can_be_left_out(edits: list[Edit], data: st.DataObject) -> None:
    needed = data.draw(st.lists(st.sets(st.sampled_from(edits), min_size=1), max_size=4)) if edits else []

    def good(patch: Patch) -> bool:
        return all(group & {*patch.edits} for group in needed)

    found = minimise(Patch(tuple(edits), title="t"), good)
    assert good(found) and found.title == "t"
    assert [edit for edit in edits if edit in found.edits] == [*found.edits]
    for k in range(len(found.edits)):
        assert not good(Patch(found.edits[:k] + found.edits[k + 1 :]))


def test_a_child_is_reduced_to_the_edits_that_matter() -> None:
    genome = Genome({"m.py": "".join(f"x{k} = {k}\n" for k in range(40))})
    patch = Patch(tuple(Replace(f"m:x{k}/value", f"{k}", "9") for k in range(40)))
    asked = []

    def good(part: Patch) -> bool:
        asked.append(part)
        text = str(apply(genome, part)["m.py"])
        return "x7 = 9\n" in text and "x31 = 9\n" in text

    assert [edit.at for edit in minimise(patch, good).edits if isinstance(edit, Replace)] == [
        "m:x7/value",
        "m:x31/value",
    ]
    assert len(asked) < 60


def test_a_part_that_does_not_apply_is_not_good_and_a_bad_whole_is_refused() -> None:
    genome = Genome({"m.py": "def f():\n    a\n    b\n"})
    pair = (Delete("m:f/body[0]", "a"), Replace("m:f/body[1]", "b", "c"))

    def gone(part: Patch) -> bool:
        return "a" not in str(apply(genome, part)["m.py"])

    assert minimise(Patch(pair), gone).edits == pair[:1]
    with pytest.raises(PatchError, match="a patch of 1 edits that is not good"):
        minimise(Patch(pair[1:]), gone)
    stale = Patch((Delete("m:f/body[0]", "z"),))
    with pytest.raises(PatchError, match="not good as a whole"):
        minimise(stale, gone)


LINES = "".join(
    f"def f{k}(a, b):\n    '''Words.'''\n    if a > {k}:\n        return b\n    c = a + b\n    return c * {k}\n\n\n"
    for k in range(62)
)
LONG = f"import math\n\n\n{LINES}LAST = 1\n"

SMALL: dict[str, tuple[tuple[str, str], tuple[Edit, ...]]] = {
    "an expression": (("return c * 40", "return c * 4"), (Replace("m:f40/body[3].value.right", "40", "4"),)),
    "a condition": (("if a > 30:", "if a > 3 and b:"), (Replace("m:f30/body[1].test", "a > 30", "a > 3 and b"),)),
    "a statement more": (
        ("    return c * 20\n", "\n    # so\n    c += 1\n    return c * 20\n"),
        (Insert("m:f20/body[3]", "return c * 20", "\n# so\nc += 1\n"),),
    ),
    "a statement less": (
        ("        return b\n    c = a + b\n    return c * 9\n", "        return b\n    return c * 9\n"),
        (Delete("m:f9/body[2]", "c = a + b"),),
    ),
    "a parameter": (("def f8(a, b)", "def f8(a, b, c=0)"), (Replace("m:f8/params", "a, b", "a, b, c=0"),)),
    "a comment": (("def f8(", "# Eight.\ndef f8("), (Replace("m:f8/leading_lines", "\n\n", "\n\n# Eight.\n"),)),
    "a constant": (("LAST = 1", "LAST = 2"), (Replace("m:LAST/value", "1", "2"),)),
    "an import": (("import math\n", "import math\nimport ast\n"), (Insert("m:/body[1]", "", "import ast\n\n\n"),)),
    "a function more": (
        ("def f5(", "def new():\n    pass\n\n\ndef f5("),
        (
            Insert(
                "m:f5",
                "def f5(a, b):\n    '''Words.'''\n    if a > 5:\n        return b\n    c = a + b\n    return c * 5",
                "def new():\n    pass\n\n\n",
            ),
        ),
    ),
    "the end": (
        ("LAST = 1\n", "LAST = 1\n\n\ndef new():\n    pass\n"),
        (Insert("m:/body[64]", "", "\n\ndef new():\n    pass\n"),),
    ),
}


@pytest.mark.parametrize("what", SMALL)
def test_a_small_change_of_a_long_module_is_a_small_patch(what: str) -> None:
    (old, new), edits = SMALL[what]
    assert LONG.count(old) == 1
    a, b = Genome({"m.py": LONG}), Genome({"m.py": LONG.replace(old, new)})
    patch = diff(a, b)
    assert apply(a, patch) == b and apply(b, diff(b, a)) == a
    if what == "an import":
        assert sum(len(str(value)) for edit in patch.plain()["edits"] for value in edit.values()) < 200  # type: ignore[attr-defined]  # a list of dicts
    else:
        assert patch.edits == edits


def functions(*names: str) -> str:
    """A module of functions, each with a body of its own."""
    return "\n\n\n".join(
        f"def {name}(a):\n    {name}1 = a\n    {name}2 = a\n    {name}3 = a\n    return a\n" for name in names
    )


def test_a_moved_definition_is_told_as_a_move() -> None:
    old, new = (Genome({"m.py": functions(*names)}) for names in ("abcdef", "acdefb"))
    (edit,) = diff(old, new).edits
    assert isinstance(edit, Move) and (edit.at, edit.to) == ("m:b", "m:/body[6]")
    old, new = (Genome({"m.py": functions(*names)}) for names in ("abcdef", "aecbdf"))
    assert {type(edit) for edit in diff(old, new).edits} == {Move} and apply(old, diff(old, new)) == new


def test_a_moved_statement_is_told_as_a_move() -> None:
    old = Genome({"m.py": "def f(a):\n    first = a + 1\n    # two\n    second = a\n    return first\n"})
    new = Genome({"m.py": "def f(a):\n    # two\n    second = a\n    first = a + 1\n    return first\n"})
    (edit,) = diff(old, new).edits
    assert isinstance(edit, Move) and apply(old, Patch((edit,))) == new


def test_a_renamed_definition_is_told_as_a_rename_with_what_else_changed() -> None:
    calls = "\n\n\ndef g():\n    return total(1) + total(2) + total(3) * total(4)\n"
    old = Genome({"m.py": "def total(a):\n    b = a\n    return b + 1\n" + calls})
    new = Genome(
        {
            "m.py": ("def total(a):\n    b = a\n    return b + 2\n" + calls.replace("(3)", "(5)")).replace(
                "total", "amount"
            )
        }
    )
    patch = diff(old, new)
    assert patch.edits == (
        Rename("m:total", "total", "amount"),
        Replace("m:total/body[1].value.right", "1", "2"),
        Replace("m:g/body[0].value.right.left.args[0].value", "3", "5"),
    )
    assert apply(old, patch) == new


def test_a_renamed_file_is_told_as_one_even_where_it_was_edited() -> None:
    old = Genome({"one.py": LONG, "data.bin": b"\x00\xff"})
    new = Genome({"two.py": LONG.replace("LAST = 1", "LAST = 2"), "lib/data": b"\x00\xff"})
    patch = diff(old, new)
    assert [type(edit) for edit in patch.edits] == [RenameFile, RenameFile, Replace] and apply(old, patch) == new
    assert apply(new, invert(old, patch)) == old


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("coding", ["", "# coding: latin-1\n", "\ufeff"])
def test_a_difference_keeps_encodings_and_line_ends(newline: str, coding: str) -> None:
    codec = "latin-1" if "latin" in coding else "utf-8"
    old, new = (
        Genome({"m.py": (coding + text).replace("\n", newline).encode(codec)})
        for text in ("s = 'é'\n\n\ndef f():\n\treturn 1\n", "s = 'è'\n\n\ndef f():\n\tx = 2\n\treturn 3\n")
    )
    patch = diff(old, new)
    assert apply(old, patch) == new and not any(isinstance(edit, WriteFile) for edit in patch.edits)


@pytest.mark.parametrize("indent", ["    ", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_difference_that_no_tree_tells_replaces_one_statement_and_not_the_file(newline: str, indent: str) -> None:
    old, new = (
        Genome({"m.py": f"A = 1\n\n\nclass C:\n{indent}{field}: int\n{indent}y: int\n".replace("\n", newline)})
        for field in ("x", "(x)")
    )
    for a, b in ((old, new), (new, old)):
        patch = diff(a, b)
        assert apply(a, patch) == b and not any(isinstance(edit, WriteFile) for edit in patch.edits)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["    ", "\t"])
def test_of_a_deep_change_only_the_statements_around_it_are_parsed(newline: str, indent: str) -> None:
    lines = ["def f(a):", f"{indent}x = [a]", f"{indent}while a:", f"{indent * 2}# why", f"{indent * 2}a = a - 1"]
    old, new = (
        Genome({"m.py": newline.join([*lines, f"{indent * 2}x += [{number}]", f"{indent}return x", ""])})
        for number in (1, 2)
    )
    chunk_tree.cache_clear()
    (edit,) = diff(old, new).edits
    assert isinstance(edit, Replace) and (edit.expect, edit.new) == ("1", "2")
    assert apply(old, Patch((edit,))) == new and chunk_tree.cache_info().currsize == 2


def test_changes_of_two_statements_of_one_function_merge() -> None:
    base, left, right = (
        Genome({"m.py": f"def f():\n    a = {a}\n    b = {b}\n    return a\n"}) for a, b in ((1, 1), (2, 1), (1, 2))
    )
    found = merge(base, left, right)
    assert isinstance(found, Patch) and apply(base, found)["m.py"] == "def f():\n    a = 2\n    b = 2\n    return a\n"


def test_a_conflict_names_the_target_and_both_intentions() -> None:
    base, left, right = (
        Genome({"m.py": f"def f(x):\n    if x:\n        return {v}\n    return 0\n"}) for v in (1, 2, 3)
    )
    assert merge(base, left, right) == Conflict(
        (
            (
                "m:f/body[0].body[0].value",
                "m:f/body[0].body[0].value: replace '1' by '2'",
                "m:f/body[0].body[0].value: replace '1' by '3'",
            ),
        )
    )
    whole = Genome({"m.py": "def f(x):\n    return 7\n"})
    found = merge(base, left, whole)
    assert isinstance(found, Conflict)
    (place, ours, theirs) = found.targets[0]
    assert place in ("m:f", "m:f/body[0]") and "'2'" in ours and ("7" in theirs or "delete" in theirs)


def test_a_new_use_of_a_name_conflicts_with_its_renaming() -> None:
    calls = "\n\n\ndef g():\n    return total(1) + total(2)\n"
    base = Genome({"m.py": "def total(a):\n    return a\n" + calls})
    left = Genome({"m.py": ("def total(a):\n    return a\n" + calls).replace("total", "amount")})
    right = Genome({"m.py": "def total(a):\n    return a\n" + calls + "\n\nx = total(3)\n"})
    for sides in ((left, right), (right, left)):
        found = merge(base, *sides)
        assert isinstance(found, Conflict) and any("rename total to amount" in str(target) for target in found.targets)


@given(st.data())
def test_a_merge_takes_the_changes_of_both_or_names_a_conflict(data: st.DataObject) -> None:
    text = data.draw(sources())
    base = Genome({"m.py": text})
    left, right = (applied(base, Patch((data.draw(edits_of(text)),))) for _ in range(2))
    one, other = merge(base, left, right), merge(base, right, left)
    assert isinstance(one, Patch) == isinstance(other, Patch)
    if isinstance(one, Patch) and isinstance(other, Patch):
        assert apply(base, one) == apply(base, other) or {*map(type, one.edits)} & {Insert, Move}
    else:
        assert isinstance(one, Conflict) and all(place and ours and theirs for place, ours, theirs in one.targets)


@given(meant_patches("x = 1\n\n\ndef f(a):\n    b = a\n    return b\n"))
def test_every_edit_is_said_on_one_line(patch: Patch) -> None:
    for edit in patch.edits:
        assert "\n" not in said(edit) and len(said(edit)) < 400


def test_all_kinds_of_files_are_said() -> None:
    kinds = (WriteFile("a", "", b"1"), WriteFile("a", "ab", b"1"), RenameFile("a", "ab", "b"))
    assert [*map(said, kinds)] == ["a: create, 1 bytes", "a: write, 1 bytes", "a: rename to b"]
