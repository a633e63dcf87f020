"""The settings of a run: typed, checked, and kept as TOML."""

import json
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_origin

from hyperagent.errors import RunError, UsageError

GATE = ("closed", "open", "imports", "names", "max_file_bytes", "max_genome_bytes", "max_files", "max_complexity")
"""The settings of what children may change and use, as `hyperagent.policy` reads them."""

LINEAGE = ("seed", "lag", "brood", "llm", "operators", "proposer", "parents", "fixed", *GATE)
"""The settings that decide the lineage: a run goes on with the ones that it was begun with."""

BEFORE: Mapping[str, object] = {"brood": 1}
"""How runs were made before there were some settings, which are not in their files."""

WITH_MODEL = 8

CHOICES = {
    "sandbox": ("auto", "none"),
    "approve": ("always", "meta", "never"),
    "proposer": ("genome", "seed", "frozen"),
    "parents": ("genome", "uniform", "newest", "paper", "seed"),
    "fixed": ("", "meta", "task"),
}

ABLATIONS: Mapping[str, Mapping[str, str]] = {
    "no-meta": {"proposer": "seed", "fixed": "meta"},
    "no-archive": {"parents": "newest"},
    "no-task": {"fixed": "task"},
    "random-parent": {"parents": "uniform"},
    "fixed-selection": {"parents": "paper"},
    "dgm": {"proposer": "seed", "fixed": "meta", "parents": "paper"},
}
"""Parts of the system that can be taken away, each as the settings that do it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How a run is made.

    generations: how many offspring in all; minutes: stop starting new ones after so long; seed: of every random
    stream; workers: processes that run jails (0: one a core); cluster: address of a Ray cluster whose machines run them
    ("": this one does); lag: generation g is chosen from the archive as it stood at least this many generations
    earlier, so that so many can be under way; brood: how many children a parent has each time that it is picked;
    sandbox: "auto" or "none";
    proposer: whose meta agent proposes, the parent's own ("genome"), always the seed's, or that of a genome that is
    given and never changes ("frozen"), which then picks the parents too; parents: who picks the parent, the steward's
    select ("genome"), a rule of `hyperagent.parents` ("uniform", "newest", "paper"), or always the seed; fixed: what no
    patch may change, the "meta" level (all that the task agent does not import) or the "task" agent: edits of it are
    left out of a patch.

    closed: files ("selection.py") and definitions ("meta_agent:propose"), with commas between, that no child may
    change; open: all that a child may change, or "" for everything; imports: modules that a child may import besides
    what is usual and what the seed imports, and with a "-" in front such as it may not; names: names that a child may
    use although they are usually forbidden, and with a "-" such as it may not; max_...: bytes of a file and of a
    genome, number of files, complexity of a function (1 + its decisions). A child that breaks one of these is
    stillborn.

    llm: the name of a model, of several with commas between them, "recorded:DIR", or "" for none; base_url: its server;
    operators: the share of children that operators propose all the same; constitution: a file of principles for the
    model, in place of the genome's own; prices: "MODEL=IN/OUT, ..." in dollars for a million tokens, before the table.
    What models may use, 0 for no limit: dollars, tokens and calls in the whole run; generation_... in one proposal, and
    again in the evaluation of one child; call_dollars in one call, and call_tokens in one answer.
    """

    generations: int = 100
    minutes: float = 0.0
    seed: int = 0
    workers: int = 0
    cluster: str = ""
    lag: int = 8
    brood: int = 4
    llm: str = ""
    base_url: str = ""
    operators: float = 0.0
    constitution: str = ""
    prices: str = ""
    dollars: float = 5.0
    tokens: int = 0
    calls: int = 0
    generation_dollars: float = 0.0
    generation_tokens: int = 0
    generation_calls: int = 0
    call_dollars: float = 0.0
    call_tokens: int = 16_000
    approve: str = "never"
    sandbox: Literal["auto", "none"] = "auto"
    proposer: str = "genome"
    parents: str = "genome"
    fixed: str = ""
    closed: str = ""
    open: str = ""
    imports: str = ""
    names: str = ""
    max_file_bytes: int = 200_000
    max_genome_bytes: int = 1_000_000
    max_files: int = 100
    max_complexity: int = 1_000

    def __post_init__(self) -> None:
        for name, value in ((f.name, getattr(self, f.name)) for f in fields(self)):
            least = 1 if name in ("lag", "brood", "call_tokens") else 0
            if isinstance(value, (int, float)) and not value >= least:
                raise UsageError(f"{name} is {value}, expected at least {least}")
        if self.operators > 1:
            raise UsageError(f"operators is {self.operators}, expected a share of at most 1")
        for name, allowed in CHOICES.items():
            if getattr(self, name) not in allowed:
                raise UsageError(f"{name} is {getattr(self, name)!r}, expected one of {', '.join(allowed)}")

    @property
    def processes(self) -> int:
        """The number of worker processes. A call that waits for a model holds one, so with a model there are more."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
        return self.workers or (max(cores, WITH_MODEL) if self.llm else cores)

    def updated(self, values: Mapping[str, object]) -> "Settings":
        """These settings with some values replaced, each checked for its name and type.

        `ablate` is no setting but the name of an ablation, and stands for the settings that do it.
        """
        given = {**ablation(values.get("ablate", "")), **{name: v for name, v in values.items() if name != "ablate"}}
        found: dict[str, Any] = {name: checked(name, value) for name, value in given.items()}
        return replace(self, **found)

    def toml(self) -> str:
        """The settings as the body of a TOML file."""
        return "".join(f"{f.name} = {json.dumps(getattr(self, f.name))}\n" for f in fields(self))


def ablation(name: object) -> Mapping[str, str]:
    """The settings of an ablation, none for ""."""
    if name and name not in ABLATIONS:
        raise UsageError(f"ablation {name!r} is unknown, expected one of {', '.join(ABLATIONS)}")
    return ABLATIONS[str(name)] if name else {}


def checked(name: str, value: object) -> object:
    """The value as the type of the setting, from text where it comes from a command line."""
    types: dict[str, Any] = {f.name: f.type for f in fields(Settings)}
    if name not in types:
        raise UsageError(f"setting {name!r} is unknown, expected one of {', '.join(types)}")
    expected = str if get_origin(types[name]) is Literal else types[name]
    try:
        if expected is float and isinstance(value, (int, str)) and not isinstance(value, bool):
            return float(value)
        if expected is int and isinstance(value, str):
            return int(value)
    except ValueError:
        raise UsageError(f"setting {name} is {value!r}, expected {expected.__name__}") from None
    if not isinstance(value, expected) or isinstance(value, bool):
        raise UsageError(f"setting {name} is {value!r}, expected {expected.__name__}")
    return value


def read_toml(path: Path) -> tuple[Settings, dict[str, Any]]:
    """The settings in a run file, and what it says of the domain."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise RunError(f"{path.parent}: no {path.name} there, expected the folder of a run") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RunError(f"{path}: cannot be read: {error}") from None
    domain = data.pop("domain", {})
    return recorded(data), domain


def recorded(values: Mapping[str, object]) -> Settings:
    """The settings that a run was begun with, from what it keeps of them."""
    return Settings().updated({**BEFORE, **values})


def check_same(old: Settings, new: Settings, where: Path) -> None:
    """Refuse to go on with settings that would have given another lineage."""
    for name in LINEAGE:
        if getattr(old, name) != getattr(new, name):
            raise RunError(f"{where}: was begun with {name} {getattr(old, name)!r}, found {getattr(new, name)!r}")
