"""The gate: each rule, named with its place and what was found there; and sources made to break a parser."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta import Genome, Patch, PatchError, Policy, Replace, Violation, apply, diff, violations
from meta.gate import file_violations, genome_imports, seed_policy
from meta.gated import kept_violations
from meta.source import parsed

SOUND = {
    "task_agent.py": "from genome import memory\n\n\ndef solve(task, tools):\n    return task\n",
    "meta_agent.py": "def propose(parent, history, tools):\n    return {}\n",
    "selection.py": "import numpy\n\n\ndef select(candidates, rng):\n    return 0\n",
    "memory.py": '"""Says `__tick__` and eval, and means no harm."""\nLESSONS = {}\n',
    "notes.txt": "import os",
}


def found_in(source: str | bytes, name: str = "memory.py", policy: Policy | None = None) -> list[Violation]:
    """The violations of a sound genome with one file changed."""
    return violations(Genome(SOUND | {name: source}), policy)


def test_a_sound_genome_breaks_no_rule() -> None:
    assert violations(Genome(SOUND)) == []


BROKEN = {
    "import os\n": ("imports", "memory.py:1", "import of os"),
    "x = 1\nfrom os.path import join\n": ("imports", "memory.py:2", "import of os.path"),
    "import numpy, socket as numpy\n": ("imports", "memory.py:1", "import of socket"),
    "from . import task_agent\n": ("imports", "memory.py:1", "relative import"),
    "def f():\n    return eval('1')\n": ("names", "memory.py:2", "eval"),
    "x = [open]\n": ("names", "memory.py:1", "open"),
    "x = __import__\n": ("names", "memory.py:1", "__import__"),
    "x = __builtins__\n": ("names", "memory.py:1", "__builtins__"),
    "x = ().__class__\n": ("names", "memory.py:1", ".__class__"),
    "x = f.f_globals\n": ("names", "memory.py:1", ".f_globals"),
    "__tick__ = print\n": ("names", "memory.py:1", "__tick__"),
    "def __tick__(): pass\n": ("names", "memory.py:1", "__tick__"),
    "class __tick__: pass\n": ("names", "memory.py:1", "__tick__"),
    "f = lambda __tick__: 1\n": ("names", "memory.py:1", "__tick__"),
    "import math as __tick__\n": ("names", "memory.py:1", "__tick__"),
    "def f():\n    global __tick__\n": ("names", "memory.py:2", "__tick__"),
    "try: f()\nexcept ValueError as __tick__: pass\n": ("names", "memory.py:2", "__tick__"),
    "match x:\n    case __tick__: pass\n": ("names", "memory.py:2", "__tick__"),
    "x.__tick__ = 1\n": ("names", "memory.py:1", ".__tick__"),
    "x['__tick__'] = 1\n": ("names", "memory.py:1", "__tick__"),
    "x = (\n": ("syntax", "memory.py", "memory.py, line 1: '(' was never closed"),
    "x = 1\nreturn x\n": ("syntax", "memory.py:2", "'return' outside function"),
    "while x: pass\nbreak\n": ("syntax", "memory.py:2", "'break' outside loop"),
}


@pytest.mark.parametrize("source", BROKEN)
def test_a_broken_rule_is_named_with_its_place_and_what_was_found(source: str) -> None:
    assert found_in(source) == [Violation(*BROKEN[source])]


CONTRACTS = {
    "def solve(task): pass\n": "solve(task), expected solve(task, tools)",
    "def solve(tools, task): pass\n": "solve(tools, task), expected solve(task, tools)",
    "def solve(task, tools, *more): pass\n": "solve(task, tools, *more), expected solve(task, tools)",
    "def solve(task, tools, *, key): pass\n": "solve(task, tools, *, key), expected solve(task, tools)",
    "def solve(task, tools, extra=%s): pass\n" % ("[" * 190 + "]" * 190): "solve(task, tools, extra), expected solve",
    "solve = 3\n": "0 functions solve, not 1",
    "def solve(task, tools): pass\ndef solve(task, tools): pass\n": "2 functions solve, not 1",
    "class A:\n    def solve(task, tools): pass\n": "0 functions solve, not 1",
    "async def solve(task, tools): pass\n": "solve is async",
}


@pytest.mark.parametrize("source", CONTRACTS)
def test_a_contract_function_is_there_once_with_its_parameters(source: str) -> None:
    (violation,) = found_in(source, "task_agent.py")
    assert violation.rule == "contract" and violation.text.startswith(CONTRACTS[source])


def test_a_contract_file_may_not_be_missing() -> None:
    genome = Genome(SOUND).with_files({"selection.py": None})
    assert violations(genome) == [Violation("contract", "selection.py", "the file is missing")]


def test_a_genome_that_ran_before_need_not_run_again() -> None:
    genome = Genome(SOUND)
    (violation,) = violations(genome, known=[genome.digest])
    assert (violation.rule, violation.text) == ("novelty", f"{genome.digest[:12]} is in the archive already")
    assert violations(genome, known=["0" * 64]) == []


def test_sizes_are_bounded_a_file_a_genome_and_in_number() -> None:
    policy = Policy(max_file_bytes=200, max_genome_bytes=500, max_files=5)
    assert [str(v) for v in found_in("#" * 201, policy=policy)] == ["memory.py: 201 bytes, at most 200 (size)"]
    many = Genome(SOUND | {f"note{k}.txt": "x" * 100 for k in range(4)})
    assert [(v.rule, v.place) for v in violations(many, policy)] == [("size", "genome"), ("size", "genome")]


def test_a_violation_reads_as_one_line() -> None:
    assert str(found_in("import os\n")[0]) == "memory.py:1: import of os (imports)"


def test_what_a_seed_uses_its_children_may_use_and_no_more() -> None:
    seed = Genome(SOUND | {"memory.py": "import socket\nx = vars\n", "broken.py": "x = (\n"})
    policy = seed_policy(seed)
    assert [v.place for v in violations(seed, policy)] == ["broken.py"]
    assert [v.text for v in found_in("import os\nx = eval\n", policy=policy)] == ["import of os", "eval"]


def test_a_seed_may_not_count_its_own_steps() -> None:
    seed = Genome(SOUND | {"memory.py": "__tick__ = print\n"})
    assert [v.text for v in violations(seed, seed_policy(seed))] == ["__tick__"]


def test_the_imports_within_a_genome_are_its_files() -> None:
    source = "import genome.memory, os\nfrom genome import operators, prompts as p\nfrom genome.pkg.mod import f\n"
    assert genome_imports(ast.walk(parsed("m", source))) == {"memory.py", "operators.py", "prompts.py", "pkg/mod.py"}


def test_a_hundred_parentheses_are_no_violation() -> None:
    assert found_in("x = " + "(" * 100 + "1" + ")" * 100 + "\n") == []


@pytest.mark.parametrize(
    "source",
    [b"x = '\0'\n", b"x = '\xed\xa0\x80'\n", b"\xff\xfex = 1", b"# coding: nonsense\n", b"x = 1\n\x00"],
    ids=["NUL", "surrogate", "utf-16", "codec", "NUL at the end"],
)
def test_what_is_not_text_is_a_violation_of_syntax(source: bytes) -> None:
    (violation,) = found_in(source)
    assert violation.rule == "syntax" and violation.text and "\n" not in str(violation)


def test_a_line_of_a_megabyte_is_refused_before_it_is_read() -> None:
    assert [v.rule for v in found_in("x = '" + "a" * 1_000_000 + "'\n")] == ["size", "size"]


@pytest.mark.parametrize(
    "new",
    [
        "lambda: " * 300 + "1",
        "[" * 199 + "]" * 199 + "[0]" * 100,
        "a" + " and a" * 300,
        "a or (" * 30 + "a" + " and a" * 150 + " or a)" * 30,
        "[a" + " for a in b" * 300 + "]",
    ],
)
def test_a_nest_that_libcst_might_not_survive_cannot_be_edited_in(new: str) -> None:
    with pytest.raises(PatchError, match=r"nested \d+ levels deep, at most 200 can be edited"):
        apply(Genome({"m.py": "x = 1\n"}), Patch((Replace("m:x/value", "1", new),)))


@pytest.mark.parametrize("line", ["import a{}", "from a{} import b"])
def test_nor_can_a_dotted_name_that_it_would_nest(line: str) -> None:
    with pytest.raises(PatchError, match=r"nested \d+ levels deep, at most 200 can be edited"):
        apply(Genome({"m.py": "x = 1\n"}), Patch((Replace("m:x", "x = 1", line.format(".b" * 6000)),)))


def test_what_cannot_be_printed_is_refused_and_a_difference_replaces_it() -> None:
    text = "(" + "\n".join(['"a"'] * 600) + ")"
    genome, other = Genome({"m.py": f"x = {text}\n"}), Genome({"m.py": "x = 1\n"})
    with pytest.raises(PatchError, match=r"^m:x/value: nested too deeply to print$"):
        apply(genome, Patch((Replace("m:x/value", text, "1"),)))
    assert apply(genome, diff(genome, other)) == other


def test_a_long_conjunction_can_be_edited() -> None:
    text = " and ".join(["a"] * 180)
    made = apply(Genome({"m.py": f"x = {text}\n"}), Patch((Replace("m:x/value", text, "1"),)))
    assert made["m.py"] == "x = 1\n"


def test_a_nest_of_a_hundred_can_be_edited_in() -> None:
    new = "[" * 100 + "]" * 100
    assert apply(Genome({"m.py": "x = 1\n"}), Patch((Replace("m:x/value", "1", new),)))["m.py"] == f"x = {new}\n"


NESTS = {
    "brackets": "'[' * 5000 + ']' * 5000",
    "open brackets": "'(' * 5000",
    "signs": "'-' * 5000 + '1'",
    "lambdas": "'lambda: ' * 5000 + '1'",
    "conditions": "'a if b else ' * 5000 + 'c'",
    "attributes": "'a' + '.b' * 5000",
    "sums": "'1' + ' + 1' * 5000",
    "subscripts": "'a' + '[0]' * 5000",
    "conjunctions": "'a' + ' and a' * 20_000",
    "comprehensions": "'[a' + ' for a in b' * 5000 + ']'",
    "texts": "'(' + '\\n'.join(['\"a\"'] * 600) + ')'",
}
COMPILED = ("lambdas", "conditions", "attributes", "sums", "subscripts", "signs", "conjunctions", "texts",
            "comprehensions")  # fmt: skip
SURVIVAL = """
from meta import *
new = {nest}
text = "x = " + new + chr(10)
found = [v for v in violations(Genome({{"m.py": text}})) if v.rule == "syntax"]
refused = []
flat = Genome({{"m.py": "x = 1" + chr(10)}})
inside = Genome({{"m.py": "def f():" + chr(10) + "    " + text + "    y = 1" + chr(10)}})
for genome, edit in (
    (flat, Replace("m:x/value", "1", new)),
    (flat, Replace("m:x", "x = 1", text)),
    (inside, Replace("m:f/body[1].value", "1", "2")),
):
    try:
        apply(genome, Patch((edit,)))
    except PatchError as error:
        refused.append(str(error))
