"""What a task agent may ask about an answer before it gives it. The source of this module runs in the agent's jail."""

from collections.abc import Mapping


def tools(task: Mapping[str, object]) -> dict[str, object]:
    """`check(answer)`: what is wrong with the form of an answer, "" if nothing; the hidden tests are not here."""
    names = task["names"]
    assert isinstance(names, list)

    def check(answer: object) -> str:
        """What is wrong with the form of an answer, empty if nothing: Python that cannot be parsed, files not named."""
        files = {names[0]: answer} if isinstance(answer, str) and len(names) == 1 else answer
        if not isinstance(files, dict):
            return "expected a text for each file, by name"
        faults = [fault(name, files[name]) if name in files else f"{name} is missing" for name in names]
        return next((found for found in faults if found), "")

    return {"check": check}


def fault(name: str, text: str) -> str:
    """Why a file cannot be right, if that shows without running it."""
    if not name.endswith(".py"):
        return "" if text.strip() else f"{name} is empty"
    try:
        compile(text, name, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return f"{name}: {error}"
    return ""
