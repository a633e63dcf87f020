"""Where this Python keeps its own files: the one part of the host's disk that a jail is shown, read-only.

Not shown: any entry of sys.path outside the prefixes and site-packages, such as the project's folder of an editable
install, and inside site-packages whatever was installed together with this package, the answers to tasks included.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_SITES = ("site-packages", "dist-packages")
_PROGRAMS = (
    "/bin", "/usr/bin", "/usr/local/bin", "/usr/include", "/usr/local/include", "/usr/libexec", "/usr/share",
    "/etc/alternatives",
)  # fmt: skip


def visible() -> list[str]:
    """Folders of the standard library and of installed packages, as they are named and as they are resolved."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    named = {Path(prefix, lib) for prefix in prefixes for lib in ("lib", "lib64")}
    named |= {Path(entry) for entry in sys.path if Path(entry).name in _SITES}
    return sorted({str(path) for folder in named if folder.is_dir() for path in (folder, folder.resolve())})


def programs() -> list[str]:
    """What the profile "tools" is shown besides: programs, and what compilers and scripts read."""
    prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix}
    own = [str(Path(prefix, name)) for prefix in prefixes for name in ("bin", "include", "pyvenv.cfg")]
    named = {*own, *_PROGRAMS}
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
