"""What may change of a program, as a task agent and back; nothing else can change, whatever an agent says."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hyperagent as ha
from hyperagent.domains.script.blocks import Program
from meta import Genome, violations

MARKED = '''"""Words."""

import math

# EVOLVE-BLOCK-START
STEP = 1


def move(x):
    return x + STEP
# EVOLVE-BLOCK-END


def secret():
    return "kept"
'''
INSIDE = """class Agent:
    def act(self, x):
        # EVOLVE-BLOCK-START
        y = x + 1
        return y
        # EVOLVE-BLOCK-END
    # EVOLVE-BLOCK-START
    async def later(self):
        await self.act(1)
    # EVOLVE-BLOCK-END
"""
WHOLE = 'from __future__ import annotations\nTEXT = """a\n  b\n"""\n\n\ndef solve(grid):\n    return grid\n'
EACH = {"marked.py": MARKED, "inside.py": INSIDE, "whole.py": WHOLE.partition("\n")[2]}


@pytest.mark.parametrize("text", [MARKED, INSIDE, EACH["whole.py"], "x = 1", MARKED + INSIDE, 'A = """\nx\n"""\n'])
def test_the_agent_of_a_program_gives_the_program_back(text: str) -> None:
    found = Program({"program.py": text}).files(Program({"program.py": text}).agent())
    assert found == {"program.py": text if text.endswith("\n") else f"{text}\n"}


def test_several_files_stand_in_one_agent_even_where_they_share_names() -> None:
    program = Program({**EACH, "other.py": EACH["whole.py"]})
    assert program.files(program.agent()) == {**EACH, "other.py": EACH["whole.py"]}


@given(st.lists(st.sampled_from([MARKED, INSIDE, EACH["whole.py"], "x = 1\n", "y: int = 2\n"]), min_size=1, max_size=4))
def test_an_agent_keeps_the_contract_of_a_genome(texts: list[str]) -> None:
    agent = Program({f"file{k}.py": text for k, text in enumerate(texts)}).agent()
    ast.parse(agent)
    broken = violations(Genome({"task_agent.py": agent}))
    assert not [v for v in broken if v.place.startswith("task_agent.py") and v.rule in ("contract", "syntax")]


def test_what_stands_outside_of_the_marks_is_not_shown_to_edits_and_stays() -> None:
    program = Program({"p.py": MARKED})
    assert "secret" not in program.agent() and "import math" not in program.agent()
    assert "secret" in program.kept() and "STEP" not in program.kept()
    tampered = program.agent().replace("STEP = 1", "STEP = 2") + "\ndef secret():\n    return 'mine'\n"
    assert program.files(tampered) == {"p.py": MARKED.replace("STEP = 1", "STEP = 2")}


@pytest.mark.parametrize("cut", ["# >>> p.py 1\n", "# <<< p.py 1\n", "# >>> p.py"])
def test_an_agent_without_its_marks_is_refused(cut: str) -> None:
    program = Program({"p.py": MARKED})
    assert program.files(program.agent().replace(cut, "")) == "the marks of p.py 1 are gone from the task agent"


def test_a_wrapper_that_was_renamed_is_refused() -> None:
    program = Program({"p.py": INSIDE})
    assert "def block_p_py_1():" in program.agent()
    assert "are gone" in str(program.files(program.agent().replace("def block_p_py_1", "def mine")))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# EVOLVE-BLOCK-START\nx = 1\n", "EVOLVE-BLOCK-START without EVOLVE-BLOCK-END"),
        ("# EVOLVE-BLOCK-START\n# EVOLVE-BLOCK-START\n", "EVOLVE-BLOCK-START inside a block"),
        ("def f(:\n", "no Python code that can be edited by itself"),
        ("# only words\n", "no Python code that can be edited by itself"),
    ],
)
def test_a_program_that_cannot_be_cut_is_refused(text: str, message: str) -> None:
    with pytest.raises(ha.DomainError, match=message):
        Program({"p.py": text})
