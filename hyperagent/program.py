"""Compiled genomes: what a call loads into a jail is the entry file and what it imports, and nothing else."""

import functools
import hashlib
import importlib.resources
import marshal
from collections.abc import Mapping
from dataclasses import dataclass

from meta import Genome
from meta.genome import content_digest
from sandbox_runner import Module


@dataclass(frozen=True)
class Unit:
    """One file as a trusted compiler in a jail returned it: source, marshalled code, the genome files it imports."""

    module: Module
    imports: tuple[str, ...]


class Program:
    """A genome with the compiled unit of each of its Python files."""

    def __init__(self, genome: Genome, units: Mapping[str, Unit]) -> None:
        self.genome = genome
        self._units = {name: units[file_digest(genome, name)] for name in genome if name.endswith(".py")}
        self._digests: dict[str, str] = {}

    def closure(self, entry: str) -> dict[str, Module]:
        """The modules that the file `entry` reaches through imports, by dotted name."""
        found: dict[str, Module] = {}
        waiting = [entry]
        while waiting:
            name = waiting.pop()
            module = module_name(name)
            if name in self._units and module not in found:
                found[module] = self._units[name].module
                waiting += self._units[name].imports
        return dict(sorted(found.items()))

    def closure_digest(self, entry: str) -> str:
        """A digest of all that a call of `entry` can see of the genome: equal digests, equal behaviour."""
        if entry not in self._digests:
            self._digests[entry] = self._digest(entry)
        return self._digests[entry]

    def _digest(self, entry: str) -> str:
        whole = hashlib.sha256()
        for name, module in self.closure(entry).items():
            whole.update(f"{name}\0{source_digest(module.source)}\n".encode())
        return whole.hexdigest()


def module_name(file: str) -> str:
    """The dotted name under which a file of a genome is imported."""
    return "genome." + file.removesuffix(".py").replace("/", ".")


def file_digest(genome: Genome, name: str) -> str:
    """The key of a compiled unit: name and content, since the name stands in the code object."""
    return f"{name} {content_digest(genome.raw(name)).hex()}"


@functools.lru_cache(maxsize=1024)
def source_digest(source: str) -> str:
    """SHA-256 of a source, in hex; most modules of a genome are those of another one."""
    return hashlib.sha256(source.encode()).hexdigest()


@functools.cache
def guest(name: str) -> Module:
    """One of the harness modules in hyperagent/guests, which run inside a jail and are never imported here."""
    source = importlib.resources.files("hyperagent.guests").joinpath(f"{name}.py").read_text("utf-8")
    return trusted(source, f"<{name}>")


def trusted(source: str, filename: str) -> Module:
    """A module of our own or of the user's, compiled once."""
    return Module(source, marshal.dumps(compile(source, filename, "exec", dont_inherit=True)))


@functools.cache
def package_sources(package: str) -> dict[str, Module]:
    """The modules of one of our packages, by dotted name, for loading into a jail."""
    found = {}
    for file in importlib.resources.files(package).iterdir():
        if file.name.endswith(".py"):
            stem = file.name.removesuffix(".py")
            name = package if stem == "__init__" else f"{package}.{stem}"
            found[name] = trusted(file.read_text("utf-8"), f"<{name}>")
    return found
