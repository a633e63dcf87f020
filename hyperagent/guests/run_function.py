"""In a clean jail that never held the genome: an answer that is code, run on inputs."""

import copy
import types

from sandbox_runner import steps

MOST_STEPS = 100_000
AFTER_THAT = 10_000
"""The steps of a call after another one has used up its own: an answer without an end has had its chance."""


def main(_api, source, function, inputs):
    """One item for each input: {"value": plain data} or {"error": text}."""
    namespace = types.ModuleType("answer").__dict__
    try:
        exec(steps.instrumented(source, "<answer>"), namespace)
        called = namespace[function]
    except Exception as error:
        return [{"error": described(error)}] * len(inputs)
    limit, found = MOST_STEPS, []
    for arguments in inputs:
        counter = steps.Counter(limit)
        namespace["__tick__"] = counter.tick
        found.append(result(called, arguments, limit))
        limit = AFTER_THAT if counter.spent else limit
    return found


def result(called, arguments, limit):
    """What one call returned or raised."""
    try:
        return {"value": plain(called(*copy.deepcopy(arguments)))}
    except steps.OutOfSteps:
        return {"error": f"more than {limit} steps"}
    except Exception as error:
        return {"error": described(error)}


def plain(value):
    """The value as plain data; anything that is none is an error."""
    if value is None or type(value) in (bool, float, str):
        return value
    if type(value) is int and -(2**63) <= value < 2**63:
        return value
    if type(value) in (list, tuple):
        return [plain(item) for item in value]
    if type(value) is dict and all(type(key) is str for key in value):
        return {key: plain(item) for key, item in value.items()}
    raise TypeError(f"returned {type(value).__name__}, which is not plain data")


def described(error):
    """An exception on one line."""
    return f"{type(error).__name__}: {error}"[:200]
