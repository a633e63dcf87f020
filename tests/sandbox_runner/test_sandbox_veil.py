"""Jobs find no compiled files and no name of a folder of the host's, and can import all the same."""

import importlib.util
import os
import py_compile
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox_runner import Call, Limits, Module, Plain, Pool, Profile, Returned, layers
from sandbox_runner.placement import placement
from sandbox_runner.renaming import renamed, telling
from tests.sandbox_runner.conftest import outcome

MOVED = sys.base_prefix not in ("/usr", "/usr/local")
pytestmark = [
    pytest.mark.skipif(
        "overlays" not in {layer.name for layer in layers() if layer.present}, reason="no overlays here"
    ),
    pytest.mark.skipif(not MOVED, reason="this Python is the system's, whose folders have no names to hide"),
]
PROFILES = pytest.mark.parametrize("profile", ["pure", "tools"])
LIMITS = Limits(wall_seconds=30.0, cpu_seconds=20, memory_bytes=256 << 20)


def told(pool: Pool, body: str, preload: str = "bare", profile: Profile = "pure") -> Plain:
    """What the body of a function returns in a jail."""
    harness = Module("def run(api):\n" + "\n".join(f"    {line}" for line in body.splitlines()))
    result = outcome(pool, Call("harness:run", {"harness": harness}, limits=LIMITS, preload=preload, profile=profile))
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


@PROFILES
def test_folders_keep_their_times_so_that_what_is_known_of_them_stays_good(pool: Pool, profile: Profile) -> None:
    body = "import os\nreturn os.stat(os.path.dirname(os.__file__)).st_mtime"
    assert told(pool, body, profile=profile) == Path(os.__file__).parent.stat().st_mtime


COMPILED = """
import importlib.util, os, sys
def cached(name):
    file = importlib.util.cache_from_source(importlib.util.find_spec(name).origin)
    return os.path.exists(file) and b"/python//" in open(file, "rb").read()
"""


def test_programs_find_the_library_and_the_packages_of_the_preload_compiled(pool: Pool) -> None:
    body = f"{COMPILED}\nreturn [cached(name) for name in ('unittest.case', 'asyncio.tasks', 'idlelib.run')]"
    assert told(pool, body, profile="tools") == [True, True, False]


def test_another_interpreter_uses_the_compiled_files_and_sees_the_names_of_a_jail(pool: Pool) -> None:
    body = """
import subprocess, sys
program = "import unittest.case; print(unittest.case.TestCase.run.__code__.co_filename)"
done = subprocess.run([sys.executable, "-v", "-c", program], capture_output=True, text=True, check=True)
file, read = done.stdout.strip(), "pyc matches /python/" in done.stderr
return [file.startswith("/python/"), file.endswith("/unittest/case.py"), read]"""
    assert told(pool, body, profile="tools") == [True, True, True]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can have files that its jails may not read")
def test_a_compiled_file_that_may_not_be_read_is_missing_and_nothing_else_is() -> None:
    cached = Path(importlib.util.cache_from_source(this := str(Path(os.__file__).with_name("this.py"))))
    if not cached.exists():
        py_compile.compile(this)
    mode = cached.stat().st_mode
    cached.chmod(0o600)
    try:
        with Pool(workers=1, sandbox="namespaces") as pool:
            body = f"{COMPILED}\nreturn [cached('this'), cached('unittest.case')]"
            assert told(pool, body, profile="tools") == [False, True]
    finally:
        cached.chmod(mode)


@PROFILES
def test_nobody_can_write_to_the_interpreter(pool: Pool, profile: Profile) -> None:
    body = """
import os, sys
flags = [os.statvfs(path).f_flag & os.ST_RDONLY for path in (os.path.realpath(sys.executable), os.__file__)]
return [bool(flag) for flag in flags]"""
    assert told(pool, body, profile=profile) == [True, True]


@PROFILES
def test_python_tells_of_no_folder_of_the_host_how_it_was_built(pool: Pool, profile: Profile) -> None:
    body = "import sysconfig\nreturn [str(value) for value in sysconfig.get_config_vars().values()]"
    values = told(pool, body, profile=profile)
    assert isinstance(values, list)
    assert values
    assert [value for value in values if sys.base_prefix in str(value)] == []


@PROFILES
@pytest.mark.parametrize("preload", ["bare", "full"])
def test_the_memory_of_a_call_holds_no_folder_of_the_host(pool: Pool, preload: str, profile: Profile) -> None:
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
    assert told(pool, body, preload, profile) == ["python/lib/python3"]


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


def test_names_that_other_bytes_may_be_are_looked_for_nowhere() -> None:
    named = {"/home/al/e": "/a", "/o/python": "/b", "/x": "/c", "/venv": "/d", "/environments": "/e", "/o/p": "/f"}
    assert telling(named) == {"/home/al/e": "/a", "/o/python": "/b"}
    found = placement("tools").names
    assert found == telling(found)
