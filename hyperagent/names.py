"""Names of files that a genome may have, and that a folder of a person's should not."""

import re
import unicodedata

from hyperagent.errors import RunError

FOR_GIT = re.compile(r"\.git.*|git~[0-9]+", re.IGNORECASE)


def refuse_for_git(name: str) -> None:
    """Raise `RunError` for a path that git would read on some system, where letters without a width are passed over."""
    plain = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    if any(FOR_GIT.fullmatch(part) for part in plain.split("/")):
        raise RunError(f"file {name!r:.80} of a genome would mean something to git, expected another name")
