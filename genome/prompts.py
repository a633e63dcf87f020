"""The words that the agents use with a language model."""

import json

TASK = """Solve this task. Answer with the result alone, without explanation.

{task}
"""

PROPOSE = """You improve an agent by rewriting one definition of its source code at a time.

The files of the agent:
{files}

Tasks on which it was trained, with what went wrong:
{trials}

What was tried before, with the change in score:
{history}

Answer with one JSON object and nothing else:
{{"definition": "task_agent:solve", "source": "def solve(task, tools): ...", "title": "...", "hypothesis": "..."}}
"definition" names an existing function, class or assignment as module:name; "source" is its whole new text.
"""


def for_task(task):
    """The question that puts a task to the model."""
    return TASK.format(task=task if isinstance(task, str) else json.dumps(task, indent=1))


def for_proposal(files, trials, history):
    """The question that asks the model for a patch."""
    return PROPOSE.format(
        files="\n".join(f"--- {name}\n{text}" for name, text in sorted(files.items())),
        trials="\n".join(f"{t['task']}: score {t['score']} {t['outcome']} {t['feedback']}" for t in trials[:20]),
        history="\n".join(f"{child['gain']:+.3f} {child['title']}" for child in history[-20:]),
    )
