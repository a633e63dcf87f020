"""What may change and how much a function may decide: enforced on the result, whatever the patch says of itself."""

import ast
import os
from pathlib import Path

import pytest

from meta import (
    Edit,
    Genome,
    Insert,
    Move,
    Patch,
    Policy,
    Region,
    Rename,
    Replace,
    Violation,
    WriteFile,
    apply,
    diff,
    violations,
)
from meta.complexity import complexity

KEEP = """\
import math


@cached
def keep(a):
    '''Stays.'''
    return a


class Agent:
    rate = 1

    def solve(self):
        return self.rate

    def other(self):
        return 2


def free():
    return math.pi
"""
BASE = Genome({"m.py": KEEP, "safe.py": "x = 1\n", "notes.txt": "n"})


def broken(child: Genome, **region: object) -> list[str]:
    """What a child may not change, as lines."""
    policy = Policy(contracts={}, region=Region(**region))  # type: ignore[arg-type]  # collections of names
    return [str(v) for v in violations(child, policy, base=BASE) if v.rule == "protected"]


def child(old: str, new: str) -> Genome:
    """The base with a text exchanged."""
    assert KEEP.count(old) == 1
    return BASE.with_files({"m.py": KEEP.replace(old, new)})


CLOSED = ("m:keep", "m:Agent.solve", "safe.py")
ALLOWED = {
    "nothing": BASE,
    "another function": child("math.pi", "math.e"),
    "another method": child("return 2", "return 3"),
    "a comment above": child("@cached", "# Above.\n@cached"),
    "a name of that spelling inside a function": child("return math.pi", "keep = 1\n    return keep"),
    "a new file": BASE.with_files({"new.py": "keep = 1\n"}),
}
TRESPASSES = {
    "the body": (child("return a\n", "return b\n"), "m:keep: changed, and the definition may not change"),
    "the decorator": (child("@cached\n", "@other\n"), "m:keep: changed"),
    "the docstring": (child("'''Stays.'''", "'''Goes.'''"), "m:keep: changed"),
    "the method": (child("return self.rate", "return 9"), "m:Agent.solve: changed"),
    "the name": (child("def keep", "def kept"), "m:keep: missing"),
    "a second definition": (child("def free():", "def keep(a): return 0\n\n\ndef free():"), "m:keep: missing"),
    "an assignment over it": (child("def free():", "keep, b = 1, 2\n\n\ndef free():"), "m.py:20: keep bound again"),
    "an import over it": (child("import math", "import math\nfrom a import keep"), "m.py:2: keep bound again"),
    "a loop over it": (child("def free():", "for keep in a: pass\n\n\ndef free():"), "m.py:20: keep bound again"),
    "a deletion": (child("def free():", "del keep\n\n\ndef free():"), "m.py:20: keep bound again"),
    "a global in a function": (child("return math.pi", "global keep\n    keep = 1"), "m.py:21: keep bound again"),
    "a class over its method": (child("def free():", "class Agent: pass\n\n\ndef free():"), "m:Agent.solve: missing"),
    "a method over it": (child("return 2", "return 2\n\n    solve = other"), "m:Agent.solve: missing"),
    "a loop in the class": (child("return 2\n", "return 2\n    for solve in []: pass\n"), "m.py:18: Agent.solve bound"),
    "a file": (BASE.with_files({"safe.py": "x = 2\n"}), "safe.py: changed, and the file may not change"),
    "a file gone": (BASE.with_files({"safe.py": None}), "safe.py: deleted, and the file may not change"),
    "a module gone": (BASE.with_files({"m.py": None}), "m:keep: missing"),
    "a module that does not parse": (BASE.with_files({"m.py": "def keep(a:"}), "m:keep: missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", ALLOWED)
def test_what_is_not_protected_may_change(what: str) -> None:
    assert broken(ALLOWED[what], closed=CLOSED) == []


@pytest.mark.parametrize("what", TRESPASSES)
def test_what_is_protected_may_not_change(what: str) -> None:
    genome, message = TRESPASSES[what]
    found = broken(genome, closed=CLOSED)
    assert found and message in found[0] and found[0].endswith("(protected)")


OPEN = ("m:free", "m:Agent.other", "notes.txt")
INSIDE = ("another function", "another method", "a name of that spelling inside a function", "nothing")


@pytest.mark.parametrize("what", INSIDE)
def test_only_what_is_open_may_change(what: str) -> None:
    assert broken(ALLOWED[what], open=OPEN) == []


def test_an_open_file_may_go_and_come() -> None:
    assert broken(BASE.with_files({"notes.txt": None}), open=OPEN) == []
    assert broken(BASE.with_files({"notes.txt": "other"}), open=OPEN) == []


OUTSIDE = {
    "a line between": (child("import math", "import math, os"), "m.py: changed outside of m:Agent.other, m:free"),
    "another definition": (child("return a\n", "return b\n"), "m.py: changed outside of"),
    "more on the line of an open one": (
        child("return math.pi\n", "return math.pi\nx = 1\n"),
        "m.py: changed outside of",
    ),
    "a new file": (BASE.with_files({"new.py": ""}), "new.py: created, and only what is open may change"),
    "another file": (BASE.with_files({"safe.py": "y"}), "safe.py: changed, and only what is open may change"),
    "the module gone": (BASE.with_files({"m.py": None}), "m.py: deleted"),
}


@pytest.mark.parametrize("what", OUTSIDE)
def test_what_is_not_open_may_not_change(what: str) -> None:
    genome, message = OUTSIDE[what]
    found = broken(genome, open=OPEN)
    assert found and message in found[0]


def test_a_statement_that_shares_its_line_with_an_open_one_is_not_open() -> None:
    base, genome = Genome({"m.py": "x = 1; y = 1\n"}), Genome({"m.py": "x = 1; y = 2\n"})
    found = violations(genome, Policy(contracts={}, region=Region(open=("m:x",))), base=base)
    assert found == [Violation("protected", "m.py", "changed outside of m:x")]


WHOLE = KEEP[KEEP.index("@cached") : KEEP.index("\n\n\nclass")]
PATCHES: dict[str, tuple[Edit, ...]] = {
    "a rename of it": (Rename("m:keep", "keep", "kept"),),
    "a rename inside it": (Replace("m:keep/body[1].value", "a", "a + 1"),),
    "a move of it, and another in its place": (Move("m:keep", WHOLE, "m:free", ""), Insert("m:keep", "", "keep = 1")),
    "the whole file": (WriteFile("m.py", diff(BASE, Genome({})).edits[0].expect, b"x = 1\n"),),  # type: ignore[union-attr]  # a deletion
}  # fmt: skip


@pytest.mark.parametrize("what", PATCHES)
def test_no_kind_of_patch_gets_round_the_region(what: str) -> None:
    genome = apply(BASE, Patch(PATCHES[what], title="changes nothing that matters"))
    assert broken(genome, closed=CLOSED)


FOLLOWED = """\
def f(a):
    if a and b or c:
        return [x for x in a if x]
    elif a:
        while a: pass
    try:
        assert a
    except E:
        pass
    match a:
        case 1: pass
        case _: pass
    return 1 if a else 2
"""


def test_complexity_counts_the_decisions_of_a_function() -> None:
    assert complexity(ast.parse(FOLLOWED)) == 13
    genome = Genome({"m.py": FOLLOWED})
    assert violations(genome, Policy(contracts={}, max_complexity=13)) == []
    assert violations(genome, Policy(contracts={}, max_complexity=12)) == [
        Violation("complexity", "m.py:1", "f is 13, at most 12")
    ]


@pytest.mark.parametrize("path", sorted(Path(os.__file__).parent.glob("[a-d]*.py")), ids=lambda path: path.stem)
def test_no_function_has_more_decisions_than_its_module_has_words_for_them(path: Path) -> None:
    from meta.complexity import DECIDES

    text = path.read_text("utf-8")
    assert complexity(ast.parse(text)) - 1 <= len(DECIDES.findall(text))
