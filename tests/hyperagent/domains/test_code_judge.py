"""Exercises are judged by data: right answers score; answers that forge the report or look for the tests do not."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hyperagent.domain import Domain
from hyperagent.domains import load_domain
from hyperagent.domains.code.toolchains import LANGUAGES
from sandbox_runner import Pool, layers
from tests.hyperagent.domains.code_answers import EXERCISES, RIGHT, ROOT, judged

HERE = {layer.name for layer in layers() if layer.present}
pytestmark = pytest.mark.skipif("namespaces" not in HERE, reason="programs are confined by namespaces")
needs_gcc = pytest.mark.skipif(shutil.which("gcc", path="/usr/bin:/bin") is None, reason="no gcc")
SECRET = "a-word-that-only-the-test-knows"

ONE_TEST = f"""
import unittest
import answer


class AnswerTest(unittest.TestCase):
    def test_the_word(self):
        self.assertEqual(answer.word(), "{SECRET}")
"""
FORGED = {
    "says passed and ends": "import os\nprint('Ran 1 test\\n\\nOK', flush=True)\nos._exit(0)\n",
    "exits": "import sys\ndef word(): sys.exit(0)\n",
    "patches unittest": "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\ndef word(): return 0\n",
    "is equal to all": "class X(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\n"
    "def word(): return X()\n",
    "is no text but equal to all": "class X:\n    def __eq__(self, other): return True\ndef word(): return X()\n",
    "speaks in the place of its side": "import os, json\n"
    "for fd in range(3, 10):\n"
    "    try: os.write(fd, b'[]\\n{}\\n' + json.dumps({'value': ''}).encode() + b'\\n')\n"
    "    except OSError: pass\n"
    "def word(): return 0\n",
    "skips the test": "import unittest\ndef word(): raise unittest.SkipTest('no')\n",
    "rewrites the tests": "import glob, os\n"
    "for name in [name for top in ('.', '/box', '/tmp') for name in glob.glob(top + '/**/*', recursive=True)]:\n"
    "    try: open(name, 'w').write('')\n"
    "    except OSError: pass\n"
    "def word(): return 0\n",
    "loads the tests' modules": "import hidden_tests\ndef word(): return 0\n",
    "interrupts the tests": "import os, signal\ndef word():\n    os.kill(1, signal.SIGINT)\n"
    "    os.kill(os.getppid(), 9)\n    return 0\n",
    "reads other processes": "import os, re\n"
    "wanted = re.compile(b'a-' + b'word-[a-z-]+')\n"
    "def word():\n    return next((f.decode() for p in os.listdir('/proc') if p.isdigit() for f in found(p)), '')\n"
    "def found(pid):\n    if int(pid) == os.getpid(): return\n"
    "    for name in ('cmdline', 'environ'):\n        yield from wanted.findall(read(f'/proc/{pid}/{name}'))\n"
    "    for line in read(f'/proc/{pid}/maps').splitlines():\n        if b' rw' in line:\n"
    "            low, high = (int(n, 16) for n in line.split()[0].split(b'-'))\n"
    "            yield from wanted.findall(read(f'/proc/{pid}/mem', low, high - low))\n"
    "def read(name, at=0, size=1 << 20):\n    try:\n        with open(name, 'rb', buffering=0) as f:\n"
    "            f.seek(at)\n            return f.read(size)\n    except OSError: return b''\n",
    "reads files": "import os\nwanted = 'a-' + 'word-'\ndef word():\n    for top in ('.', '/box', '/dev/shm'):\n"
    "        for folder, _, names in os.walk(top):\n            for name in names:\n                try:\n"
    "                    text = open(os.path.join(folder, name)).read()\n                    at = text.find(wanted)\n"
    "                    if at >= 0: return text[at:at + 31]\n                except Exception: pass\n    return ''\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(workers=1, sandbox="namespaces") as pool:
        yield pool


@pytest.fixture(scope="module")
def examples() -> Domain:
    return load_domain(f"code:{EXERCISES}", {})


@pytest.fixture
def word(tmp_path: Path) -> Domain:
    return exercise(tmp_path / "word", {"answer.py": "def word():\n    return ''\n", "tests/test_a.py": ONE_TEST})


def exercise(folder: Path, files: dict[str, str], **options: str) -> Domain:
    for name, text in {"description.md": "Do it.", **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return load_domain(f"code:{folder}", options)


@pytest.mark.parametrize("name", ["run-lengths", "ledger", "climbs", pytest.param("digital-root", marks=needs_gcc)])
def test_a_right_answer_holds_every_hidden_test_and_the_stub_does_not(pool: Pool, examples: Domain, name: str) -> None:
    assert judged(pool, examples, name, RIGHT[name])[0] == 1.0
    score, feedback = judged(pool, examples, name, {})
    assert score < 1.0 and " hidden tests hold\n" in feedback


@pytest.mark.parametrize("forgery", FORGED)
def test_an_answer_that_forges_the_report_scores_nothing(pool: Pool, word: Domain, forgery: str) -> None:
    assert judged(pool, word, "word", FORGED[forgery])[0] == 0.0


def test_the_same_exercise_can_be_solved(pool: Pool, word: Domain) -> None:
    assert judged(pool, word, "word", f"def word(): return {SECRET!r}") == (1.0, "1 of 1 hidden tests hold")


def test_a_hidden_value_is_in_no_question_to_the_answer(pool: Pool, tmp_path: Path) -> None:
    tests = "from answer import Near\n\n\ndef test_it():\n    import unittest\n"
    tests += "    unittest.TestCase().assertAlmostEqual({}, {})\n"
    source = "class Near:\n    def __sub__(self, other): return {}\n    __rsub__ = __sub__\n"
    source += "    def __abs__(self): return self\n    def __le__(self, _): return True\n"
    source += "    def __round__(self, *_): return 0\n"
    for number, (pair, gives) in enumerate(
        [(p, g) for p in ("Near(), 3.5", "3.5, Near()") for g in ("0", "self", "Near()")]
    ):
        files = {"answer.py": "class Near: pass\n", "tests/test_a.py": tests.format(*pair.split(", "))}
        name = f"near{number}"
        assert judged(pool, exercise(tmp_path / name, files), name, source.format(gives))[0] == 0.0


SHAPES = """
import enum


