"""In a jail: one call of a meta agent."""

import importlib

from agent_tools import Tools


def main(api, parent, history, donors, seed, has_model):
    """What `meta_agent.propose` wants changed in its own genome, as plain data."""
    tools = Tools(api, seed, has_model)
    tools.donors = donors
    return importlib.import_module("genome.meta_agent").propose(parent, history, tools)
