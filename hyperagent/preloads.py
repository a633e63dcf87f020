"""What the workers load before they fork, so that no call has to: our own code and the domain's, no evolved genome."""

import ast
import functools
import marshal
from collections.abc import Mapping
from dataclasses import replace

from hyperagent.domain import Domain
from hyperagent.program import guest, module_name, package_sources, trusted
from hyperagent.seeds import seed_genome
from meta.gate import genome_imports
from sandbox_runner import Module, Preload
from sandbox_runner.steps import instrumented

READY = "operators.py"
"""What most genomes have unchanged, with all that it imports."""


def preloads(domain: Domain) -> dict[str, Preload]:
    """The kinds of zygote by name: the less one holds, the cheaper is a fork of it."""
    tools = {} if domain.tools is None else {"domain_tools": trusted(domain.tools, f"<tools of {domain.name}>")}
    shared = {"agent_tools": guest("agent_tools"), **tools}
    code = Preload(
        imports=("ast", "libcst", "libcst.metadata"),
        modules={**package_sources("meta"), **shared},
        warming=warm_up(),
        held=shipped(),
        ready=ready(),
    )
    numbers = Preload(("numpy", "numpy.random"), shared)
    full = replace(code, imports=(*numbers.imports, *code.imports))
    judging = {"warm_run_function": guest("run_function"), "warm_judge": guest("warm_judge")}
    return {"bare": Preload(modules=shared, warming=judging), "code": code, "numbers": numbers, "full": full}


def warm_up() -> dict[str, Module]:
    """What puts a zygote to use before its first job, on the seed that is shipped: see guests/warm.py."""
    files = {name: text for name, text in seed_genome().items() if isinstance(text, str)}
    return {
        "warm_genome": trusted(f"FILES = {files!r}", "<warm_genome>"),
        "warm_build": guest("build"),
        "warm": guest("warm"),
    }


@functools.cache
def shipped() -> Mapping[str, Module]:
    """The modules of the shipped genome, as a build would give them: most of them are unchanged in most genomes."""
    return {module_name(name): counted(text, name) for name, text in sources().items()}


@functools.cache
def ready() -> tuple[str, ...]:
    """The operators and what they import: executed once, before the fork, for every genome that has them unchanged."""
    found, waiting = dict[str, None](), [READY]
    while waiting:
        name = waiting.pop()
        if name in sources() and module_name(name) not in found:
            found[module_name(name)] = None
            waiting += genome_imports(ast.walk(ast.parse(sources()[name])))
    return tuple(found)


@functools.cache
def sources() -> Mapping[str, str]:
    """The Python files of the shipped genome."""
    return {name: text for name, text in seed_genome().items() if name.endswith(".py") and isinstance(text, str)}


def counted(source: str, name: str) -> Module:
    """A file of a genome, compiled so that its steps are counted."""
    return Module(source, marshal.dumps(instrumented(source, f"genome/{name}")))
