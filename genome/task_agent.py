"""The task agent: what is measured."""

from genome import prompts


def solve(task, tools):
    """Return an answer to the task, from the language model if there is one."""
    if tools.llm is not None:
        return tools.llm(prompts.for_task(task))
    return answer(task)


def answer(task):
    """Return the task as it stands: a place to begin."""
    result = task
    return result
