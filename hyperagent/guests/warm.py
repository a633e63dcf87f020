"""In a zygote, before any job: use what jobs are going to use, on the seed genome that is shipped.

CPython 3.11 and later specialises byte code where it runs, and libraries build tables on first use. What has happened
before the fork need not happen again in each child, nor cost it a copy of the memory pages that it would write: a call
takes a third less processor time for it. The genome used here is our own, as it is held.
"""

import importlib
import random
import types

import warm_build
from warm_genome import FILES

import meta
from meta.gated import kept_violations

PATCH = {
    "version": 1,
    "edits": [
        {"kind": "replace", "at": "sample:sample/body[1].test.left", "expect": "low", "new": "low + 1"},
    ],
}
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

# Files that are edited less often than this are not worth the time that a start takes for them.
OFTEN = 0.1
RULES = meta.Policy(imports=["libcst"]).plain()


def warm_up():
    """Load the genome, let it make edits and a proposal, read its files as the gate does, and build a child."""
    for round in range(2):
        edit(importlib.import_module("genome.operators"), random.Random(round))
        propose(importlib.import_module("genome.meta_agent"), random.Random(round))
    read(importlib.import_module("genome.operators"), importlib.import_module("genome.meta_agent"))
    for name, text in FILES.items():
        kept_violations(name, text.encode(), meta.Policy())
    for _ in range(6):
        warm_build.main(None, {"sample.py": SAMPLE.encode()}, [PATCH], RULES, [])


def edit(operators, rng):
    """Try edits of every kind on the sample."""
    scope = operators.Scope(SAMPLE)
    pairs = operators.pairs(scope)
    rng.shuffle(pairs)
    for operator, site in pairs[:120]:
        for change in list(operators.changes(operator, site, scope))[:2]:
            operators.applied(scope, change)


def read(operators, meta_agent):
    """Take the definitions apart that proposals edit most: where a genome has them unchanged, that is kept."""
    for name in (name for name, weight in meta_agent.FILES.items() if weight >= OFTEN):
        for _, text in meta_agent.definitions(FILES[name]):
            operators.pairs(operators.scope_of(text))


def propose(meta_agent, rng):
    """Propose a patch of the genome itself."""
    tools = types.SimpleNamespace(rng=rng, llm=None, donors=[])
    meta_agent.propose({"id": 0, "files": FILES, "score": 0.0, "train": 0.0, "trials": []}, [], tools)


warm_up()
