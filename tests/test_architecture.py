"""The house: who may import whom, one door for each dependency, no printing, and few broad excepts, all named here.

Sources are read, not run: an import counts wherever it stands, in a function or under TYPE_CHECKING too.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("hyperagent", "meta", "sandbox_runner", "archive", "genome")

ALLOWED = {
    "hyperagent": {"hyperagent", "archive", "sandbox_runner", "meta"},
    "archive": {"archive", "meta"},
    "meta": {"meta"},
    "sandbox_runner": {"sandbox_runner"},
    "genome": {"genome"},
}
# These run in a jail beside a genome. They are sent there as source, and no host module imports them.
JAIL_SIDE = {
    "hyperagent/guests/": {"meta", "sandbox_runner.steps"},
    "hyperagent/domains/repair/tools.py": {"sandbox_runner.steps"},
    "hyperagent/domains/repair/seed_agent.py": {"genome"},
    "hyperagent/domains/dataset/seed_agent.py": {"genome"},
    "hyperagent/domains/script/jailed/": set(),
    "hyperagent/domains/code/jailed/": set(),
    "hyperagent/domains/code/seed_agent.py": {"genome"},
}
DOORS = {
    "libcst": ("meta/", "genome/"),
    "zmq": ("sandbox_runner/",),
    "anthropic": ("hyperagent/llm/messages_api.py",),
    "plotly": ("hyperagent/science/",),
    "mlflow": ("hyperagent/commands/tracking.py",),
    "pyarrow": ("hyperagent/domains/dataset/table.py",),
    "ray": ("hyperagent/cluster/head.py",),
}
BROAD = {
    "hyperagent/cli.py": "the funnel for all errors",
    "hyperagent/commands/tracking.py": "around MLflow, which raises what its stores raise",
    "hyperagent/flow.py": "raised again where the future is awaited",
    "hyperagent/llm/messages_api.py": "around a client that reports a broken answer by whatever it stumbles on",
    "hyperagent/evaluate.py": "around the score function of a user's domain",
    "hyperagent/scoring.py": "raised again where the score is awaited",
    "hyperagent/domains/__init__.py": "around the import of a user's domain",
    "hyperagent/domains/repair/cases.py": "around faulty functions of the corpus",
    "hyperagent/domains/repair/tools.py": "around candidate programs, in a jail",
    "hyperagent/domains/code/jailed/far.py": "around an answer that is code, in a jail",
    "hyperagent/domains/code/jailed/near.py": "around hidden tests, in a jail",
    "hyperagent/domains/script/jailed/shinka_core.py": "around a program to be evolved, in a jail",
    "hyperagent/testing/here.py": "around a function of the test author's own",
    "hyperagent/guests/run_function.py": "around an answer that is code, in a jail",
    "sandbox_runner/guest.py": "around foreign code, in a jail",
}
HEAVY = ("numpy", "libcst", "zmq", "anthropic", "plotly", "rich", "msgpack", "sqlite3", "ray", "pyarrow", "mlflow")

SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}


def imports(source: str) -> Iterator[str]:
    """The dotted names that a source imports by a statement: `from a import b` is a.b, which may be a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import, expected absolute ones"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, packages: set[str]) -> bool:
    """Whether a dotted name is one of the packages or lies in one."""
    return any(f"{name}.".startswith(f"{package}.") for package in packages)


def allowed(path: str) -> set[str]:
    """What the file may import of this project."""
    return next((names for place, names in JAIL_SIDE.items() if path.startswith(place)), ALLOWED[path.split("/")[0]])


def misdirected(path: str, source: str) -> list[str]:
    """The imports of this project's packages that a file may not make."""
    return [name for name in imports(source) if within(name, set(PACKAGES)) and not within(name, allowed(path))]


def side_entrances(path: str, source: str) -> list[str]:
    """The imports of dependencies that have their door elsewhere."""
    return [name for name in imports(source) if name.split(".")[0] in DOORS and not is_door(path, name)]


def is_door(path: str, name: str) -> bool:
    """Whether a file may import a dependency."""
    return path.startswith(DOORS[name.split(".")[0]])


def broad_excepts(source: str) -> list[int]:
    """The lines that catch everything."""
    handlers = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ExceptHandler)]
    return [handler.lineno for handler in handlers if handler.type is None or catches_all(handler.type)]


def catches_all(kind: ast.expr) -> bool:
    """Whether an except clause names Exception or BaseException."""
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(isinstance(name, ast.Name) and name.id in ("Exception", "BaseException") for name in names)


def prints(source: str) -> list[int]:
    """The lines that print."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


@pytest.mark.parametrize("path", SOURCES)
def test_imports_point_one_way(path: str) -> None:
    assert misdirected(path, SOURCES[path]) == []


@pytest.mark.parametrize("path", SOURCES)
def test_each_dependency_has_one_door(path: str) -> None:
    assert side_entrances(path, SOURCES[path]) == []


@pytest.mark.parametrize("path", [path for path in SOURCES if not path.startswith(tuple(JAIL_SIDE))])
def test_no_host_module_imports_what_runs_in_a_jail(path: str) -> None:
    assert [
        name
        for name in imports(SOURCES[path])
        if within(
            name,
            {
                "hyperagent.guests",
                "hyperagent.seed",
                "hyperagent.domains.script.jailed",
                "hyperagent.domains.code.jailed",
            },
        )
    ] == []
    assert not any(name.endswith("seed_agent") for name in imports(SOURCES[path]))


@pytest.mark.parametrize("path", SOURCES)
def test_library_code_does_not_print(path: str) -> None:
    assert prints(SOURCES[path]) == []


@pytest.mark.parametrize("path", [path for path in SOURCES if path not in BROAD])
def test_nothing_is_caught_broadly(path: str) -> None:
    assert broad_excepts(SOURCES[path]) == []


@pytest.mark.parametrize("path", BROAD)
def test_what_may_catch_broadly_does(path: str) -> None:
    assert broad_excepts(SOURCES[path]), f"{path} needs no place in the list any more"


def test_every_door_is_used() -> None:
    for dependency, places in DOORS.items():
        for place in places:
            found = [name for path, text in SOURCES.items() if path.startswith(place) for name in imports(text)]
            assert any(within(name, {dependency}) for name in found), f"{place} imports no {dependency}"


def test_an_import_is_seen_wherever_it_stands() -> None:
    hidden = ("import libcst", "from archive import Archive", "from hyperagent import cli", "import zmq.error")
    source = "def f():\n" + "".join(f"    {statement}\n" for statement in hidden)
    assert misdirected("meta/new.py", source) == ["archive.Archive", "hyperagent.cli"]
    assert side_entrances("meta/new.py", source) == ["zmq.error"]
    assert misdirected("hyperagent/guests/new.py", "from sandbox_runner import steps, Pool") == ["sandbox_runner.Pool"]
    assert misdirected("hyperagent/new.py", "import genome.memory") == ["genome.memory"]


def test_a_broad_except_and_a_print_are_seen_in_every_form() -> None:
    clauses = ("except:", "except Exception:", "except BaseException as e:", "except (KeyError, Exception):")
    for clause in clauses:
        assert broad_excepts(f"try:\n    f()\n{clause}\n    pass\n") == [3]
    assert broad_excepts("try:\n    f()\nexcept (KeyError, ValueError):\n    pass\n") == []
    assert prints("x = lambda: print(1)\nconsole.print(2)\n") == [1]


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = f"import hyperagent, sys; print(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True, cwd=ROOT
    )
    assert done.stdout.split() == []