class Colour(enum.Enum):
    RED = 1


class Box:
    def __init__(self, *things): self.things = things
    def __len__(self): return len(self.things)
    def __iter__(self): return iter(self.things)
    def __add__(self, other): return Box(*self, *other)
    def __getitem__(self, at): return self.things[at]
    def __contains__(self, thing): return thing in self.things
    def paint(self, how): return [how(thing) for thing in self]


def doubled(numbers):
    for number in numbers: yield 2 * number
"""
SHAPES_TEST = """
import datetime
import unittest
from fractions import Fraction

import shapes
from helper import number
from shapes import Box, Colour


class ShapesTest(unittest.TestCase):
    def test_an_object_is_what_it_is(self):
        box = Box(1, 2) + Box(3)
        self.assertIsInstance(box, Box)
        self.assertNotIsInstance(box, Colour)
        self.assertIs(Colour.RED, shapes.Colour.RED)

    def test_a_series_can_be_gone_through(self):
        box = Box(1, "two", (3,), {4: None})
        self.assertEqual(list(box), [1, "two", (3,), {4: None}])
        self.assertEqual((len(box), box[-2], "two" in box, 2 in box), (4, (3,), True, False))
        with self.assertRaises(IndexError):
            box[9]

    def test_functions_of_the_tests_can_be_handed_over(self):
        seen = []
        self.assertEqual(Box(1, 2).paint(lambda thing: thing + 1), [2, 3])
        Box(5).paint(seen.append)
        self.assertEqual(seen, [5])

    def test_values_keep_their_kind(self):
        for value in (Fraction(1, 3), datetime.date(2020, 2, 29), b"x", {1, 2}, 1.5, 2**70, 1j, float("inf"), None):
            self.assertEqual(next(iter(Box(value))), value)
        self.assertEqual(list(shapes.doubled([number, 2])), [2, 4])

    def test_what_is_not_so_does_not_hold(self):
        self.assertEqual(Box(1), Box(1))
