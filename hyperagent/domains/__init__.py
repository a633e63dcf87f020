"""The built-in domains, and how a name on the command line becomes a domain."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from hyperagent.domain import Domain
from hyperagent.domains.several import together
from hyperagent.errors import DomainError, UsageError

BUILT_IN = {
    "repair": "find and mend the fault in a small Python function; repair:FOLDER brings faults of your own",
    "binpack": "pack items into bins as they come; binpack:uniform and binpack:weibull take one distribution",
    "code": "exercises as folders with hidden tests: code:FOLDER; Exercism's and Aider's layouts are known",
    "control": "steer a cart and pole, an acrobot, a mountain car, a pendulum; control:pendulum takes one",
    "dataset": "label the rows of a table; dataset:FILE.csv, .jsonl or .parquet brings rows of your own",
    "script": "a program of your own with one metric: script:FOLDER, or the folder alone",
    "synthesis": "find a small list program from examples of what it does",
}

LEAST = {"train": 0, "validation": 1, "test": 0, "runs": 1}
"""The smallest values of options that several of them have."""


def load_domain(name: str, options: Mapping[str, object]) -> Domain:
    """The domain that `name` means: a built-in's name, maybe with an argument after a colon, a folder with a program to
    be evolved, `file.py:attribute`, or several of these with commas between.

    `options` are keyword arguments of a built-in's `domain` function, as text.
    """
    if "," in name and not Path(name).exists():
        if options:
            raise UsageError(f"{', '.join(options)}: only a single domain has options, found {name!r}")
        return together([load_domain(part.strip(), {}) for part in name.split(",")])
    if name.partition(":")[0] not in BUILT_IN and Path(name).is_dir():
        name = f"script:{name}"
    head, _, argument = name.partition(":")
    if head in BUILT_IN:
        make = importlib.import_module(f"hyperagent.domains.{head}").domain
        made: Domain = make(argument or None, **converted(head, make, options))
        return made
    if options:
        raise UsageError(f"{', '.join(options)}: only a built-in domain has options, found {name!r}")
    if head.endswith(".py"):
        return from_file(Path(head), argument)
    raise UsageError(
        f"domain {name!r} is unknown, expected one of {', '.join(BUILT_IN)}, a folder, or file.py:attribute"
    )


def lasting(name: str) -> str:
    """The name of a domain with the paths in it made absolute, so that it means the same from anywhere."""
    if "," in name and not Path(name).exists():
        return ",".join(lasting(part.strip()) for part in name.split(","))
    head, colon, argument = name.partition(":")
    if head in BUILT_IN:
        return f"{head}:{Path(argument).resolve()}" if argument and Path(argument).exists() else name
    return f"{Path(head).resolve()}{colon}{argument}" if Path(head).exists() else name


def takes(name: str, option: str) -> bool:
    """Whether the domain of a name is a built-in one that has the option."""
    head = name.partition(":")[0]
    if head not in BUILT_IN:
        return False
    return option in inspect.signature(importlib.import_module(f"hyperagent.domains.{head}").domain).parameters


def converted(head: str, make: Callable[..., object], options: Mapping[str, object]) -> dict[str, Any]:
    """Options from text to the types of a built-in's parameters."""
    parameters = {n: p for n, p in inspect.signature(make).parameters.items() if p.kind is p.KEYWORD_ONLY}
    found: dict[str, Any] = {}
    for name, value in options.items():
        if name not in parameters:
            raise UsageError(f"domain {head} has no option {name!r}, expected one of {', '.join(parameters)}")
        try:
            found[name] = type(parameters[name].default)(value)
        except (TypeError, ValueError):
            expected = type(parameters[name].default).__name__
            raise UsageError(f"option {name} of domain {head} is {value!r}, expected {expected}") from None
        if name in LEAST and found[name] < LEAST[name]:
            raise UsageError(f"option {name} of domain {head} is {value}, expected at least {LEAST[name]}")
    return found


def from_file(path: Path, attribute: str) -> Domain:
    """The domain that a user's own file defines."""
    domains = {name: value for name, value in vars(module_of(path)).items() if isinstance(value, Domain)}
    name = attribute or (next(iter(domains)) if len(domains) == 1 else "")
    if name not in domains:
        found = f"found {', '.join(domains) or 'none'}"
        raise DomainError(f"{path}: no hyperagent.Domain called {name or '(no name given)'}, {found}")
    return domains[name]


def module_of(path: Path) -> ModuleType:
    """A user's own file as a module; it is run, as its author's code on its author's machine."""
    if not path.is_file():
        raise UsageError(f"{path}: no such file, expected Python source that defines a hyperagent.Domain")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        if isinstance(error, DomainError):
            raise
        raise DomainError(f"{path}: {type(error).__name__}: {error}") from error
    return module
