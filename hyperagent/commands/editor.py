"""A person's own hand: the files of a child in an editor, and what came of them."""

import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path

from hyperagent.commands.best import inside
from hyperagent.errors import RunError, UsageError

USUAL = "vi"


def edited(files: Mapping[str, str]) -> dict[str, str | None]:
    """Open files in $VISUAL or $EDITOR and return those that are other ones then; None for one that was removed.

    They lie in a folder of their own; what is put beside them comes along, but for what the editor
    keeps there for itself.
    """
    command = editor()
    with tempfile.TemporaryDirectory(prefix="hyperagent-") as folder:
        root = Path(folder)
        for name, text in files.items():
            path = inside(root, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        try:
            done = subprocess.run([*command, *(str(inside(root, name)) for name in files)], cwd=root, check=False)
        except OSError as error:
            raise UsageError(f"{command[0]}: {error.strerror}, expected an editor in $VISUAL or $EDITOR") from None
        if done.returncode:
            raise RunError(f"{command[0]} ended with {done.returncode}: nothing is changed")
        found = [path for path in root.rglob("*") if path.is_file() and not is_of_the_editor(path)]
        after = {path.relative_to(root).as_posix(): text_of(path) for path in found}
    gone: dict[str, str | None] = {name: None for name in files if name not in after}
    return gone | {name: text for name, text in sorted(after.items()) if files.get(name) != text}


def editor() -> list[str]:
    """The command that $VISUAL or $EDITOR holds."""
    said = next((text for name in ("VISUAL", "EDITOR") if (text := os.environ.get(name, "").strip())), USUAL)
    try:
        return shlex.split(said)
    except ValueError as error:
        raise UsageError(f"{said!r}: {error}, expected an editor in $VISUAL or $EDITOR") from None


def is_of_the_editor(path: Path) -> bool:
    """Whether an editor put a file there for itself: what was before, what is open, what was not saved."""
    return any(fnmatch(path.name, pattern) for pattern in ("*~", ".*.sw?", "#*#", ".#*"))


def text_of(path: Path) -> str:
    """The text of a file that came out of an editor."""
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError:
        raise RunError(f"{path.name}: is no text in UTF-8, expected what was edited to be") from None
