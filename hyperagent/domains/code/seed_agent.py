"""The task agent: it writes the files of an exercise, with the language model if there is one."""

import re

FENCE = re.compile(r"```[^\n]*\n(.*?)```", re.DOTALL)
FILE = re.compile(r"(\S+)\s*\n```[^\n]*\n(.*?)```", re.DOTALL)


def solve(task, tools):
    """Return the files by name: the model's, or the given ones with one edit."""
    if tools.llm is not None:
        return written(task, tools)
    return {name: edited(name, text, tools.rng) for name, text in task["files"].items()}


def written(task, tools):
    """The files that the model writes, corrected once where their form is wrong."""
    messages = [{"role": "user", "content": question(task)}]
    files = answered(messages, task, tools)
    fault = tools.check(files)
    if fault:
        messages.append({"role": "user", "content": f"That cannot be right yet: {fault}\nWrite the files again."})
        files = {**files, **answered(messages, task, tools)}
    return files


def question(task):
    """What the model is asked."""
    given = "\n\n".join(f"{name}\n```\n{text}```" for name, text in task["files"].items())
    return (
        f"Solve this exercise in {task['language']}.\n\n<exercise>\n{task['description']}\n</exercise>\n\n"
        f"The files to begin with:\n\n{given}\n\n"
        "Write each file whole: its name on a line, then its text between lines of three backticks."
    )


def answered(messages, task, tools):
    """The files in the model's next answer."""
    reply = tools.llm.message(messages)
    words = "".join(block["text"] for block in reply["content"] if block["type"] == "text")
    messages.append({"role": "assistant", "content": words or "(nothing)"})
    return files_in(words, task["names"])


def files_in(words, names):
    """The files that a text holds: behind their names, or the only one in the only fence."""
    found = {name.strip("`*#:"): text for name, text in FILE.findall(words)}
    found = {name: text for name, text in found.items() if name in names}
    alone = FENCE.findall(words)
    if not found and alone and len(names) == 1:
        return {names[0]: alone[-1]}
    return found


def edited(name, text, rng):
    """A file with one edit at random; as it stands where there is none."""
    if not name.endswith(".py"):
        return text
    from genome import operators

    scope = operators.Scope(text)
    pairs = list(operators.pairs(scope))
    offers = list(operators.changes(*drawn(pairs, rng), scope)) if pairs else []
    return (operators.applied(scope, rng.choice(offers)) if offers else None) or text


def drawn(pairs, rng):
    """One pair of an operator and a site."""
    return rng.choice(pairs)
