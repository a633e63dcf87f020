"""What the workers load before they fork, so that no call has to: our own code and the domain's, no evolved genome."""

from hyperagent.domain import Domain
from hyperagent.program import guest, package_sources, trusted
from hyperagent.seeds import seed_genome
from sandbox_runner import Module, Preload


def preloads(domain: Domain) -> dict[str, Preload]:
    """The kinds of zygote by name: the less one holds, the cheaper is a fork of it."""
    tools = {} if domain.tools is None else {"domain_tools": trusted(domain.tools, f"<tools of {domain.name}>")}
    shared = {"agent_tools": guest("agent_tools"), **tools}
    code = Preload(("ast", "libcst", "libcst.metadata"), {**package_sources("meta"), **shared}, warm_up())
    numbers = Preload(("numpy", "numpy.random"), shared)
    full = Preload((*numbers.imports, *code.imports), code.modules, code.warming)
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
