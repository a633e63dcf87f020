"""In a zygote, before any job: use what every job is going to use.

CPython 3.11 and later specialises byte code where it runs, and libraries build tables on first use. What has happened
before the fork need not happen again in each child, nor cost it a copy of the memory pages that it would write.
"""

import ast

import libcst
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from sandbox_runner import steps

SAMPLE = '''
def sample(items, wanted, *, limit=3):
    """Words."""
    low, high = 0, len(items) - 1
    seen = {"a": [1, 2.5], "b": (None, True)}
    while low <= high and not seen.get("c"):
        middle = (low + high) // 2
        if items[middle] == wanted or middle > limit:
            return middle
        elif items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    for index, item in enumerate(sorted(items[1:], key=lambda x: -x)):
        if item in seen:
            continue
        seen[str(index)] = [x * 2 for x in range(index) if x % 2]
        low += item if index else 0
    try:
        return seen["x"][0]
    except KeyError as error:
        raise ValueError(f"{error}: {low}") from None
'''


def warm_up(rounds):
    """Parse, print, take apart and rebuild a piece of code that has most kinds of node in it."""
    for _ in range(rounds):
        tree = libcst.parse_module(SAMPLE)
        spans = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
        for node in list(spans)[::7]:
            if isinstance(node, (libcst.BaseExpression, libcst.BaseStatement)):
                libcst.Module([]).code_for_node(node)
        function = tree.body[0]
        tree.with_changes(body=[function.with_changes(name=libcst.Name("other"))]).code  # noqa: B018
        ast.dump(ast.parse(SAMPLE))
        namespace = {"__builtins__": {**vars(__import__("builtins")), "__tick__": steps.Counter(10_000).tick}}
        exec(steps.instrumented(SAMPLE, "<sample>"), namespace)
        namespace["sample"]([1, 2, 3, 4], 3)


warm_up(12)
