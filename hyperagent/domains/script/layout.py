"""What lies in a folder to be evolved: which files may change, what runs them, and which number is the score.

Three layouts are known: `script.toml` (ours), `initial_program.py` beside `evaluator.py` (OpenEvolve's), and
`initial.py` beside `evaluate.py` (ShinkaEvolve's).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

from hyperagent.errors import DomainError

Kind: TypeAlias = Literal["script", "openevolve", "shinka"]

TABLE = "script.toml"
MOST_BYTES = 4 << 20


@dataclass(frozen=True)
class Script:
    """A program and how it is measured.

    `files` may change, `others` stand beside them. One of `evaluate`, a file with an evaluator, and `command`, which
    prints metrics, says how good a program is: by `metric`, the higher the better unless `direction` is "minimize".
    """

    folder: Path
    kind: Kind
    files: Mapping[str, str]
    others: Mapping[str, bytes] = field(default_factory=dict)
    evaluate: str = ""
    command: tuple[str, ...] = ()
    metric: str = "combined_score"
    direction: str = "maximize"
    seconds: float = 10.0
    megabytes: int = 1024
    repeats: int = 1

    @property
    def sign(self) -> float:
        """What turns the metric into a score, the higher the better."""
        return -1.0 if self.direction == "minimize" else 1.0


def read_script(folder: Path) -> Script:
    """The script that lies in a folder; `DomainError` names what is missing or wrong."""
    if not folder.is_dir():
        raise DomainError(f"{folder}: no such folder, expected a program and its evaluator")
    if (folder / TABLE).is_file():
        return from_table(folder)
    for kind, program, evaluator in known_layouts():
        if (folder / program).is_file() and (folder / evaluator).is_file():
            return Script(folder, kind, texts(folder, [program]), beside(folder, {program}), evaluator)
    pairs = ", ".join(f"{program} with {evaluator}" for _, program, evaluator in known_layouts())
    raise DomainError(f"{folder}: found no {TABLE}, expected that, or {pairs}")


def known_layouts() -> tuple[tuple[Kind, str, str], ...]:
    """The layouts of other tools: kind, program, evaluator."""
    return ("openevolve", "initial_program.py", "evaluator.py"), ("shinka", "initial.py", "evaluate.py")


def from_table(folder: Path) -> Script:
    """A folder with a script.toml."""
    where = folder / TABLE
    try:
        table = tomllib.loads(where.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DomainError(f"{where}: cannot be read: {error}") from None
    expected = {f.name for f in fields(Script)} - {"folder", "kind", "others"}
    for name in table:
        if name not in expected:
            raise DomainError(f"{where}: {name!r} is unknown, expected one of {', '.join(sorted(expected))}")
    names = table.pop("files", None)
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise DomainError(f"{where}: files is {names!r:.80}, expected a list of the files that may change")
    if ("evaluate" in table) == ("command" in table):
        raise DomainError(f"{where}: expected exactly one of evaluate and command")
    script = Script(folder, "script", texts(folder, names), beside(folder, set(names)), metric="score")
    return replace(script, **{name: typed(where, name, value, script) for name, value in table.items()})


def typed(where: Path, name: str, value: object, script: Script) -> Any:
    """A value of the table, if it is of the type that the field has."""
    if name == "command" and isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return tuple(value)
    if name == "direction" and value not in ("maximize", "minimize"):
        raise DomainError(f"{where}: direction is {value!r:.80}, expected maximize or minimize")
    if name == "evaluate" and value not in script.others:
        raise DomainError(f"{where}: evaluate is {value!r:.80}, expected a file of the folder that may not change")
    default = getattr(script, name)
    kinds = (int, float) if isinstance(default, float) else type(default)
    if not isinstance(value, kinds) or isinstance(value, bool) or (isinstance(value, (int, float)) and value <= 0):
        raise DomainError(f"{where}: {name} is {value!r:.80}, expected a value such as {default!r}")
    return value


def texts(folder: Path, names: list[str]) -> dict[str, str]:
    """The files that may change."""
    found = {}
    for name in names:
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file():
            raise DomainError(f"{path}: no such file, expected one that may change")
        if not name.endswith(".py"):
            raise DomainError(f"{path}: only Python files can change, expected NAME.py")
        try:
            found[name] = path.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise DomainError(f"{path}: is no text: {error}") from None
    return found


def beside(folder: Path, names: set[str]) -> dict[str, bytes]:
    """The files that stand beside the program: all but hidden ones, links, byte code and runs."""
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        skipped = any(part.startswith((".", "__pycache__")) or part == "runs" for part in Path(name).parts)
        if skipped or name in names or path.is_symlink() or not path.is_file():
            continue
        left -= path.stat().st_size
        if left < 0:
            raise DomainError(f"{folder}: more than {MOST_BYTES >> 20} MB of files, expected a program and its data")
        found[name] = path.read_bytes()
    return found
