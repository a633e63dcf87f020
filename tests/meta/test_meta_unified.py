"""Patches as unified diffs, and unified diffs as patches: what one tool writes the other reads, and git reads too."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import edited_genomes, genomes

from meta import (
    DeleteFile,
    Genome,
    Patch,
    PatchError,
    Rename,
    RenameFile,
    Replace,
    WriteFile,
    apply,
    diff,
    from_unified,
    to_unified,
)

OLD = Genome({"m.py": "def f():\n    return 1\n", "my notes.txt": "a\nb", "gone.txt": "x\r\n", "empty": ""})
NEW = Genome(
    {
        "m.py": "def f():\n    return 2\n",
        "my notes.txt": "a\nc\n",
        "new.py": "x = '\u2028'\n",
        "hollow": "",
        "empty": "",
    }
)
SHOWN = """\
diff --git a/gone.txt b/gone.txt
deleted file mode 100644
--- a/gone.txt
+++ /dev/null
@@ -1 +0,0 @@
-x\r
diff --git a/hollow b/hollow
new file mode 100644
diff --git a/m.py b/m.py
--- a/m.py
+++ b/m.py
@@ -1,2 +1,2 @@
 def f():
-    return 1
+    return 2
diff --git a/my notes.txt b/my notes.txt
--- a/my notes.txt\t
+++ b/my notes.txt\t
@@ -1,2 +1,2 @@
 a
