"""The task agent with a language model: answer, check, reflect, try again (Reflexion, Shinn et al. 2023; Self-Refine,
Madaan et al. 2023)."""

from genome import notes, prompts, skills
from genome.dialogue import cached, executed

RETRIES = 1
STEPS = 8


def solve(task, tools):
    """The model's answer, corrected where a check finds fault with it."""
    advice = notes.relevant(notes.NOTES, str(task), max((note["at"] for note in notes.NOTES), default=0))
    messages = [{"role": "user", "content": prompts.for_task(task, advice)}]
    answer = spoken(messages, tools)
    for _ in range(RETRIES):
        fault = checked(task, answer, tools)
        if not fault:
            break
        messages.append({"role": "user", "content": prompts.AGAIN.format(fault=fault)})
        answer = skills.after("ANSWER:", spoken(messages, tools)) or answer
    return answer


def checked(task, answer, tools):
    """What is wrong with an answer, or "": by the domain's own check where it offers one, else in the model's eyes."""
    if "check" in [tool["name"] for tool in tools.offered]:
        return str(tools.check(answer) or "")
    verdict = tools.llm(prompts.CHECK.format(task=prompts.shown(task), answer=answer)).strip()
    return "" if not verdict or verdict.upper().startswith("OK") else verdict


def spoken(messages, tools):
    """The words of the model's next answer, after it has used what tools the domain offers."""
    for _ in range(STEPS):
        reply = tools.llm.message(cached(messages), tools=tools.offered)
        if not reply["content"]:
            return ""
        messages.append({"role": "assistant", "content": reply["content"]})
        uses = [block for block in reply["content"] if block["type"] == "tool_use"]
        if not uses or reply["stop_reason"] != "tool_use":
            break
        results = [executed(use, lambda name, given: (str(getattr(tools, name)(**given)), False)) for use in uses]
        messages.append({"role": "user", "content": [block for block, _ in results]})
    return "".join(block["text"] for block in reply["content"] if block["type"] == "text")
