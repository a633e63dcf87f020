"""The meta agent: it proposes a patch for its own genome, itself included."""

import ast
import functools

from genome import memory, operators
from genome.definitions import definitions, is_at_home, is_definition, text_of

FILES = {
    "task_agent.py": 8.0,
    "meta_agent.py": 0.4,
    "memory.py": 0.3,
    "selection.py": 0.3,
    "symbols.py": 0.1,
    "comparisons.py": 0.01,
    "arithmetic.py": 0.01,
    "conditions.py": 0.02,
    "values.py": 0.02,
    "calls.py": 0.02,
    "sequences.py": 0.02,
    "statements.py": 0.1,
}
UNUSED = ("meta_agent.py", "memory.py", "selection.py")
ATTEMPTS = 30
MORE_EDITS = {"code": 0.25, "constant": 0.4}
LIKING = {"code": 1.0, "constant": 2.0}
MOST_EDITS = 6
RECOMBINE = 0.1
RECALL = 0.1
REMEMBER = 0.05
LEAST = 0.01
ARROW = " -> "
PATIENCE = 10


def propose(parent, history, tools):
    """Return a patch as plain data: {"edits": [...], "title", "hypothesis", "operators"}.

    `parent` has files (name: text), score and trials; each of `history` has id, parent, title, operators and gain;
    `tools.donors` are other individuals with the files in which they differ.
    """
    if tools.llm is not None:
        from genome import programmer

        patch = programmer.proposal(parent, history, tools)
        if patch["edits"]:
            return patch
    return from_operators(parent, history, tools)


