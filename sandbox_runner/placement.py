"""Where in a jail this interpreter is: at places that are the same for everybody and tell nothing of the host.

What belongs to the system stays where every Linux has it. An interpreter that is installed elsewhere, a virtual
environment and further folders of packages are attached under names of our own. The marker of a virtual environment
and the scripts of its bin are written anew, for they name the folder that they were made for.

Not covered: what other files say of themselves. Compiled files and the program of an interpreter name the folder that
they were made for as well, and whoever can import them can read them.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sandbox_runner import interpreter
from sandbox_runner.oblivion import BASE
from sandbox_runner.outcome import Profile
from sandbox_runner.renaming import telling

_SYSTEM_PREFIXES = ("/usr", "/usr/local")
_SYSTEM_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
_BASE, _BASE_PLATFORM, _OWN, _OWN_PLATFORM = BASE, f"{BASE}-platform", "/environment", "/environment-platform"
_LONGEST_SCRIPT = 1 << 16


@dataclass(frozen=True)
class Placement:
    """What a jail is shown, by its path on the host; the `links` and files `made` for it; and how Python starts there.

    What is `masked` looks empty.
    """

    shown: dict[str, str]
    links: dict[str, str]
    made: dict[str, bytes]
    masked: list[str]
    veiled: list[str]
    """Files, and folders in which files may name folders of the host, that jobs must not see as they are."""
    names: dict[str, str]
    """What folders of the host are called in a jail, where files and memory are to be searched for them."""
    path: list[str]
    program: str
    programs: list[str]
    """Folders to be searched for programs."""
    libraries: str
    """Where the interpreter finds its own library, if it has one that the system does not know."""


def placement(profile: Profile) -> Placement:
    """Of this interpreter, its packages and, for "tools", the programs of the host."""
    visible = interpreter.visible()
    folders = [*visible, *(interpreter.programs() if profile == "tools" else ())]
    program, library = str(Path(sys.executable).resolve()), _library()
    files = [file for file in (program, library) if file]
    links, made = _links(program), _environment()
    bins = [name for name in dict.fromkeys((place(sys.prefix), place(sys.base_prefix))) if name not in _SYSTEM_PREFIXES]
    if profile == "tools":
        for script, content in _scripts():
            if content:
                made[place(script)] = content
            else:
                files.append(script)
    hidden = [*interpreter.masked(visible), *interpreter.signposts()]
    if profile == "pure":
        hidden += interpreter.unused(visible)
    return Placement(
        {path: place(path) for path in (*folders, *files)},
        links,
        made,
        sorted({place(path) for path in hidden}),
        _veiled([*visible, *files] if profile == "tools" else [*visible, program]),
        telling(_names()),
        [place(path) for path in interpreter.path(visible)],
        next(iter(links), place(program)),
        [f"{name}/bin" for name in bins],
        str(Path(place(library)).parent) if library else "",
    )


def place(path: str) -> str:
    """Where in a jail the file or folder of the host is."""
    for folder, name in _names().items():
        if Path(path).is_relative_to(folder):
            return str(Path(name, Path(path).relative_to(folder)))
    return path


@cache
def _names() -> dict[str, str]:
    """The folders of this interpreter's that are none of the system's, inner ones first, and their names in a jail."""
    named: dict[str, str] = {}
    prefixes = (sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix)
    for prefix, name in zip(prefixes, (_BASE, _BASE_PLATFORM, _OWN, _OWN_PLATFORM), strict=True):
        if prefix not in _SYSTEM_PREFIXES:
            named.setdefault(prefix, name)
            named.setdefault(str(Path(prefix).resolve()), name)
    known = (*named, *_SYSTEM_FOLDERS)
    for number, site in enumerate(interpreter.sites()):
        if not any(Path(site).is_relative_to(folder) for folder in known):
            named.setdefault(site, f"/packages/{number}")
            named.setdefault(str(Path(site).resolve()), f"/packages/{number}")
    return dict(sorted(named.items(), key=lambda item: -len(item[0])))


def _veiled(shown: Sequence[str]) -> list[str]:
    """Of what is shown, the outermost of what has another name in a jail."""
    moved = sorted({place(path) for path in shown} - set(shown))
    return [path for path in moved if not any(Path(path).is_relative_to(outer) for outer in moved if outer != path)]


def _links(program: str) -> dict[str, str]:
    """The names of the interpreter in a jail; the first is the one that it is started by."""
    folder = f"{place(sys.prefix)}/bin"
    if place(sys.prefix) in _SYSTEM_PREFIXES:
        return {}
    names = ("python3", "python", f"python3.{sys.version_info.minor}")
    return {f"{folder}/{name}": place(program) for name in names if f"{folder}/{name}" != place(program)}


def _environment() -> dict[str, bytes]:
    """What makes a folder a virtual environment."""
    if sys.prefix == sys.base_prefix:
        return {}
    marker = Path(sys.prefix, "pyvenv.cfg")
    lines = marker.read_text().splitlines() if marker.exists() else []
    kept = [line for line in lines if line.startswith(("include-system-site-packages", "version"))]
    return {f"{place(sys.prefix)}/pyvenv.cfg": "\n".join([f"home = {place(sys.base_prefix)}/bin", *kept, ""]).encode()}


def _library() -> str:
    """The library of the interpreter, if it lies where the system does not look."""
    with Path("/proc/self/maps").open() as maps:
        mapped = {line.split(maxsplit=5)[5].strip() for line in maps if "/libpython" in line}
    outside = (path for path in sorted(mapped) if not path.startswith(_SYSTEM_FOLDERS))
    return next(outside, "")


def _scripts() -> Iterator[tuple[str, bytes]]:
    """The programs beside the interpreter: of each its path, and its text with names of a jail unless it is binary."""
    for prefix in interpreter.prefixes():
        folder = Path(prefix, "bin")
        if prefix in _SYSTEM_PREFIXES or not folder.is_dir():
            continue
        for file in sorted(folder.iterdir()):
            if file.is_file() and not file.is_symlink() and not file.name.startswith("python"):
                with file.open("rb") as program:
                    head = program.read(_LONGEST_SCRIPT)
                if head.startswith(b"\x7fELF"):
                    yield str(file), b""
                elif head.startswith(b"#!") and len(head) < _LONGEST_SCRIPT:
                    yield str(file), _renamed(head)


def _renamed(script: bytes) -> bytes:
    for folder, name in _names().items():
        script = script.replace(folder.encode(), name.encode())
    return script
