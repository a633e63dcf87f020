"""The languages that exercises may be in: what a file of each is called, and what builds and runs it.

Only programs count that a jail is shown: those in the system's folders, not those in a user's home. Java is not among
them, since Debian keeps a part of it in /etc, of which a jail is shown nothing.
"""

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

SHOWN = "/usr/local/bin:/usr/bin:/bin"
"""Where a jail of the profile "tools" finds programs."""


@dataclass(frozen=True)
class Language:
    """A language: the endings of its files, and its commands, in which FILES stands for the
    names of all sources, FILE for the first."""

    name: str
    endings: tuple[str, ...]
    build: tuple[str, ...]
    run: tuple[str, ...]

    @property
    def program(self) -> str:
        """The program that must be there."""
        return (self.build or self.run)[0]

    def found(self) -> str | None:
        """The path of the program, None if no jail would find it. This interpreter is shown to all of them."""
        if self.name == "python":
            return sys.executable
        return shutil.which(self.program, path=SHOWN)

    def building(self, files: Sequence[str]) -> list[str]:
        """The command that makes a program of files; empty where none is needed."""
        return filled(self.build, self.sources(files))

    def running(self, files: Sequence[str]) -> list[str]:
        """The command that runs it."""
        return filled(self.run, self.sources(files))

    def sources(self, files: Sequence[str]) -> list[str]:
        """Those of the files that are handed to a compiler."""
        return [name for name in files if name.endswith(self.endings) and not name.endswith(".h")]


def filled(command: Sequence[str], files: Sequence[str]) -> list[str]:
    """A command with names in the place of FILES and FILE."""
    places = {"FILES": [*files], "FILE": [*files[:1]]}
    return [word for given in command for word in places.get(given, [given])]


LANGUAGES = (
    Language("python", (".py",), (), ("python3", "-s", "-S", "FILE")),
    Language("c", (".c", ".h"), ("gcc", "-O1", "-o", "program", "FILES", "-lm"), ("./program",)),
    Language("c++", (".cpp", ".cc", ".h"), ("g++", "-O1", "-o", "program", "FILES"), ("./program",)),
    Language("javascript", (".js", ".mjs"), (), ("node", "FILE")),
    Language("go", (".go",), ("go", "build", "-o", "program", "FILES"), ("./program",)),
    Language("rust", (".rs",), ("rustc", "-O", "-o", "program", "FILE"), ("./program",)),
    Language("perl", (".pl", ".pm"), (), ("perl", "FILE")),
    Language("ruby", (".rb",), (), ("ruby", "FILE")),
    Language("lua", (".lua",), (), ("lua", "FILE")),
    Language("shell", (".sh",), (), ("sh", "FILE")),
)


def language_of(files: Sequence[str]) -> Language | None:
    """The language of the first of the files that is in a known one."""
    endings = [name[name.rfind(".") :] for name in files if "." in name]
    known = {ending: language for language in reversed(LANGUAGES) for ending in language.endings}
    return next((known[ending] for ending in endings if ending in known), None)
