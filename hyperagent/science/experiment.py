"""An experiment as a TOML file: arms, that is settings, by seeds.

    domain = "repair"
    generations = 200
    seeds = 10                  # 0 to 9, or a list of them
    baseline = "full"           # what the others are compared with; the first arm where it is not named
    confirm = 480               # the reported best of each run is compared on so many tasks that no run has used

    [options]                   # of the domain
    test = 96

    [arms.full]
    [arms.no-archive]
    ablate = "no-archive"
    [arms.short]                # any setting; domain.NAME is an option of the domain
    lag = 4

Instead of arms there may be a table `grid` of lists: one arm for each combination, as in `ablate = ["", "no-meta"]`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from hyperagent.errors import UsageError
from hyperagent.science.cells import Cell
from hyperagent.settings import Settings

KEYS = {"name", "domain", "generations", "seeds", "baseline", "confirm", "options", "settings", "arms", "grid"}
OPTION = "domain."


@dataclass(frozen=True)
class Experiment:
    """Arms by seeds; `arms` has what is not as usual about each.

    What is compared is the best on validation on the run's own test tasks; with `confirm`, the reported best on so many
    new ones, which are the same for all arms of a seed.
    """

    name: str
    domain: str
    generations: int
    seeds: tuple[int, ...]
    baseline: str
    options: Mapping[str, str]
    arms: Mapping[str, Mapping[str, object]]
    confirm: int = 0

    def cells(self) -> list[Cell]:
        """Every run, seed by seed, so that what is made first can be compared first."""
        return [self.cell(arm, seed) for seed in self.seeds for arm in self.arms]

    def cell(self, arm: str, seed: int) -> Cell:
        """The run of one arm and seed."""
        given = self.arms[arm]
        options = {key.removeprefix(OPTION): str(value) for key, value in given.items() if key.startswith(OPTION)}
        settings = {key: value for key, value in given.items() if not key.startswith(OPTION)}
        return Cell(
            run_name(arm, seed),
            self.domain,
            seed,
            self.generations,
            {**self.options, **options},
            settings,
            confirm=self.confirm,
        )


def run_name(arm: str, seed: int) -> str:
    """The folder of a run."""
    return f"{''.join(letter if letter.isalnum() or letter in '-_.' else '-' for letter in arm)}-{seed}"


def read_experiment(path: Path) -> Experiment:
    """The experiment of a file; raises `UsageError` that says what is wrong with it."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: cannot be read as an experiment: {error}") from None
    try:
        return experiment(data, path.stem)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def experiment(data: Mapping[str, Any], name: str) -> Experiment:
    """The experiment that a file describes."""
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise UsageError(f"{unknown[0]!r} is unknown, expected some of {', '.join(sorted(KEYS))}")
    arms = arms_of(data)
    baseline = data.get("baseline", next(iter(arms)))
    if baseline not in arms:
        raise UsageError(f"baseline is {baseline!r}, expected one of the arms {', '.join(arms)}")
    generations = data.get("generations", 100)
    if not isinstance(data.get("domain"), str) or not isinstance(generations, int) or generations < 1:
        raise UsageError("expected domain = a name and generations = a number from 1")
    confirm = data.get("confirm", 0)
    if type(confirm) is not int or confirm < 0:
        raise UsageError(f"confirm is {confirm!r:.60}, expected a number of tasks")
    return Experiment(
        name=data.get("name", name),
        domain=data["domain"],
        generations=generations,
        seeds=seeds_of(data),
        baseline=baseline,
        options={key: str(value) for key, value in table(data, "options").items()},
        arms=arms,
        confirm=confirm,
    )


def check_supply(of: Experiment) -> None:
    """Raise `UsageError`, before anything is run, where no new tasks can be made, or a model would answer them."""
    for arm in of.arms if of.confirm else ():
        if of.arms[arm].get("llm"):
            raise UsageError(f"confirm is {of.confirm} and arm {arm!r} has a model, expected arms without one")
        if of.cell(arm, of.seeds[0]).loaded().more is None:
            raise UsageError(f"confirm is {of.confirm}, expected a domain that makes further tasks: {of.domain}")


def arms_of(data: Mapping[str, Any]) -> dict[str, dict[str, object]]:
    """The arms, or those of the grid, with the common settings; each checked before anything is run."""
    common, arms = table(data, "settings"), table(data, "arms")
    for combination in combinations(table(data, "grid")):
        arms[" ".join(f"{key}={value}" for key, value in combination.items())] = combination
    if not arms:
        raise UsageError("no arms, expected a table [arms.NAME] or [grid]")
    whole = {}
    for arm, given in arms.items():
        if not isinstance(given, dict):
            raise UsageError(f"arm {arm!r} is {given!r:.60}, expected a table")
        whole[arm] = {**common, **given}
        Settings().updated({key: value for key, value in whole[arm].items() if not key.startswith(OPTION)})
    if len({run_name(arm, 0) for arm in whole}) < len(whole):
        raise UsageError("two arms have names that make one folder, expected different ones")
    return whole


def combinations(grid: Mapping[str, Any]) -> list[dict[str, object]]:
    """Each way to take one value of every list."""
    for key, values in grid.items():
        if not isinstance(values, list) or not values:
            raise UsageError(f"grid has {key} = {values!r:.60}, expected a list of values")
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())] if grid else []


def seeds_of(data: Mapping[str, Any]) -> tuple[int, ...]:
    """The seeds, from their number or as a list."""
    seeds = data.get("seeds", 10)
    listed = list(range(seeds)) if isinstance(seeds, int) else seeds
    if not isinstance(listed, list) or not listed or not all(isinstance(seed, int) and seed >= 0 for seed in listed):
        raise UsageError(f"seeds is {seeds!r:.60}, expected a number from 1 or a list of numbers from 0")
    return tuple(dict.fromkeys(listed))


def table(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A table of the file, empty where there is none."""
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{key} is {found!r:.60}, expected a table")
    return dict(found)