"""


def test_objects_series_functions_and_values_go_between_tests_and_answer(pool: Pool, tmp_path: Path) -> None:
    files = {"shapes.py": "", "tests/test_shapes.py": SHAPES_TEST, "tests/helper.py": "number = 1\n"}
    score, feedback = judged(pool, exercise(tmp_path / "shapes", files), "shapes", SHAPES)
    told = "4 of 5 hidden tests hold\nShapesTest.test_what_is_not_so_does_not_hold: AssertionError:"
    assert score == 0.8 and feedback.startswith(told), feedback


def test_the_same_answer_is_told_the_same_twice(pool: Pool, tmp_path: Path) -> None:
    tests = "from a import A, order\n\n\ndef test_a():\n    import unittest\n"
    tests += "    unittest.TestCase().assertEqual((A(), order()), 5)\n"
    domain = exercise(tmp_path / "a", {"a.py": "", "tests/test_a.py": tests})
    source = "class A: pass\nlater = [bytearray(n) for n in range(id(A) >> 4 & 999)]\n"
    source += "def order(): return str({'one', 'two', 'three', 'four', 'five', 'six'})\n"
    told = {judged(pool, domain, "a", source) for _ in range(3)}
    assert len(told) == 1 and "object at 0x..." in str(told), told


def test_an_endless_answer_ends_and_its_other_tests_are_run(pool: Pool, tmp_path: Path) -> None:
    tests = "import answer\n\n\ndef test_slow():\n    answer.f(0)\n\n\ndef test_fast():\n    assert answer.f(1) == 1\n"
    domain = exercise(tmp_path / "e", {"answer.py": "f = 0\n", "tests/test_a.py": tests}, seconds="0.4")
    begun = time.monotonic()
    score, feedback = judged(pool, domain, "e", "def f(x):\n    while not x: pass\n    return x\n")
    assert (score, feedback) == (0.5, "1 of 2 hidden tests hold\ntest_slow: more than 0.4 seconds")
    assert time.monotonic() - begun < 5
    assert judged(pool, exercise(tmp_path / "e", {}, seconds="4", score="all"), "e", "def f(x): return x")[0] == 1.0


def test_an_answer_is_the_files_of_the_exercise_and_no_others(pool: Pool, word: Domain) -> None:
    for answer, fault in (
        (5, "the answer is a int, expected the text of answer.py"),
        ({"sitecustomize.py": ""}, "the answer has a file 'sitecustomize.py', expected answer.py"),
        ({"answer.py": "#" * 300_000}, "the answer has 300000 bytes, expected at most 200000"),
        ("\ud800", "the answer is text that cannot be encoded"),
    ):
        assert judged(pool, word, "word", answer) == (0.0, fault)


CASES = '[{"stdin": "1 2\\n", "stdout": "3\\n"}, {"arguments": ["-v"], "stdin": "4 5", "stdout": "sum 9"}]'


def test_a_program_is_judged_by_what_it_writes(pool: Pool, tmp_path: Path) -> None:
    domain = exercise(tmp_path / "sum", {"sum.py": "", "tests/cases.json": CASES})
    right = "import sys\nprint('sum ' * len(sys.argv[1:]) + str(sum(map(int, sys.stdin.read().split()))))\n"
    assert judged(pool, domain, "sum", right) == (1.0, "2 of 2 hidden tests hold")
    score, feedback = judged(pool, domain, "sum", "print(3)")
    assert score == 0.5 and "case 2: wrote '3\\n' with exit status 0" in feedback
    assert judged(pool, domain, "sum", "raise SystemExit(0)")[0] == 0.0


def test_a_program_of_several_files_imports_its_own(pool: Pool, tmp_path: Path) -> None:
    stub = {"main.py": "", "other.py": "", "tests/cases.json": '[{"stdout": "7"}]'}
    answer = {"main.py": "import other\nprint(other.seven)\n", "other.py": "seven = 7\n"}
    assert judged(pool, exercise(tmp_path / "two", stub), "two", answer)[0] == 1.0


C_FORGED = {
    "exits well": '#include <stdlib.h>\nint digital_root(long n) { exit((int)(n * 0)); }\n',
    "ends before it begins": "#include <stdio.h>\n#include <unistd.h>\n"
    "__attribute__((constructor)) static void f(void) { puts(\"OK\"); _exit(0); }\n"
    "int digital_root(long n) { return n; }\n",
    "includes the tests": '#include "tests/test_small.c"\n' + ROOT,
    "prints what it reads": "#include <stdio.h>\n#include <unistd.h>\nint digital_root(long n) {\n"
    "    char s[80]; if (fgets(s, 80, stdin)) printf(\"\\n%s\", s); fflush(stdout); _exit(0); }\n",
    "has a main of its own": ROOT + "int main(void) { return 0; }\n",
    "does not compile": "int digital_root(long n) {",
}  # fmt: skip


QUICK = ("ends before it begins", "includes the tests")


@needs_gcc
@pytest.mark.parametrize(
    "forgery", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in C_FORGED]
)
def test_a_c_answer_that_forges_the_report_scores_nothing(pool: Pool, examples: Domain, forgery: str) -> None:
    assert judged(pool, examples, "digital-root", C_FORGED[forgery])[0] == 0.0


FRAMED = {
    ".meta/config.json": '{"files": {"solution": ["twice.c", "twice.h"], "test": ["test_twice.c"]}}',
    ".docs/instructions.md": "Double it.",
    "twice.h": "int twice(int n);\n",
    "twice.c": '#include "twice.h"\n',
    "test_twice.c": '#include "test-framework/frame.h"\n#include "twice.h"\n'
    "int main(void) { same(4, twice(2)); return failed(); }\n",
    "test-framework/frame.h": "void same(int a, int b);\nint failed(void);\n",
    "test-framework/frame.c": '#include "frame.h"\nstatic int wrong; /* of main() */\n'
    "void same(int a, int b) { wrong += a != b; }\nint failed(void) { return wrong; }\n",
}


@needs_gcc
@pytest.mark.slow
def test_a_test_framework_is_linked_with_test_and_answer(pool: Pool, tmp_path: Path) -> None:
    domain = exercise(tmp_path / "twice", FRAMED)
    right = '#include "twice.h"\nint twice(int n) { return 2 * n; }\n'
    assert judged(pool, domain, "twice", {"twice.c": right}) == (1.0, "1 of 1 hidden tests hold")
    assert judged(pool, domain, "twice", {"twice.c": right.replace("2", "3")})[0] == 0.0
    assert judged(pool, domain, "twice", {})[0] == 0.0


ECHO = {
    "python": ("a.py", "import sys\nprint(sys.stdin.read().strip() + '!')\n"),
    "c": ("a.c", '#include <stdio.h>\nint main(void) { int n; scanf("%d", &n); printf("%d!\\n", n); return 0; }\n'),
    "c++": ("a.cpp", "#include <iostream>\nint main() { int n; std::cin >> n; std::cout << n << '!'; }\n"),
    "javascript": ("a.js", "console.log(require('fs').readFileSync(0, 'utf8').trim() + '!')\n"),
    "perl": ("a.pl", 'my $n = <STDIN>; chomp $n; print "$n!\\n";\n'),
    "shell": ("a.sh", "read n; echo $n!\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ECHO)
def test_a_program_in_any_language_whose_toolchain_is_here_is_judged(pool: Pool, tmp_path: Path, name: str) -> None:
    file, source = ECHO[name]
    language = next(language for language in LANGUAGES if language.name == name)
    if language.found() is None:
        pytest.skip(f"no {language.program}")
    domain = exercise(tmp_path / "echo", {file: "", "tests/cases.json": '[{"stdin": "42", "stdout": "42!"}]'})
    assert judged(pool, domain, "echo", source) == (1.0, "1 of 1 hidden tests hold")
    assert judged(pool, domain, "echo", source.replace("!", "?"))[0] == 0.0
