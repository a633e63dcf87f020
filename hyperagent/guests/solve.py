"""In a jail: one call of a task agent."""

import importlib

from agent_tools import Tools


def main(api, task, seed, models, has_tools):
    """The answer of `task_agent.solve` to one task."""
    tools = Tools(api, seed, models)
    tools.offered = []
    if has_tools:
        for name, tool in importlib.import_module("domain_tools").tools(task).items():
            setattr(tools, name, tool)
            if models:
                tools.offered.append(offer(name, tool))
    return importlib.import_module("genome.task_agent").solve(task, tools)


def offer(name, tool):
    """A tool of the domain as a language model is told of it: what it is for, and the names of its parameters."""
    inspect = importlib.import_module("inspect")
    names = list(inspect.signature(tool).parameters)
    schema = {"type": "object", "properties": {parameter: {} for parameter in names}}
    return {"name": name, "description": inspect.getdoc(tool) or name, "input_schema": schema}