def from_operators(parent, history, tools):
    """A patch by weighted operators, or by taking over a definition of another individual or one that is remembered.

    Where nothing new is found, more edits are made together, and in the end all files are drawn alike.
    """
    lessons = memory.learned(history, memory.is_familiar(parent["files"]))
    tried = known_already(parent, history)
    for attempt in range(ATTEMPTS):
        liking = FILES if attempt < ATTEMPTS // 2 else dict.fromkeys(FILES, 1.0)
        move = tools.rng.random()
        if move < RECOMBINE:
            patch = recombined(parent, tools)
        elif move < RECOMBINE + RECALL and memory.KNOWN:
            patch = recalled(parent, tools.rng)
        else:
            patch = mutated(parent, liking, lessons, tools.rng, 1 + attempt // PATIENCE)
        if patch is not None and patch["title"] not in tried:
            return remembering(patch, parent, lessons, history, tools.rng)
    return {"edits": [], "title": "nothing new was found"}


def known_already(parent, history):
    """The titles of what was tried on the parent or its like, and of what would undo the edit that made it."""
    told = {child["id"]: child for child in history}
    me = likeness(parent["id"], told)
    tried = {child["title"] for child in history if likeness(child["parent"], told) == me}
    for child in history:
        place, colon, change = child["title"].partition(": ")
        old, arrow, new = change.partition(ARROW)
        if child["id"] == parent["id"] and ARROW not in new:
            tried.add(f"{place}{colon}{new}{arrow}{old}")
    return tried


def likeness(id, told):
    """The nearest ancestor from which an individual differs in files alone that its task agent does not use."""
    while id in told and told[id]["operators"] and told[id]["operators"][0] in UNUSED:
        id = told[id]["parent"]
    return id


def mutated(parent, files, lessons, rng, least=1):
    """A patch of a few edits of one definition by weighted operators, or None where the draw offers nothing."""
    file = choice(rng, files, lambda name: files[name] * memory.weight(lessons, name))
    module = file.removesuffix(".py")
    offers = definitions(parent["files"][file])
    name, text = choice(rng, offers, lambda offer: liking(offer[0]) * memory.weight(lessons, f"{module}:{offer[0]}"))
    address = f"{module}:{name}"
    scope = operators.scope_of(text)
    changes = []
    for _ in range(edit_count(name, rng, least)):
        change = drawn(scope, lessons, rng)
        if change is not None and is_new(scope, text, change) and not any(nested(change, c) for c in changes):
            changes.append(change)
    if not changes:
        return None
    return {
        "edits": [edit for change in changes for edit in operators.edits(change, address)],
        "title": f"{address} {' and '.join(sorted(change.title for change in changes))}"[:300],
        "hypothesis": f"an edit by {', '.join(change.operator for change in changes)}, like those that helped before",
        "operators": [file, address, *(change.operator for change in changes)],
    }


def edit_count(name, rng, least):
    """How many edits to try together, at least so many: a constant survives more of them than code does."""
    more = MORE_EDITS[kind(name)]
    count = least
    while count < MOST_EDITS and rng.random() < more:
        count += 1
    return count


def liking(name):
    """How much more often a definition of this kind is edited."""
    return LIKING[kind(name)]


def kind(name):
    """Whether a name is that of a constant or of code."""
    return "constant" if name.isupper() else "code"


def drawn(scope, lessons, rng):
    """One change: an operator by weight, then a site and an alternative at random."""
    sites = {}
    for operator, site in operators.pairs(scope):
        if "." in site.path:
            sites.setdefault(operator.name, []).append(site)
    if not sites:
        return None
    name = choice(rng, list(sites), lambda name: len(sites[name]) ** 0.5 * memory.weight(lessons, name))
    found = list(operators.changes(operators.OPERATORS[name], rng.choice(sites[name]), scope))
    return rng.choice(found) if found else None


def is_new(scope, text, change):
    """Whether a change parses and makes a difference to the program."""
    after = operators.applied(scope, change)
    if after is None:
        return False
    try:
        return meaning(after) != meaning(text)
    except SyntaxError:
        return False


@functools.cache
def meaning(text):
    """What a text says as a program, whatever its layout."""
    return ast.dump(ast.parse(text))


def nested(one, other):
    """Whether two changes touch the same place."""
    first, second = one.site.path, other.site.path
    return first.startswith(second) or second.startswith(first)


def recombined(parent, tools):
    """A patch that takes a definition over from another individual, or None where the child would be that one again."""
    if not tools.donors:
        return None
    donor = tools.rng.choice(tools.donors)
    offers = []
    for file, text in donor["files"].items():
        module = parent["files"].get(file, "")
        changed = [(name, new) for name, new in definitions(text) if text_of(name, module) != new]
        offers += [(f"{file.removesuffix('.py')}:{name}", new) for name, new in changed]
    return taken_over(parent, offers, f"as in {donor['id']}", "recombined", tools.rng) if len(offers) > 1 else None


def recalled(parent, rng):
    """A patch that brings back a definition that helped before, or None where nothing else is remembered."""
    return taken_over(parent, memory.KNOWN.items(), "as remembered", "recalled", rng)


def taken_over(parent, offers, words, operator, rng):
    """A patch that puts one of the definitions offered, as (address, text), in the place of that of the parent.

    None where the parent has each of them already, or has not what it uses of its module.
    """
    fitting = []
    for address, new in offers:
        module, name = address.split(":")
        old = text_of(name, text := parent["files"].get(f"{module}.py", ""))
        if old is not None and is_definition(new, name) and meaning(old) != meaning(new) and is_at_home(new, text):
            fitting.append((f"{module}.py", name, old, new))
    if not fitting:
        return None
    file, name, old, new = choice(rng, fitting, lambda offer: FILES.get(offer[0], LEAST) * liking(offer[1]))
    address = f"{file.removesuffix('.py')}:{name}"
    return {
        "edits": [{"kind": "replace", "at": address, "expect": old, "new": new}],
        "title": f"{address} {words}",
        "hypothesis": "what helped another may help here",
        "operators": [file, address, operator],
    }


def remembering(patch, parent, lessons, history, rng):
    """The patch, now and then with what has been learned written into the memory of the child."""
    if rng.random() >= REMEMBER or not history or "memory.py" in patch["operators"]:
        return patch
    mine = dict(definitions(parent["files"]["memory.py"]))
    values = {
        "LESSONS": memory.forget(lessons),
        "LEARNED_UNTIL": history[-1]["id"],
        "KNOWN": memory.known([parent], history),
    }
    for name, value in values.items():
        new = f"{name} = {value!r}"
        if name in mine and mine[name] != new:
            patch["edits"].append({"kind": "replace", "at": f"memory:{name}", "expect": mine[name], "new": new})
    return patch


def choice(rng, items, weight):
    """One of the items, each drawn in proportion to its weight."""
    items = list(items)
    return rng.choices(items, [weight(item) for item in items])[0]
