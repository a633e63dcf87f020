"""The meta agent with a language model: it reads its genome, edits a copy, tries it, takes a second look, submits."""

from genome import models, prompts, workbench
from genome.dialogue import dialogue

STEPS = 30
TOKENS = 600_000
REVIEWS = 2
ANSWER_TOKENS = 8000


def proposal(parent, history, tools):
    """A patch as plain data, its edits empty where nothing came of it."""
    desk = workbench.Desk(parent, history, tools)
    model = models.choice(tools.llm.models, history, tools.rng)
    review = Review(desk, model, tools)

    def execute(name, arguments):
        text = workbench.used(desk, name, arguments)
        return review.of_submission() if name == "submit" else (text, False)

    messages = [{"role": "user", "content": prompts.opening(desk, history)}]
    dialogue(tools.llm, messages, execute, STEPS, TOKENS, model=model, system=prompts.system(desk),
             tools=workbench.TOOLS, max_tokens=ANSWER_TOKENS)  # fmt: skip
    return patch(desk, model)


class Review:
    """The second look: a critique of a submitted patch, which is then revised or kept. After some it is kept anyway."""

    def __init__(self, desk, model, tools):
        self.desk = desk
        self.model = model
        self.tools = tools
        self.left = REVIEWS

    def of_submission(self):
        """What the author is told, and whether the patch is kept as it is."""
        faults = workbench.checked(self.desk)
        if faults:
            return "not submitted, for the gate would refuse it:\n" + faults, False
        if self.left == 0:
            return "submitted", True
        self.left -= 1
        critique = self.critique()
        keep = critique.lstrip().upper().startswith("SUBMIT") or not critique.strip()
        return ("submitted", True) if keep else (prompts.REVISE.format(critique=critique), False)

    def critique(self):
        """The words of the model on the patch, "" if there are none."""
        question = [{"role": "user", "content": prompts.review(self.desk)}]
        reply = self.tools.llm.message(question, model=self.model, max_tokens=ANSWER_TOKENS)
        return "".join(block["text"] for block in reply["content"] if block["type"] == "text")


def patch(desk, model):
    """What is on the desk, submitted or not, as a patch."""
    edits = [] if workbench.checked(desk) else workbench.edits(desk)
    places = dict.fromkeys(edit.get("at", edit.get("name", "")).split("/")[0] for edit in edits)
    return {
        "edits": edits,
        "title": desk.title or f"unfinished: {', '.join(places)}"[:300],
        "hypothesis": desk.hypothesis,
        "operators": [models.topic(model), *places],
    }
