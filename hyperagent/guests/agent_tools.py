"""In a jail: the tools that an agent is handed."""

import random


class Tools:
    """A random generator, the language model (None if there is none), and whatever a domain adds by name."""

    def __init__(self, api, seed, models=()):
        self.rng = random.Random(seed)
        self.steps_left = api.steps_left
        self.llm = Model(api, models) if models else None


class Model:
    """The language models that the host lets a genome ask; `models` are their names, the first one the default."""

    def __init__(self, api, models):
        self._api = api
        self.models = list(models)

    def __call__(self, prompt):
        """The words of the answer to one prompt, "" if there are none."""
        reply = self.message([{"role": "user", "content": str(prompt)}])
        return "".join(block["text"] for block in reply["content"] if block["type"] == "text")

    def message(self, messages, **options):
        """The reply to a conversation: {"content": [blocks], "stop_reason", "tokens", "dollars"}.

        `options` are model, system, tools and max_tokens; messages, blocks and tools are as in the Messages API. Stop
        reasons beyond the API's: "budget" (not asked, for nothing is left), "empty", and "rejected" with what the
        server found wrong. RuntimeError if the host finds fault with the question.
        """
        reply = self._api.ask({"ask": "model", "messages": messages, **options})
        if "error" in reply:
            raise RuntimeError(reply["error"])
        return reply
