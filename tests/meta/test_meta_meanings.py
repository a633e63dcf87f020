"""Edits that say what is meant: moved, renamed, set, imported; carried out on real text and refused by name."""

import ast
import hashlib

import pytest

from meta import (
    AddImport,
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
    decode,
    encode,
    invert,
)

MODULE = '''\
"""Words."""

from __future__ import annotations

import math
from os import path, sep as mark

RATE = 0.5  # a share


# Above f.
def f(x):
    """Says f and calls it."""
    # first
    y = RATE * x

    z = f(y)
    return z + g(f=f)


class Box:
    f = 1
    size: int = 3

    def grow(self, by=f):
        self.f = f(by)
        return grow(self)

    again = grow


def g(f):
    return [f(k) for k in range(3)]


def h():
    global f
    f = lambda k: f
    return f"{f!r} {RATE:.{f(2)}}"
'''


def patched(source: str | bytes, *edits: Edit) -> str | bytes:
    """The source of module m after edits."""
    return apply(Genome({"m.py": source}), Patch(edits))["m.py"]


def swapped(*pairs: tuple[str, str]) -> str:
    """The module with texts exchanged, each of which it holds once."""
    text = MODULE
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


UNIT = MODULE[MODULE.index("\n\n# Above") : MODULE.index("\n\n\nclass")] + "\n"
EXAMPLES: dict[str, tuple[tuple[Edit, ...], str]] = {
    "a statement moved down its block with the lines above it": (
        (Move("m:f/body[1]", "y = RATE * x", "m:f/body[3]", "return z + g(f=f)"),),
        swapped(
            ("    # first\n    y = RATE * x\n", ""),
            ("    return z + g", "    # first\n    y = RATE * x\n    return z + g"),
        ),
    ),
    "a statement moved to the end of a block of another class": (
        (Move("m:f/body[2]", "z = f(y)", "m:Box/body[4]", ""),),
        swapped(("\n    z = f(y)\n", ""), ("    again = grow\n", "    again = grow\n\n    z = f(y)\n")),
    ),
    "a definition moved with what is said to stand above it": (
        (Move("m:f", UNIT, "m:h", ""),),
        swapped((UNIT, ""), ("\n\ndef h", UNIT + "\n\ndef h")),
    ),
    "a constant set": ((SetConstant("m:RATE", "0.5", "0.75"),), swapped(("RATE = 0.5", "RATE = 0.75"))),
    "a constant of a class set": (
        (SetConstant("m:Box.size", "3", "[-1, (2,)]"),),
        swapped(("int = 3", "int = [-1, (2,)]")),
    ),
    "an import added before the others": (
        (AddImport("m:", "import ast"),),
        swapped(("import math", "import ast\nimport math")),
    ),
    "an import from the future added": (
        (AddImport("m:", "from __future__ import division"),),
        swapped(("from __future__", "from __future__ import division\nfrom __future__")),
    ),
    "an import removed": ((RemoveImport("m:", "import math"),), swapped(("import math\n", ""))),
    "one name of an import removed": ((RemoveImport("m:", "from os import path"),), swapped(("path, sep", "sep"))),
    "all names of an import removed": (
        (RemoveImport("m:", "from os import sep as mark, path"),),
        swapped(("from os import path, sep as mark\n", "")),
    ),
    "lines above a definition replaced": (
        (Replace("m:f/leading_lines", "\n\n# Above f.\n", "\n\n# Over f.\n"),),
        swapped(("# Above f.", "# Over f.")),
    ),
    "lines above a statement replaced": (
        (Replace("m:f/body[1].leading_lines", "# first\n", "# 1\n\n# 2"),),
        swapped(("    # first\n", "    # 1\n\n    # 2\n")),
    ),
    "the end of a file replaced": (
        (Replace("m:/body[9].leading_lines", "", "# the end"),),
        MODULE + "# the end",
    ),
    "a definition deleted with the lines above it": (
        (Delete("m:RATE", "\nRATE = 0.5  # a share"),),
        swapped(("\nRATE = 0.5  # a share\n", "")),
    ),
    "a definition inserted with blank lines around it": (
        (Insert("m:f", "", "# New.\ndef new():\n    pass\n\n\n"),),
        swapped(("def f(x):", "# New.\ndef new():\n    pass\n\n\ndef f(x):")),
    ),
    "a statement inserted with a blank line above it": (
        (Insert("m:f/body[3]", "", "\n# so\nw = 1"),),
        swapped(("    return z + g", "\n    # so\n    w = 1\n    return z + g")),
    ),
    "a function of a module renamed": (
        (Rename("m:f", "f", "go"),),
        swapped(
            ("def f(x)", "def go(x)"),
            ("z = f(y)", "z = go(y)"),
            ("g(f=f)", "g(f=go)"),
            ("self.f = f(by)", "self.f = go(by)"),
            ("global f", "global go"),
            ("f = lambda k: f\n", "go = lambda k: go\n"),
            ('f"{f!r} {RATE:.{f(2)}}"', 'f"{go!r} {RATE:.{go(2)}}"'),
        ),
    ),
    "a constant renamed": (
        (Rename("m:RATE", "RATE", "SHARE"),),
        swapped(("RATE = 0.5", "SHARE = 0.5"), ("RATE * x", "SHARE * x"), ("{RATE:", "{SHARE:")),
    ),
    "a method renamed, and what the class itself calls by its name": (
        (Rename("m:Box.grow", "grow", "swell"),),
        swapped(("def grow", "def swell"), ("again = grow", "again = swell")),
    ),
    "a name of a class renamed, and the default that reads it": (
        (Rename("m:Box.f", "f", "scale"),),
        swapped(("    f = 1", "    scale = 1"), ("by=f", "by=scale")),
    ),
    "a name of a function renamed by position": (
        (Rename("m:f/body[1]", "y", "part"),),
        swapped(("y = RATE", "part = RATE"), ("z = f(y)", "z = f(part)")),
    ),
    "a function renamed and moved, and what refers to it edited": (
        (
            Rename("m:h", "h", "last"),
            Rename("m:RATE", "RATE", "SHARE"),
            Move("m:h", MODULE[MODULE.index("def h") :], "m:g", ""),
            Replace("m:f/body[1]", "y = RATE * x", "y = SHARE / x"),
        ),
        swapped(
            ("RATE = 0.5", "SHARE = 0.5"),
            ("RATE * x", "SHARE / x"),
            (MODULE[MODULE.index("def h") :], ""),
            (
                "def g(f)",
                MODULE[MODULE.index("def h") :].replace("def h", "def last").replace("RATE", "SHARE") + "def g(f)",
            ),
        ),
    ),
}


