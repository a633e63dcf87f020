"""A conversation with a language model that uses tools: query, execute, repeat."""

WAITING = ("end_turn", "empty", "stop_sequence", "pause_turn", "max_tokens", "tool_use")
CUT = "your answer was cut at its longest: nothing in it was done, go on in smaller steps"
GO_ON = "use a tool to go on"
PATIENCE = 3


def dialogue(llm, messages, execute, steps, tokens, **options):
    """Talk until `execute` says that it is done, the model stops or only talks, or steps or tokens are used up.

    `execute(name, arguments)` gives (text, done) for one use of a tool. Returns why it ended: "done", "steps",
    "tokens", or a stop reason. `messages` grows by what was said.
    """
    idle = 0
    for _ in range(steps):
        reply = llm.message(cached(messages), **options)
        tokens -= reply["tokens"]
        idle = 0 if any(block["type"] == "tool_use" for block in reply["content"]) else idle + 1
        if reply["stop_reason"] not in WAITING or idle == PATIENCE:
            return reply["stop_reason"]
        done = answered(messages, reply, execute)
        if done or tokens < 0:
            return "done" if done else "tokens"
    return "steps"


def answered(messages, reply, execute):
    """Add the reply and what came of it; whether that was all."""
    uses = [block for block in reply["content"] if block["type"] == "tool_use"]
    if reply["content"]:
        messages.append({"role": "assistant", "content": reply["content"]})
    cut = reply["stop_reason"] == "max_tokens"
    results = [result(use, CUT, True) if cut else executed(use, execute) for use in uses]
    words = {"type": "text", "text": CUT if cut else GO_ON}
    messages.append({"role": "user", "content": [block for block, _ in results] or [words]})
    return any(done for _, done in results)


def executed(use, execute):
    """What came of one use of a tool, and whether that was all. A call that does not fit is answered with its fault."""
    try:
        text, done = execute(use["name"], use["input"])
    except (ValueError, TypeError, KeyError) as error:
        return result(use, f"{error}", True)
    return result(use, text, False)[0], done


def result(use, text, is_error):
    """The block that answers the use of a tool, and that this was not all."""
    return {"type": "tool_result", "tool_use_id": use["id"], "content": text, "is_error": is_error}, False


def cached(messages):
    """The messages, all that has been said so far marked to be read from the server's cache the next time."""
    *before, last = messages
    *blocks, block = (
        last["content"] if isinstance(last["content"], list) else [{"type": "text", "text": last["content"]}]
    )
    return [*before, {**last, "content": [*blocks, {**block, "cache_control": True}]}]


def tool(name, purpose, /, **parameters):
    """A tool whose parameters are texts, or lists of texts where their description begins with "list"."""
    return {
        "name": name,
        "description": purpose,
        "input_schema": {
            "type": "object",
            "properties": {parameter: kind(about) for parameter, about in parameters.items()},
            "required": list(parameters),
        },
    }


def kind(about):
    """The schema of a parameter."""
    text = {"type": "string"}
    whole = {"type": "array", "items": text} if about.startswith("list") else text
    return {**whole, "description": about}
