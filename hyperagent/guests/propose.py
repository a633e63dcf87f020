"""In a jail: one call of a meta agent."""

import importlib

from agent_tools import Tools


def main(api, parent, history, donors, seed, model):
    """What `meta_agent.propose` wants changed in its own genome, as plain data."""
    tools = Tools(api, seed, model["models"] if model else ())
    tools.donors = donors
    if model:
        tools.constitution = model["constitution"]
        tools.bench = importlib.import_module("bench").Bench(api, model["rules"])
    return importlib.import_module("genome.meta_agent").propose(parent, history, tools)