@pytest.mark.parametrize("what", EXAMPLES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_an_edit_does_what_it_says_and_nothing_else(what: str, newline: str) -> None:
    edits, expected = EXAMPLES[what]
    assert patched(MODULE.replace("\n", newline), *edits) == expected.replace("\n", newline)


@pytest.mark.parametrize("what", EXAMPLES)
def test_what_was_meant_is_kept_in_the_plain_form_and_taken_back(what: str) -> None:
    edits, _ = EXAMPLES[what]
    genome, patch = Genome({"m.py": MODULE}), Patch(edits, title=what)
    assert Patch.from_plain(patch.plain()) == decode(encode(patch)) == patch
    assert apply(apply(genome, patch), invert(genome, patch)) == genome


REFUSED: dict[str, tuple[tuple[Edit, ...], str]] = {
    "a stale move": ((Move("m:f/body[1]", "y = 1", "m:f/body[3]", ""),), "found 'y = RATE * x', expected 'y = 1'"),
    "a move to where another stands": (
        (Move("m:f/body[1]", "y = RATE * x", "m:f/body[3]", "return"),),
        "m:f/body[3]: found 'return z + g(f=f)', expected 'return'",
    ),
    "a move of an expression": ((Move("m:f/body[1].value", "RATE * x", "m:f/body[3]", ""),), "expected a statement"),
    "a move into itself": (
        (Move("m:g", MODULE[MODULE.index("def g(") : MODULE.index("\n\n\ndef h")], "m:g/body[0]", ""),),
        "overlaps",
    ),
    "a move of the only statement": (
        (Move("m:g/body[0]", "return [f(k) for k in range(3)]", "m:f/body[1]", ""),),
        "the only statement of its block",
    ),
    "a rename of another name": ((Rename("m:f", "e", "go"),), "found a definition of f, expected a definition of e"),
    "a rename of no definition": (
        (Rename("m:f/body[3]", "f", "go"),),
        "found no definition, expected a definition of f",
    ),
    "a rename to a name in use": ((Rename("m:f", "f", "range"),), "found the name range in use where f is"),
    "a rename to an import's name": ((Rename("m:f", "f", "mark"),), "found the name mark in use where f is"),
    "a rename to no name": ((Rename("m:f", "f", "class"),), "'class' is not a name"),
    "a rename to a mangled name": ((Rename("m:Box.grow", "grow", "__grow"),), "'__grow' is changed by Python itself"),
    "a rename of what goes": (
        (Rename("m:RATE", "RATE", "SHARE"), Delete("m:RATE", "RATE = 0.5  # a share")),
        "m:RATE: renamed, and replaced or deleted by another edit",
    ),
    "a cycle of renames": ((Rename("m:f", "f", "h"), Rename("m:h", "h", "f")), "found the name h in use"),
    "two renames to one name": ((Rename("m:f", "f", "go"), Rename("m:h", "h", "go")), "two definitions renamed to go"),
    "a constant that is a function": ((SetConstant("m:f", "0", "1"),), "found FunctionDef, expected the assignment"),
    "a stale constant": ((SetConstant("m:RATE", "0.4", "1"),), "m:RATE/value: found '0.5', expected '0.4'"),
    "a constant of what is no literal": ((SetConstant("m:RATE", "0.5", "f(1)"),), "found 'f(1)', expected a literal"),
    "a constant of nothing": ((SetConstant("m:RATE", "0.5", ""),), "m:RATE"),
    "an import of a name that is bound": ((AddImport("m:", "import math"),), "found math bound in the module"),
    "an import of a name that is defined": ((AddImport("m:", "from a import b as f"),), "found f bound in the module"),
    "an import that is none": ((AddImport("m:", "x = 1"),), "found 'x = 1', expected one import statement"),
    "an import into a definition": ((AddImport("m:f", "import ast"),), "expected a module, as in m:"),
    "an import that is not there": ((RemoveImport("m:", "import cmath"),), "found 0 imports of 'import cmath'"),
    "an import by another name": ((RemoveImport("m:", "from os import sep"),), "found 0 imports"),
    "lines above that are stale": ((Replace("m:f/leading_lines", "# f", "# g"),), "expected '# f'"),
    "lines above that are code": ((Replace("m:f/leading_lines", "\n\n# Above f.\n", "x = 1"),), "is not comments"),
    "a deletion with other lines above": ((Delete("m:RATE", "# no\nRATE = 0.5  # a share"),), "expected '# no"),
    "lines above edited twice": (
        (Delete("m:RATE", "\nRATE = 0.5  # a share"), Replace("m:RATE/leading_lines", "\n", "")),
        "overlaps",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_done_is_refused_with_what_was_found_and_expected(what: str) -> None:
    edits, message = REFUSED[what]
    with pytest.raises(PatchError) as caught:
        patched(MODULE, *edits)
    assert message in str(caught.value) and "\n" not in str(caught.value)


FILES = {"a.py": "x = 1\r\n", "b.bin": b"\x00\xff\r\n", "c.txt": "c"}


def sha(name: str) -> str:
    """The digest that an edit of a file expects."""
    return hashlib.sha256(Genome(FILES).raw(name)).hexdigest()


def test_a_renamed_file_keeps_every_byte_and_may_be_edited_on_the_way() -> None:
    genome = Genome(FILES)
    patch = Patch(
        (
            RenameFile("b.bin", sha("b.bin"), "d/b"),
            RenameFile("a.py", sha("a.py"), "n.py"),
            Replace("a:x/value", "1", "2"),
        )
    )
    child = apply(genome, patch)
    assert dict(child) == {"n.py": "x = 2\r\n", "d/b": b"\x00\xff\r\n", "c.txt": "c"}
    assert apply(child, invert(genome, patch)) == genome


FILES_REFUSED: dict[str, tuple[tuple[Edit, ...], str]] = {
    "stale": ((RenameFile("a.py", "ab" * 32, "n.py"),), "expected content abababababab"),
    "of no file": ((RenameFile("n.py", "", "o.py"),), "n.py: found no such file"),
    "deletion of no file": ((RenameFile("n.py", "ab" * 32, "o.py"),), "n.py: found no such file"),
    "to a file that is there": ((RenameFile("a.py", sha("a.py"), "c.txt"),), "renamed to c.txt: found such a file"),
    "in a cycle": (
        (RenameFile("a.py", sha("a.py"), "c.txt"), RenameFile("c.txt", sha("c.txt"), "a.py")),
        "a.py -> c.txt -> a.py: files renamed in a cycle",
    ),
    "to itself": ((RenameFile("a.py", sha("a.py"), "a.py"),), "a.py -> a.py: files renamed in a cycle"),
    "two to one name": (
        (RenameFile("a.py", sha("a.py"), "n"), RenameFile("c.txt", sha("c.txt"), "n")),
        "n: two edits of one whole file",
    ),
    "to a written file": ((RenameFile("a.py", sha("a.py"), "n"), WriteFile("n", "", b"")), "n: two edits of one whole"),
    "out of the genome": ((RenameFile("a.py", sha("a.py"), "../a.py"),), "'../a.py': expected a relative path"),
    "to a full path": ((RenameFile("a.py", sha("a.py"), "/a.py"),), "'/a.py': expected a relative path"),
    "to another case": ((RenameFile("a.py", sha("a.py"), "C.TXT"),), "differ only in case"),
    "to a zero byte": ((RenameFile("a.py", sha("a.py"), "a\0.py"),), "not allowed in a name"),
}


@pytest.mark.parametrize("what", FILES_REFUSED)
def test_a_file_cannot_be_renamed(what: str) -> None:
    edits, message = FILES_REFUSED[what]
    genome = Genome(FILES)
    with pytest.raises(PatchError) as caught:
        apply(genome, Patch(edits))
    assert message in str(caught.value) and dict(genome) == FILES


SCOPED = """\
def f(): return 0
def outer():
    def f(): return 1
    def inner():
        global f
        return f
    return f, inner
class A:
    f = 2
    g = [f for _ in [f]]
    def m(self, k=lambda: f): return f
    def n(self):
        f = 3
        return f, lambda: f
def walrus():
    return [(f := k) for k in [1, 2]], f
def shadow(f=f): return f
def caught():
    try: pass
    except ValueError as f: return f
def matched(x):
    match x:
        case [f, *_]: return f
        case {"f": 1}: return x.f
def used(x: f = f) -> f: return (lambda f: f)(f), {f: f for f in [f]}
"""


BEFORE = "x: f = f) -> f: return (lambda f: f)(f), {f: f for f in [f]}"
AFTER = "x: go = go) -> go: return (lambda f: f)(go), {f: f for f in [go]}"


def test_a_rename_follows_the_rules_of_scopes() -> None:
    found = patched(SCOPED, Rename("m:f", "f", "go"))
    expected = (
        SCOPED.replace("def f(): return 0", "def go(): return 0")
        .replace("global f\n        return f", "global go\n        return go")
        .replace("g = [f for _ in [f]]", "g = [go for _ in [f]]")
        .replace("k=lambda: f): return f", "k=lambda: go): return go")
        .replace("shadow(f=f)", "shadow(f=go)")
        .replace(BEFORE, AFTER)
    )
    assert found == expected


@pytest.mark.parametrize("name", ["f", "outer", "A", "walrus", "used"])
def test_a_renamed_module_computes_the_same(name: str) -> None:
    found = patched(SCOPED, Rename(f"m:{name}", name, "other"))
    assert patched(found, Rename("m:other", "other", name)) == SCOPED
    assert shape(ast.parse(found)) == shape(ast.parse(SCOPED))


def shape(tree: ast.Module) -> list[str]:
    """The kinds of nodes of a module."""
    return [type(node).__name__ for node in ast.walk(tree)]


def test_what_is_bound_by_an_import_too_is_not_renamed() -> None:
    with pytest.raises(PatchError, match="also bound by an import"):
        patched("import f\ndef f(): pass\n", Rename("m:f", "f", "go"))


def test_an_import_goes_below_the_docstring_where_there_is_no_other() -> None:
    assert patched('"""Words."""\n\n\ndef f():\n    pass\n', AddImport("m:", "import ast")) == (
        '"""Words."""\n\n\nimport ast\n\n\ndef f():\n    pass\n'
    )
    assert patched("", AddImport("m:", "import ast")) == "import ast\n"
    assert patched("x = 1", AddImport("m:", "from a import (b, c)")) == "from a import (b, c)\n\nx = 1"


def test_a_name_is_taken_out_of_an_import_over_several_lines() -> None:
    source = "from a import (\n    b,\n    c,  # see\n    d as e,\n)\n"
    assert patched(source, RemoveImport("m:", "from a import c")) == "from a import (\n    b, d as e,\n)\n"
