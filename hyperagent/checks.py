"""What a user hands to a domain, checked one thing at a time; a message names what was found and expected."""

import inspect
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from hyperagent.errors import DomainError


def plain(value: object) -> object:
    """The value with tuples as lists and numpy scalars as numbers; anything else is left as it is."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return value.tolist()
    return value


def unplain(value: object, where: str) -> str:
    """Where a value is no plain data and what was found there, or ""."""
    if value is None or isinstance(value, (bool, float, str, bytes)):
        return ""
    if isinstance(value, int):
        return "" if -(2**63) <= value < 2**64 else f"{where} is an integer of more than 64 bits"
    if isinstance(value, dict):
        odd = next((key for key in value if not isinstance(key, str)), None)
        if odd is not None:
            return f"{where} has the key {odd!r:.40}, expected text"
        return next(filter(None, (unplain(item, f"{where}[{key!r:.40}]") for key, item in value.items())), "")
    if isinstance(value, list):
        return next(filter(None, (unplain(item, f"{where}[{k}]") for k, item in enumerate(value))), "")
    return f"{where} is a {type(value).__name__}, expected numbers, text, bytes, lists and dictionaries"


def named_splits(
    name: str, tasks: Collection[str], splits: Mapping[str, Sequence[str]], names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The user's splits, checked: the three names, known tasks, no task in two splits."""
    if set(splits) != set(names):
        raise DomainError(f"domain {name}: splits are {', '.join(sorted(splits))}, expected {', '.join(names)}")
    checked = {split: known_ids(name, tasks, splits[split], split) for split in names}
    named = Counter(id for ids in checked.values() for id in ids)
    twice = [id for id, count in named.items() if count > 1]
    if twice:
        raise DomainError(f"domain {name}: task {min(twice)!r} is in more than one split")
    return checked


def known_ids(name: str, tasks: Collection[str], ids: Sequence[str], where: str) -> tuple[str, ...]:
    """The ids as a tuple, if each of them names a task."""
    for id in ids:
        if id not in tasks:
            raise DomainError(f"domain {name}: {where} names task {id!r}, which is not among the {len(tasks)} tasks")
    return tuple(ids)


def seed_source(name: str, seed: str | Path | None) -> str | None:
    """The source of a seed agent, which is read where a path is given."""
    if isinstance(seed, Path):
        try:
            return seed.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise DomainError(f"domain {name}: the seed agent cannot be read: {error}") from None
    if seed is not None and not isinstance(seed, str):
        raise DomainError(f"domain {name}: seed is {seed!r:.80}, expected the source of a module or its Path")
    if seed is not None and seed.endswith(".py") and "\n" not in seed:
        raise DomainError(
            f"domain {name}: seed is {seed!r:.80}, expected the source of a module, or Path({seed!r:.80})"
        )
    return seed


def check_source(name: str, role: str, source: str) -> None:
    """Refuse a source that does not compile."""
    try:
        compile(source, f"<{role} of {name}>", "exec", dont_inherit=True)
    except (SyntaxError, TypeError, ValueError) as error:
        raise DomainError(f"domain {name}: {role} is no source of a module: {error}") from None


def check_signature(name: str, role: str, function: object, parameters: tuple[str, ...]) -> None:
    """Refuse a function that cannot be called with as many arguments as its role has."""
    expected = f"{role}({', '.join(parameters)})"
    if not callable(function):
        raise DomainError(f"domain {name}: {role} is {function!r:.80}, expected a function {expected}")
    try:
        signature = inspect.signature(function)
    except ValueError:
        return
    try:
        signature.bind(*parameters)
    except TypeError:
        found = f"{getattr(function, '__name__', role)}{signature}"
        raise DomainError(f"domain {name}: {role} is {found}, expected {expected}") from None