-b
\\ No newline at end of file
+c
diff --git a/new.py b/new.py
new file mode 100644
--- /dev/null
+++ b/new.py
@@ -0,0 +1 @@
+x = '\u2028'
"""


def test_a_patch_is_shown_as_git_shows_it_and_read_back() -> None:
    patch = diff(OLD, NEW)
    assert to_unified(OLD, patch) == SHOWN
    found = from_unified(OLD, SHOWN)
    assert apply(OLD, found) == NEW and Replace("m:f/body[0].value", "1", "2") in found.edits


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
def test_git_makes_the_same_of_a_diff(tmp_path: Path) -> None:
    for name in OLD:
        (tmp_path / name).write_bytes(OLD.raw(name))
    subprocess.run(["git", "apply", "-"], input=SHOWN.encode(), cwd=tmp_path, check=True, timeout=20)
    assert Genome({path.name: path.read_bytes() for path in tmp_path.iterdir()}) == NEW


def is_text(genome: Genome) -> bool:
    """Whether every file of a genome can be shown in a diff."""
    return all(isinstance(genome[name], str) and "\0" not in genome[name] for name in genome)


@given(genomes.filter(is_text), genomes.filter(is_text))
def test_a_diff_of_texts_is_read_back_as_a_patch_that_does_the_same(old: Genome, new: Genome) -> None:
    assert apply(old, from_unified(old, to_unified(old, diff(old, new)))) == new


@given(edited_genomes())
def test_a_diff_of_an_edit_is_read_back(case: tuple[Genome, Patch]) -> None:
    genome, patch = case
    try:
        child = apply(genome, patch)
    except PatchError:
        return
    assert apply(genome, from_unified(genome, to_unified(genome, patch))) == child


@given(st.data())
def test_any_text_is_read_as_a_patch_or_refused_as_one(data: st.DataObject) -> None:
    lines = SHOWN.splitlines(keepends=True)
    drawn = data.draw(
        st.lists(st.sampled_from([*lines, "@@ -1 +1 @@\n", "+x\n", "-x\n", " x\n", "\\ No\n", "--- a/m.py\n"]))
    )
    extra = data.draw(st.text(max_size=20))
    try:
        patch = from_unified(OLD, "".join(drawn) + extra)
    except PatchError:
        return
    assert from_unified(OLD, to_unified(OLD, patch)) is not None


def test_a_renamed_file_is_shown_and_read_as_one() -> None:
    patch = Patch((RenameFile("m.py", diff(OLD, Genome({})).edits[2].expect, "n.py"), Rename("m:f", "f", "g")))  # type: ignore[union-attr]  # a deletion
    text = to_unified(OLD, patch)
    assert "rename from m.py\nrename to n.py\n--- a/m.py\n+++ b/n.py\n" in text
    found = from_unified(OLD, text)
    assert isinstance(found.edits[0], RenameFile) and apply(OLD, found) == apply(OLD, patch)


def test_a_file_in_another_encoding_is_shown_as_its_text() -> None:
    old, new = (Genome({"m.py": f"# coding: latin-1\ns = '{mark}'\n".encode("latin-1")}) for mark in "éè")
    text = to_unified(old, diff(old, new))
    assert "-s = 'é'\n+s = 'è'\n" in text and apply(old, from_unified(old, text)) == new


@pytest.mark.parametrize("before", ["# coding: latin-1\ns = 1\n", "# coding: cp1252\ns = 'é'\n", "s = 'é'\n", None])
def test_a_text_is_written_in_the_encoding_that_it_declares(before: str | None) -> None:
    codec = "cp1252" if before and "cp1252" in before else "utf-8"
    old = Genome({} if before is None else {"m.py": before.encode(codec)})
    new = Genome({"m.py": "# coding: latin-1\ns = 'é'\n".encode("latin-1")})
    for a, b in ((old, new), (new, old)):
        assert apply(a, from_unified(a, to_unified(a, diff(a, b)))) == b


def test_what_is_no_text_is_named_and_cannot_be_read_back() -> None:
    old, new = Genome({"a.bin": b"\0\xff"}), Genome({"a.bin": b"\0\xfe"})
    text = to_unified(old, diff(old, new))
    assert text == "diff --git a/a.bin b/a.bin\nBinary files a/a.bin and b/a.bin differ\n"
    with pytest.raises(PatchError, match=r"line 2: a\.bin: found 'Binary files"):
        from_unified(old, text)


HEAD = "--- a/m.py\n+++ b/m.py\n"
LINK = "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n"
REFUSED = {
    "another line": (
        HEAD + "@@ -1,2 +1 @@\n def f():\n-    return 3\n",
        "m.py, hunk @@ -1,2 +1 @@: line 2: found '    return 1\\n', expected",
    ),
    "another place": (HEAD + "@@ -2 +2 @@\n-def f():\n+def g():\n", "hunk @@ -2 +2 @@: line 2: found '    return 1"),
    "past the end": (HEAD + "@@ -3 +3 @@\n-x\n+y\n", "line 3: found the end of the file, expected 'x\\n'"),
    "too short": (HEAD + "@@ -1,2 +1,2 @@\n def f():\n", "hunk @@ -1,2 +1,2 @@: ends too early"),
    "too long": (HEAD + "@@ -1 +1 @@\n def f():\n+x\n", "line 5: m.py: found '+x', expected a hunk"),
    "overlapping": (HEAD + "@@ -1 +1 @@\n def f():\n@@ -1 +1 @@\n def f():\n", "hunk @@ -1 +1 @@: overlaps"),
    "what does not parse": (HEAD + "@@ -1,2 +1,2 @@\n-def f():\n+def f(\n     return 1\n", None),
    "no such file": ("--- a/n.py\n+++ b/n.py\n@@ -1 +1 @@\n-x\n+y\n", "n.py: found no such file"),
    "a file that is there": (
        "--- /dev/null\n+++ b/m.py\n@@ -0,0 +1 @@\n+x\n",
        "m.py: found such a file, expected none",
    ),
    "a name that climbs out": ("--- /dev/null\n+++ b/../x\n@@ -0,0 +1 @@\n+x\n", "'../x': expected a relative path"),
    "a full path": ("--- /dev/null\n+++ /etc/x\n@@ -0,0 +1 @@\n+x\n", "'/etc/x': expected a relative path"),
    "a symbolic link": (LINK, "line 2: l: mode 120000, expected that of a plain file"),
    "a copy": ("diff --git a/m.py b/n.py\ncopy from m.py\ncopy to n.py\n", "found 'copy from m.py'"),
    "a head of no hunk": (HEAD + "@@ here @@\n", "expected the head of a hunk"),
    "half a deletion": ("--- a/m.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-def f():\n", "deleted, but its hunks leave lines"),
    "two sections of one file": ((HEAD + "@@ -1 +1 @@\n-def f():\n+def g():\n") * 2, "m.py: two sections of one file"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_diff_that_does_not_fit_is_refused_by_its_hunk(what: str) -> None:
    text, message = REFUSED[what]
    if message is None:
        assert [type(edit) for edit in from_unified(OLD, text).edits] == [WriteFile]
        return
    with pytest.raises(PatchError) as caught:
        from_unified(OLD, text)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_words_above_a_diff_are_passed_over() -> None:
    found = from_unified(OLD, "From: someone\n\nIt says why.\n" + SHOWN)
    assert apply(OLD, found) == NEW and any(isinstance(edit, DeleteFile) for edit in found.edits)