deep = Genome({{"m.py": text}})
assert apply(flat, diff(flat, deep)) == deep
assert apply(deep, diff(deep, flat)) == flat
print(len(found), len(refused), sorted(refused)[0][:150])
"""


@pytest.mark.parametrize("nest", NESTS)
def test_a_nest_of_five_thousand_is_refused_by_a_process_that_lives_on(nest: str) -> None:
    script = SURVIVAL.format(nest=NESTS[nest])
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=50, check=False)
    assert done.returncode == 0, done.stderr[-500:]
    found, refused, words = done.stdout.split(maxsplit=2)
    assert int(refused) >= 2 and words
    assert int(found) == 1 or nest in COMPILED


FILES = sorted(Path(os.__file__).parent.glob("[a-m]*.py"))
FRAGMENTS = (
    "import os\n",
    "x = eval\n",
    "global y\n",
    "def f():\n    global y\n    return open(y)\n",
    "return\n",
    "# words\n\n\n",
    "class A:\n    import sys; z = __import__\n",
    "from __future__ import annotations\n",
    "def solve(task): pass\n",
    "x = 1; y = f.f_globals; import socket\n",
    "def g():\r\n    if a and b or c: return d\r\n",
    "x = (\n",
    "async def h():\n    await x\n",
    "y = 1\n",
)


def by_place(found: list[Violation]) -> list[str]:
    """Violations in an order of their own."""
    return sorted(map(str, found))


@pytest.mark.parametrize("path", FILES[::6], ids=lambda path: path.stem)
def test_statement_by_statement_the_same_is_found_as_in_the_whole_file(path: Path) -> None:
    policy = Policy(max_complexity=9)
    expected = file_violations("task_agent.py", path.read_bytes(), policy)
    assert by_place(kept_violations("task_agent.py", path.read_bytes(), policy)) == by_place(expected)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))
def test_in_any_mixture_of_statements_the_same_is_found(source: str) -> None:
    policy = Policy(max_complexity=2)
    for name in ("task_agent.py", "memory.py", "notes.txt"):
        expected = file_violations(name, source.encode(), policy)
        assert by_place(kept_violations(name, source.encode(), policy)) == by_place(expected)
