"""In a jail: one call of a task agent."""

import importlib

from agent_tools import Tools


def main(api, task, seed, has_model, has_tools):
    """The answer of `task_agent.solve` to one task."""
    tools = Tools(api, seed, has_model)
    if has_tools:
        for name, tool in importlib.import_module("domain_tools").tools(task).items():
            setattr(tools, name, tool)
    return importlib.import_module("genome.task_agent").solve(task, tools)
