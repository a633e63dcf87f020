"""Where this Python keeps its own files: the one part of the host's disk that a jail is shown, read-only.

Not shown: any entry of sys.path outside the prefixes and site-packages, such as the project's folder of an editable
install, and inside site-packages whatever was installed together with this package, the answers to tasks included.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SITES = ("site-packages", "dist-packages")
_PROGRAMS = (
    "/bin", "/usr/bin", "/usr/local/bin", "/usr/include", "/usr/local/include", "/usr/libexec", "/usr/share",
    "/etc/alternatives",
)  # fmt: skip
# Written by whoever installs a package from a folder, to find that folder again.
_SIGNPOSTS = ("*.pth", "*.egg-link", "__editable__*", "__pycache__/__editable__*", "*.dist-info/direct_url.json")


def visible() -> list[str]:
    """Folders of the standard library and of installed packages, as they are named and as they are resolved."""
    named = {Path(prefix, lib) for prefix in prefixes() for lib in ("lib", "lib64")}
    named |= {Path(entry) for entry in sites()}
    return sorted({str(path) for folder in named if folder.is_dir() for path in (folder, folder.resolve())})


def prefixes() -> list[str]:
    """Where the interpreter is installed, and where its virtual environment is."""
    return list(dict.fromkeys([sys.base_prefix, sys.base_exec_prefix, sys.prefix, sys.exec_prefix]))


def sites() -> list[str]:
    """Entries of sys.path with installed packages."""
    return [entry for entry in sys.path if Path(entry).name in _SITES]


def programs() -> list[str]:
    """What the profile "tools" is shown besides: the system's programs, and what compilers and scripts read."""
    named = {*_PROGRAMS, *(str(Path(prefix, "include")) for prefix in prefixes())}
    return sorted(path for path in named if Path(path).exists())


def path(shown: Sequence[str]) -> list[str]:
    """sys.path for a jail: the entries that lie in `shown`."""
    return [entry for entry in sys.path if any(Path(entry).is_relative_to(folder) for folder in shown)]


def masked(shown: Sequence[str]) -> list[str]:
    """Folders inside `shown` that must look empty: all packages of the distribution that this one came with."""
    site = _PACKAGE.parent
    if not any(site.is_relative_to(folder) for folder in shown):
        return []
    lists = (listing.read_text().split() for listing in site.glob("*.dist-info/top_level.txt"))
    names = next((names for names in lists if _PACKAGE.name in names), [_PACKAGE.name])
    return [str(site / name) for name in sorted(names) if (site / name).is_dir()]


def unused(shown: Sequence[str]) -> list[str]:
    """Folders of packages inside `shown` that this interpreter does not import from: those of its base, most often."""
    used = {str(Path(entry).resolve()) for entry in sys.path}
    found = (site for folder in shown for name in _SITES for site in Path(folder).glob(f"python3*/{name}"))
    return sorted(str(site) for site in found if str(site.resolve()) not in used)


def signposts() -> Iterator[str]:
    """Files among the packages that tell of other folders of the host."""
    for site in sites():
        for pattern in _SIGNPOSTS:
            yield from (str(file) for file in Path(site).glob(pattern) if _points_away(file))


def _points_away(file: Path) -> bool:
    return "editable" in file.name or any(line.startswith(("/", "{")) for line in file.read_text().splitlines())
