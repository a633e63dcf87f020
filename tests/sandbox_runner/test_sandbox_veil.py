"""Jobs find no compiled files and no name of a folder of the host's, and can import all the same."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox_runner import Call, Limits, Module, Plain, Pool, Returned, layers
from sandbox_runner.veil import renamed
from tests.sandbox_runner.conftest import outcome

MOVED = sys.base_prefix not in ("/usr", "/usr/local")
pytestmark = [
    pytest.mark.skipif(
        "overlays" not in {layer.name for layer in layers() if layer.present}, reason="no overlays here"
    ),
    pytest.mark.skipif(not MOVED, reason="this Python is the system's, whose folders have no names to hide"),
]
LIMITS = Limits(wall_seconds=30.0, cpu_seconds=20, memory_bytes=256 << 20)


def told(pool: Pool, body: str, preload: str = "bare") -> Plain:
    """What the body of a function returns in a jail."""
    harness = Module("def run(api):\n" + "\n".join(f"    {line}" for line in body.splitlines()))
    result = outcome(pool, Call("harness:run", {"harness": harness}, limits=LIMITS, preload=preload))
    assert isinstance(result, Returned), result
    return result.value


def test_what_a_call_imports_later_is_compiled_from_its_source(pool: Pool) -> None:
    body = """
import asyncio, csv, decimal, os, sqlite3, unicodedata
modules = [asyncio, csv, decimal, sqlite3]
assert unicodedata.name("a") and decimal.Decimal("0.1") + 1 and sqlite3.connect(":memory:").execute("select 1")
return [os.path.exists(module.__file__) and not os.path.exists(module.__cached__) for module in modules]"""
    assert told(pool, body) == [True] * 4


def test_packages_with_libraries_of_their_own_are_imported_later(pool: Pool) -> None:
    assert told(pool, "import numpy.linalg\nreturn float(numpy.linalg.det([[2.0, 0.0], [0.0, 3.0]]))") == 6.0
    assert told(pool, "import libcst.helpers, numpy.fft\nreturn len(numpy.fft.fft([1, 2]))", "full") == 2


def test_no_folder_has_compiled_files(pool: Pool) -> None:
    body = """
import os, sys
return [here for folder in sys.path for here, _, _ in os.walk(folder) if here.endswith("__pycache__")]"""
    assert told(pool, body) == []


def test_folders_keep_their_times_so_that_what_is_known_of_them_stays_good(pool: Pool) -> None:
    body = "import os\nreturn os.stat(os.path.dirname(os.__file__)).st_mtime"
    assert told(pool, body) == Path(os.__file__).parent.stat().st_mtime


def test_python_tells_of_no_folder_of_the_host_how_it_was_built(pool: Pool) -> None:
    values = told(pool, "import sysconfig\nreturn [str(value) for value in sysconfig.get_config_vars().values()]")
    assert isinstance(values, list)
    assert values
    assert [value for value in values if sys.base_prefix in str(value)] == []


@pytest.mark.parametrize("preload", ["bare", "full"])
def test_the_memory_of_a_call_holds_no_folder_of_the_host(pool: Pool, preload: str) -> None:
    """The call knows them without their first slash, lest it find its own; what must be there shows that it looks."""
    body = f"""
import ctypes, os, re, sys
libc, found = ctypes.CDLL(None), set()
libc.write.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
libc.sbrk.restype = ctypes.c_void_p
names = {[folder[1:] for folder in (sys.base_prefix, sys.prefix, "/python/lib/python3")]!r}
(out, into), code = os.pipe(), ctypes.cast(ctypes.pythonapi.Py_GetVersion, ctypes.c_void_p).value
for middle in (code, libc.sbrk(0), id(sys.modules), id(names)):
    for at in range((middle - (16 << 20)) & -4096, middle + (16 << 20), 4096):
        size = libc.write(into, at, 4096)
        page = os.read(out, size) if size > 0 else b""
        found.update(name for name in names if re.search(b"[/]" + re.escape(name.encode()), page))
return sorted(found)"""
    assert told(pool, body, preload) == ["python/lib/python3"]


def test_where_nothing_is_moved_nothing_is_renamed_in_memory() -> None:
    with Pool(1, sandbox="none") as pool:
        body = "import os, sys\nreturn [sys.base_prefix, os.path.dirname(os.__file__)]"
        assert told(pool, body) == [sys.base_prefix, str(Path(os.__file__).parent)]


@given(st.binary(), st.sampled_from(["/home/someone/python", "/o/p", "/srv"]), st.binary())
def test_a_name_becomes_another_of_the_same_length(before: bytes, folder: str, behind: bytes) -> None:
    content = before + os.fsencode(folder) + behind
    new = renamed(content, {folder: "/python"})
    assert len(new) == len(content)
    assert os.fsencode(folder) not in new
