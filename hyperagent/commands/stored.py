"""The settings and the domain of a run that is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hyperagent.domain import Domain
from hyperagent.domains import load_domain
from hyperagent.errors import RunError, UsageError
from hyperagent.run import ARCHIVE, SETTINGS
from hyperagent.settings import Settings, read_toml


@dataclass(frozen=True)
class Stored:
    """What run.toml says: the settings, and the domain by name and options."""

    settings: Settings
    spec: Mapping[str, object]
    domain: Domain


def stored_run(folder: Path) -> Stored:
    """What a run was made with; raises `RunError` where that cannot be loaded from a command line."""
    if not (folder / ARCHIVE).is_file():
        raise RunError(f"{folder}: no {ARCHIVE} there, expected the folder of a run")
    settings, spec = read_toml(folder / SETTINGS)
    choices = {k.removeprefix("option_"): str(v) for k, v in spec.items() if k.startswith("option_")}
    try:
        return Stored(settings, spec, load_domain(str(spec["name"]), choices))
    except (KeyError, UsageError) as error:
        raise RunError(f"{folder}: its domain cannot be loaded ({error}); go on with evolve(domain, run=...)") from None
