"""Strategies for genomes: Python in several encodings, text, and bytes that are neither."""

from hypothesis import strategies as st

from hyperagent.testing.sources import either, sources
from meta import Genome

MODULES = ("m.py", "task_agent.py", "pkg/tools.py", "pkg/deep/more.py", "not a module.py")
OTHERS = ("notes.md", "data/table.bin", "settings.json")


def genomes(min_size: int = 0, max_size: int = 3) -> st.SearchStrategy[Genome]:
    """Genomes of so many files: modules and packages that compile, and files that are no Python at all.

    Modules are in UTF-8, now and then with a byte order mark, or in Latin-1 with a coding line; line ends and
    indentation are as varied as those of `sources`.
    """
    kinds = st.one_of(st.tuples(either(MODULES), modules()), st.tuples(either(OTHERS), contents()))
    files = st.lists(kinds, min_size=min_size, max_size=max_size, unique_by=lambda file: file[0])
    return files.map(lambda found: Genome(dict(found)))


def modules() -> st.SearchStrategy[bytes]:
    """The bytes of a module."""
    return st.tuples(sources(3), either(("utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1"))).map(
        lambda found: encoded(*found)
    )


def encoded(text: str, codec: str) -> bytes:
    """A module in a codec that it names, unless it is plain UTF-8; what Latin-1 has no letter for becomes a `?`."""
    if codec != "latin-1":
        return text.encode(codec)
    newline = "\r\n" if "\r\n" in text else "\n"
    return (f"# coding: latin-1{newline}" + text).encode(codec, "replace")


def contents() -> st.SearchStrategy[bytes]:
    """The bytes of a file that is no module."""
    return st.one_of(st.sampled_from((b"", b"one\ntwo\n", b"one\r\n\xff\x00")), st.binary(max_size=40))
