"""In a jail: one call of a meta agent, or one call for several children of one parent."""

import importlib
import random

from agent_tools import Tools


def main(api, parent, history, donors, seed, model):
    """What `meta_agent.propose` wants changed in its own genome, as plain data."""
    tools = Tools(api, seed, model["models"] if model else ())
    tools.donors = donors
    if model:
        tools.constitution = model["constitution"]
        tools.bench = importlib.import_module("bench").Bench(api, model["rules"])
    return importlib.import_module("genome.meta_agent").propose(parent, history, tools)


def litter(api, parent, history, donors, drawn, seeds, most_steps):
    """A proposal for each seed, as if each were alone. An error in one ends the call: then each is asked for alone.

    Not guarded: what a genome keeps in its own modules from one proposal to the next.
    """
    patches = []
    for names, seed in zip(drawn, seeds, strict=True):
        before = api.steps_left()
        random.seed(0)
        shown = copied(parent), copied(history), [copied(donors[name]) for name in names]
        patches.append(main(api, *shown, seed, None))
        if before - api.steps_left() > most_steps:
            raise RuntimeError("one proposal takes more steps than it may")
    return patches


def copied(value):
    """Plain data anew, so that nobody finds what another has changed."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value
