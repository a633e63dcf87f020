import os
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperagent.science.changes import changes
from hyperagent.science.text import line, visible
from meta import Genome

texts = st.text(alphabet="ab\n\r\x0c ", max_size=40)


def test_only_files_that_differ_are_listed() -> None:
    old = Genome({"a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z\n"})
    new = Genome({"a.py": "x = 2\n", "b.py": "y = 1\n", "d.py": "w\n"})
    assert [(one.name, one.added, one.removed) for one in changes(old, new)] == [
        ("a.py", 1, 1),
        ("c.py", 0, 1),
        ("d.py", 1, 0),
    ]


def test_a_diff_is_unified() -> None:
    (found,) = changes(Genome({"a.py": "x = 1\ny = 1"}), Genome({"a.py": "x = 2\ny = 1"}))
    head = "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n"
    assert found.diff == f"{head}-x = 1\n+x = 2\n y = 1\n\\ No newline at end of file\n"


def test_a_file_that_is_no_text_is_named_and_not_shown() -> None:
    (found,) = changes(Genome({}), Genome({"a": b"\xff"}))
    assert found.diff == "Binary files /dev/null and b/a differ\n"


@given(texts, texts)
def test_git_makes_the_new_file_from_the_old_one(tmp_path_factory: pytest.TempPathFactory, old: str, new: str) -> None:
    folder = tmp_path_factory.mktemp("patch")
    (folder / "f").write_bytes(old.encode())
    for change in changes(Genome({"f": old}), Genome({"f": new})):
        (folder / "d").write_bytes(change.diff.encode())
        command = ["git", "apply", "--whitespace=nowarn", "-p1", "d"]
        alone = {**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)}
        subprocess.run(command, cwd=folder, check=True, capture_output=True, env=alone)
    assert (folder / "f").read_bytes().decode() == new


def test_files_made_to_be_hard_to_match_cost_little() -> None:
    old = "".join(f"{k % 300}\n" for k in range(60_000))
    new = "".join(f"{k * 7 % 300}\n" for k in range(60_000))
    begun = time.monotonic()
    (found,) = changes(Genome({"a": old}), Genome({"a": new}))
    assert time.monotonic() - begun < 5
    assert (found.added, found.removed) == (60_000, 60_000)


@pytest.mark.parametrize("character", ["\x1b", "\x07", "\r", "\x9b", "\u202e", "\u200b", "\ud800", "\u2028", "\x00"])
def test_what_steers_and_is_not_seen_is_spelled_out(character: str) -> None:
    assert visible(f"a{character}b\n\tc") == f"a{character.encode('unicode_escape').decode()}b\n\tc"


def test_letters_of_any_script_stay() -> None:
    assert visible("naïve λ 日本 🙂") == "naïve λ 日本 🙂"


def test_a_line_has_a_bounded_length() -> None:
    assert line("ab\ncd\x1b" * 10_000, 20) == "ab cd\\x1bab cd\\x1ba…"
    assert len(line("x" * 1000, 20)) == 20
