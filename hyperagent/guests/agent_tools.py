"""In a jail: the tools that an agent is handed."""

import random


class Tools:
    """A random generator, the language model (None if there is none), and whatever a domain adds by name."""

    def __init__(self, api, seed, has_model):
        self.rng = random.Random(seed)
        self.steps_left = api.steps_left
        self.llm = model(api) if has_model else None


def model(api):
    """A function from a prompt to the model's answer, asked of the host."""

    def complete(prompt):
        reply = api.ask({"ask": "complete", "prompt": str(prompt)})
        if reply.get("error"):
            raise RuntimeError(reply["error"])
        return reply["text"]

    return complete
