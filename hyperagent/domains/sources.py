"""Modules of built-in domains that run in jails: to the host they are text."""

from importlib.resources import files


def source(package: str, name: str) -> str:
    """The source of the module in the file `name` of a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
