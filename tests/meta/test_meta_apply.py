"""Applying a patch: each kind of edit by example, and all that is refused."""

import hashlib

import pytest

from meta import Delete, DeleteFile, Edit, Genome, Insert, Patch, PatchError, Replace, WriteFile, apply

AGENT = '''\
"""Words."""

import math  # for pi

# The one agent.
class Agent:
    """It solves."""

    rate = 0.5

    @staticmethod
    # kept
    def solve(task):
        # look first
        if task > 1:
            return task  # as it is
        elif task < 0:
            return -task
        else:
            x = 1; y = 2
        for item in range(3): x += item
        return x * y

    # at the end


def area(r): return math.pi * r ** 2
'''


def patched(source: str | bytes, *edits: Edit) -> str | bytes:
    """The source of module m after edits."""
    return apply(Genome({"m.py": source}), Patch(edits))["m.py"]


SOLVE = "m:Agent.solve"

EXAMPLES: dict[str, tuple[Edit, str, str]] = {
    "a condition of a method": (Replace(f"{SOLVE}/body[0].test", "task > 1", "task >= 2"), "task > 1", "task >= 2"),
    "a comparison in a chain": (Replace(f"{SOLVE}/body[0].test.comparisons[0]", " > 1", " >= 1"), " > 1", " >= 1"),
    "an elif": (
        Replace(
            f"{SOLVE}/body[0].orelse", "if task < 0:\n    return -task\nelse:\n    x = 1; y = 2", "if 1:\n    x = y = 3"
        ),
        "elif task < 0:\n            return -task\n        else:\n            x = 1; y = 2\n",
        "elif 1:\n            x = y = 3\n",
    ),
    "a statement in an else branch": (
        Replace(f"{SOLVE}/body[0].orelse.orelse.body[0]", "x = 1; y = 2", "x = 9"),
        "x = 1; y = 2",
        "x = 9",
    ),
    "one of two statements on a line": (
        Replace(f"{SOLVE}/body[0].orelse.orelse.body[0].body[0]", "x = 1", "x = 9"),
        "x = 1;",
        "x = 9;",
    ),
    "a statement and not its comment": (
        Replace(f"{SOLVE}/body[0].body[0]", "return task", "return 7"),
        "return task  # as",
        "return 7  # as",
    ),
    "a statement with its comment": (
        Replace(f"{SOLVE}/body[0].body[0]", "return task  # as it is", "return 7"),
        "return task  # as it is",
        "return 7",
    ),
    "a statement on the line of its loop": (
        Replace(f"{SOLVE}/body[1].body[0]", "x += item", "x -= item"),
        "x += item",
        "x -= item",
    ),
    "a decorator": (Replace(f"{SOLVE}/decorators[0].decorator", "staticmethod", "cached"), "@static", "@cached  #"),
    "a name of a class": (Replace("m:Agent.rate", "rate = 0.5", "rate = 0.7"), "rate = 0.5", "rate = 0.7"),
    "a value of a class": (Replace("m:Agent.rate/value", "0.5", "0.7"), "0.5", "0.7"),
    "a top-level statement by position": (
        Replace("m:/body[1]", "import math  # for pi", "import cmath as math"),
        "import math  # for pi",
        "import cmath as math",
    ),
    "a whole function": (
        Replace("m:area", "def area(r): return math.pi * r ** 2", "def area(r):\n    return 3"),
        "def area(r): return math.pi * r ** 2",
        "def area(r):\n    return 3",
    ),
    "an insertion in a block": (
        Insert(f"{SOLVE}/body[1]", "", "if x:\n    y()"),
        "        for item",
        "        if x:\n            y()\n        for item",
    ),
    "an insertion at the end of a block": (
        Insert(f"{SOLVE}/body[3]", "", "again()"),
        "return x * y\n",
        "return x * y\n        again()\n",
    ),
    "an insertion between definitions": (Insert("m:area", "", "b = 2"), "def area", "b = 2\ndef area"),
    "an insertion at the end of a module": (Insert("m:/body[4]", "", "b = 2"), "r ** 2\n", "r ** 2\nb = 2\n"),
    "a deletion in a block": (
        Delete(f"{SOLVE}/body[1]", "for item in range(3): x += item"),
        "        for item in range(3): x += item\n",
        "",
    ),
    "a deletion in a module": (Delete("m:/body[1]", "import math  # for pi"), "import math  # for pi\n", ""),
}


@pytest.mark.parametrize("what", [what for what in EXAMPLES if what != "a decorator"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_edit_changes_its_place_and_nothing_else(what: str, newline: str) -> None:
    edit, before, after = EXAMPLES[what]
    assert AGENT.count(before) == 1
    expected = AGENT.replace(before, after)
    assert patched(AGENT.replace("\n", newline), edit) == expected.replace("\n", newline)


def test_a_decorator_is_replaced_and_the_comment_below_it_kept() -> None:
    found = patched(AGENT, EXAMPLES["a decorator"][0])
    assert found == AGENT.replace("@staticmethod", "@cached")


@pytest.mark.parametrize(
    ("source", "edit", "expected"),
    [
        (b"\xef\xbb\xbfx = 1\n", Replace("m:x/value", "1", "2"), b"\xef\xbb\xbfx = 2\n"),
        (
            b"# coding: latin-1\ns = '\xe9'\nx = 1\n",
            Replace("m:x/value", "1", "'\xe8'"),
            b"# coding: latin-1\ns = '\xe9'\nx = '\xe8'\n",
        ),
        (
            b"def f():\n\tif x:\n\t\treturn 1\n",
            Insert("m:f/body[0].body[0]", "", "y = 1"),
            b"def f():\n\tif x:\n\t\ty = 1\n\t\treturn 1\n",
        ),
        (b"def f():\n  return 1", Replace("m:f/body[0].value", "1", "2"), b"def f():\n  return 2"),
        (b"def f():\n  return 1", Insert("m:f/body[1]", "", "g()"), b"def f():\n  return 1\n  g()"),
        (b"x = 1", Insert("m:/body[1]", "", "y = 2"), b"x = 1\ny = 2\n"),
        (b"x = 1\n# the end", Insert("m:/body[1]", "", "y = 2"), b"x = 1\ny = 2\n# the end"),
        (b"", Insert("m:/body[0]", "", "y = 2"), b"y = 2\n"),
        (
            "s = '\u2028\x0c\x85'\nx = 1\n".encode(),
            Replace("m:x/value", "1", "2"),
            "s = '\u2028\x0c\x85'\nx = 2\n".encode(),
        ),
        (b"def f():\n    x;y\n", Replace("m:f/body[0].body[0]", "x", "z"), b"def f():\n    z;y\n"),
    ],
)
def test_encodings_and_line_ends_stay_as_they_are(source: bytes, edit: Edit, expected: bytes) -> None:
    assert apply(Genome({"m.py": source}), Patch((edit,))).raw("m.py") == expected


@pytest.mark.parametrize("mark", ["\u2028", "\x0c", "\x85", "\x1c"])
def test_what_only_python_text_takes_for_a_line_end_does_not_break_an_inserted_line(mark: str) -> None:
    assert patched("x = 1\n", Insert("m:x", "", f"s = '{mark}'")) == f"s = '{mark}'\nx = 1\n"


def test_a_comment_above_a_new_statement_comes_with_it() -> None:
    found = patched("def f():\n    # old\n    x = 1\n", Replace("m:f/body[0]", "x = 1", "# new\nx = 2"))
    assert found == "def f():\n    # old\n    # new\n    x = 2\n"


@pytest.mark.parametrize(
    ("source", "place", "old", "new", "expected"),
    [
        ("x = a * b", "m:x/value.left", "a", "c + d", "x = (c + d) * b"),
        ("x = a + b", "m:x/value.left", "a", "c * d", "x = c * d + b"),
        ("x = a - b", "m:x/value.right", "b", "c - d", "x = a - (c - d)"),
        ("x = a ** b", "m:x/value.left", "a", "-c", "x = (-c) ** b"),
        ("x = a.b", "m:x/value.value", "a", "3", "x = (3).b"),
        ("x = f(a)", "m:x/value.func", "f", "lambda: 1", "x = (lambda: 1)(a)"),
        ("x = a < b", "m:x/value.left", "a", "c < d", "x = (c < d) < b"),
        ("x = not a", "m:x/value.expression", "a", "b or c", "x = not (b or c)"),
        ("x = a if b else c", "m:x/value.test", "b", "d if e else f", "x = a if (d if e else f) else c"),
        ("x = [a, b]", "m:x/value.elements[0].value", "a", "c, d", "x = [(c, d), b]"),
        ("x = a[b]", "m:x/value.slice[0].slice", "b", "1:2", "x = a[1:2]"),
        ("x = not-a", "m:x/value.expression", "-a", "z", "x = not(z)"),
        ("x = a.b", "m:x/value.attr", "b", "c", "x = a.c"),
        ("x = f'{a}'", "m:x/value.parts[0].expression", "a", "{1: 2}", "x = f'{({1: 2})}'"),
    ],
)
def test_an_expression_keeps_its_meaning_by_parentheses(
    source: str, place: str, old: str, new: str, expected: str
) -> None:
    assert patched(source, Replace(place, old, new)) == expected


def test_a_value_in_a_pattern_does_not_become_a_capture() -> None:
    with pytest.raises(PatchError, match="does not fit there"):
        patched("match x:\n    case a.b:\n        y\n", Replace("m:/body[0].cases[0].pattern.value", "a.b", "z"))


def test_insertions_at_one_place_stand_in_the_order_of_the_patch() -> None:
    inside = [Insert("m:f/body[0]", "x", "a"), Insert("m:f/body[0]", "x", "b"), Insert("m:f/body[0]", "", "c")]
    assert patched("def f():\n    x\n", *inside) == "def f():\n    a\n    b\n    c\n    x\n"
    top = [Insert("m:/body[0]", "x", "a"), Insert("m:/body[0]", "x", "b")]
    assert patched("x\n", *top) == "a\nb\nx\n"


def test_an_insertion_may_stand_before_a_statement_that_is_edited_too() -> None:
    edits = [Insert("m:f/body[0]", "x = 1", "a"), Replace("m:f/body[0].value", "1", "2")]
    for order in (edits, edits[::-1]):
        assert patched("def f():\n    x = 1\n", *order) == "def f():\n    a\n    x = 2\n"


def test_every_address_speaks_of_the_genome_before_the_patch() -> None:
    edits = [Delete("m:/body[0]", "a"), Insert("m:/body[1]", "b", "z"), Replace("m:/body[2]", "c", "y")]
    assert patched("a\nb\nc\n", *edits) == "z\nb\ny\n"


LOOP = "def f(x):\n    if x:\n        return 1\n    return 2\n\n\nx = 1\nx = 2\n"
REFUSED: dict[str, tuple[tuple[Edit, ...], str]] = {
    "stale": ((Replace("m:f/body[1].value", "3", "4"),), "m:f/body[1].value: found '2', expected '3'"),
    "stale insertion": ((Insert("m:f/body[1]", "return 3", "y"),), "found 'return 2', expected 'return 3'"),
    "stale at the top": ((Delete("m:f", "def f(): pass"),), "expected 'def f(): pass'"),
    "of no file": ((Replace("n:f", "", ""),), "n:f: no file n.py in the genome"),
    "of no definition": ((Replace("m:g", "", ""),), "m:g: 0 definitions of g, not 1"),
    "ambiguous": ((Replace("m:x", "x = 1", "x = 3"),), "m:x: 2 definitions of x, not 1"),
    "of no method": ((Replace("m:f.g", "", ""),), "m:f.g: 0 definitions of g, not 1"),
    "past the end": ((Replace("m:f/body[2]", "x", "y"),), "m:f/body[2]: nothing there, expected 'x'"),
    "far past the end": ((Replace("m:f/body[9]", "x", "y"),), "body[9] is not there, body has 2 items"),
    "past the module's end": ((Delete("m:/body[9]", "x"),), "the module has 3 statements"),
    "of no field": ((Replace("m:f/body[0].tests", "x", "y"),), "m:f/body[0].tests: no tests in If"),
    "of a computed field": ((Replace("m:f/children[0]", "f", "g"),), "no children in FunctionDef"),
    "of what is no list": ((Replace("m:f/name[0]", "f", "g"),), "name has no items"),
    "of the whole module": ((Delete("m:", LOOP),), "expected a definition's name or a first step body[index]"),
    "of whitespace": ((Replace("m:f/body[0].whitespace_before_test", " ", "  "),), "no part that can be replaced"),
    "into a footer": ((Insert("m:f/body.footer[0]", "", "y"),), "not a statement of a block"),
    "of the only statement": ((Delete("m:f/body[0].body[0]", "return 1"),), "the only statement of its block"),
    "of an expression": ((Delete("m:f/body[0].test", "x"),), "not a statement of a block"),
    "by what does not parse": ((Replace("m:f/body[0].test", "x", "x +"),), "m:f/body[0].test: 'x +'"),
    "by two statements": ((Replace("m:f/body[1]", "return 2", "y\nz"),), "is not one statement"),
    "by no statement": ((Replace("m:f/body[1]", "return 2", "# only words"),), "is not one statement"),
    "by two top-level statements": ((Insert("m:f", "", "y\nz"),), "is not one statement"),
    "by half a definition": ((Insert("m:f", "", "@decorated"),), "m:f, line 1"),
    "by a statement where an expression stands": ((Replace("m:f/body[0].test", "x", "y = 1"),), "'y = 1'"),
    "of an argument's name by a number": ((Replace("m:f/params.params[0].name", "x", "3"),), "does not fit there"),
    "twice": ((Replace("m:f/body[1]", "return 2", "y"),) * 2, "m:f/body[1]: overlaps with the edit of m:f/body[1]"),
    "of a part of what goes": (
        (Replace("m:f/body[0].test", "x", "y"), Delete("m:f/body[0]", "if x:\n    return 1")),
        "overlaps",
    ),
    "of the same by another path": (
        (Delete("m:f/body[1]", "return 2"), Delete("m:f/body.body[1]", "return 2")),
        "overlaps",
    ),
    "of a deleted definition": ((Delete("m:f", LOOP[:55]), Replace("m:f/body[1].value", "2", "3")), "m:f"),
    "in part and as a whole": (
        (Replace("m:f/body[1].value", "2", "3"), WriteFile("m.py", hashlib.sha256(LOOP.encode()).hexdigest(), b"")),
        "m.py: edited in part and as a whole",
    ),
    "of a whole file that is another": ((DeleteFile("m.py", "ab" * 32),), "expected content abababab"),
    "of a whole file twice": ((WriteFile("n", "", b""), WriteFile("n", "", b"")), "n: two edits of one whole file"),
    "that makes a file that is there": ((WriteFile("m.py", "", b""),), "expected no such file"),
    "of a file that is not there": ((DeleteFile("n", "ab" * 32),), "n: found no such file"),
    "with a name that climbs out": ((WriteFile("../n", "", b""),), "'../n': expected a relative path"),
    "with half a character": ((Replace("m:f/body[1].value", "2", "'\ud800'"),), "m:f/body[1].value"),
    "with a zero byte": ((Replace("m:f/body[1].value", "2", "'\0'"),), "m:f/body[1].value"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_patch_that_does_not_fit_is_refused_with_what_was_found_and_expected(what: str) -> None:
    edits, message = REFUSED[what]
    genome = Genome({"m.py": LOOP})
    with pytest.raises(PatchError) as caught:
        apply(genome, Patch(edits))
    assert message in str(caught.value) and "\n" not in str(caught.value)
    assert genome["m.py"] == LOOP


def test_an_elif_can_only_become_another_one() -> None:
    source = "if a:\n    b\nelif c:\n    d\n"
    with pytest.raises(PatchError, match="not an if statement"):
        patched(source, Replace("m:/body[0].orelse", "if c:\n    d", "x = 1"))


@pytest.mark.parametrize(("part", "old"), [("left", "'a'"), ("right", "f'{b}'")])
@pytest.mark.parametrize("new", ["1", "f(1)", "c", "lambda: 1"])
def test_what_is_no_string_cannot_stand_among_strings(part: str, old: str, new: str) -> None:
    with pytest.raises(PatchError, match="m:x/value"):
        patched("x = 'a' f'{b}'\n", Replace(f"m:x/value.{part}", old, new))


@pytest.mark.parametrize(
    "source",
    [b"x = (\n", b"\xff\xfe", b"# coding: nonsense\nx = 1\n", b"# coding: unicode_escape\nx = '\\x41'\n", b"\0"],
)
def test_a_file_that_cannot_be_read_cannot_be_edited_in_part(source: bytes) -> None:
    with pytest.raises(PatchError, match=r"m\.py"):
        patched(source, Replace("m:x/value", "1", "2"))


@pytest.mark.parametrize("source", [b"\x0cx = 1\n", b"x = 1\r"])
def test_a_statement_that_would_not_print_as_it_stands_is_left_alone(source: bytes) -> None:
    with pytest.raises(PatchError, match="cannot be printed back"):
        patched(source, Replace("m:x/value", "1", "2"))


def test_a_new_statement_takes_on_the_indentation_of_the_definition() -> None:
    found = patched("def f():\n\treturn 1\n", Replace("m:f/body[0]", "return 1", "if x:\n  return 2"))
    assert found == "def f():\n\tif x:\n\t\treturn 2\n"


def test_a_character_that_the_file_cannot_hold_is_refused() -> None:
    with pytest.raises(PatchError, match="cannot be written in"):
        patched(b"# coding: latin-1\nx = 1\n", Replace("m:x/value", "1", "'\u20ac'"))


def test_a_comment_that_declares_another_encoding_is_refused() -> None:
    with pytest.raises(PatchError, match=r"declared utf-8, would be read as"):
        patched("x = 'é'\n", Insert("m:x", "", "# coding: latin-1\ny = 1"))
