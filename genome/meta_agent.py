"""The meta agent: it proposes a patch for its own genome, itself included."""

import ast
import functools
import json

from genome import memory, operators

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
ATTEMPTS = 30
MORE_EDITS = {"code": 0.25, "constant": 0.4}
LIKING = {"code": 1.0, "constant": 2.0}
MOST_EDITS = 6
RECOMBINE = 0.1
REMEMBER = 0.05


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
    """A patch by weighted operators, or by taking over a definition of another individual.

    Where the files that are liked offer nothing new, all files are drawn alike.
    """
    lessons = memory.learned(history)
    tried = {child["title"] for child in history if child["parent"] == parent["id"]}
    for attempt in range(ATTEMPTS):
        liking = FILES if attempt < ATTEMPTS // 2 else dict.fromkeys(FILES, 1.0)
        recombine = tools.rng.random() < RECOMBINE
        patch = recombined(parent, tools) if recombine else mutated(parent, liking, lessons, tools.rng)
        if patch is not None and patch["title"] not in tried:
            return remembering(patch, parent, lessons, history, tools.rng)
    return {"edits": [], "title": "nothing new was found"}


def mutated(parent, files, lessons, rng):
    """A patch of a few edits of one definition by weighted operators, or None where the draw offers nothing."""
    file = choice(rng, files, lambda name: files[name] * memory.weight(lessons, name))
    module = file.removesuffix(".py")
    offers = definitions(parent["files"][file])
    name, text = choice(rng, offers, lambda offer: liking(offer[0]) * memory.weight(lessons, f"{module}:{offer[0]}"))
    address = f"{module}:{name}"
    scope = operators.scope_of(text)
    changes = []
    for _ in range(edit_count(name, rng)):
        change = drawn(scope, lessons, rng)
        if change is not None and is_new(scope, text, change) and not any(nested(change, c) for c in changes):
            changes.append(change)
    if not changes:
        return None
    return {
        "edits": [edit for change in changes for edit in operators.edits(change, address)],
        "title": f"{address} {' and '.join(change.title for change in changes)}"[:300],
        "hypothesis": "an edit like those that helped before",
        "operators": [file, address, *(change.operator for change in changes)],
    }


def edit_count(name, rng):
    """How many edits to try together: a constant survives more of them than code does."""
    more = MORE_EDITS[kind(name)]
    count = 1
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
    """A patch that takes a definition over from another individual, or None where they have the same ones."""
    if not tools.donors:
        return None
    donor = tools.rng.choice(tools.donors)
    offers = []
    for file, text in donor["files"].items():
        mine, theirs = dict(definitions(parent["files"].get(file, ""))), dict(definitions(text))
        changed = [name for name, new in theirs.items() if mine.get(name, new) != new]
        offers += [(file, name, theirs[name], mine[name]) for name in changed if at_home(theirs[name], theirs, mine)]
    if not offers:
        return None
    file, name, new, old = tools.rng.choice(offers)
    at = f"{file.removesuffix('.py')}:{name}"
    return {
        "edits": [{"kind": "replace", "at": at, "expect": old, "new": new}],
        "title": f"{at} as in {donor['id']}",
        "hypothesis": "what helped another may help here",
        "operators": [file, at, "recombined"],
    }


def at_home(text, theirs, mine):
    """Whether a definition of another module finds here what it uses of that module."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    return not (used & theirs.keys()) - mine.keys()


def remembering(patch, parent, lessons, history, rng):
    """The patch, now and then with what has been learned written into the memory of the child."""
    if rng.random() >= REMEMBER or not history or "memory.py" in patch["operators"]:
        return patch
    mine = dict(definitions(parent["files"]["memory.py"]))
    values = {"LESSONS": memory.forget(lessons), "LEARNED_UNTIL": history[-1]["id"]}
    for name, value in values.items():
        new = f"{name} = {json.dumps(value)}"
        if name in mine and mine[name] != new:
            patch["edits"].append({"kind": "replace", "at": f"memory:{name}", "expect": mine[name], "new": new})
    return patch


@functools.cache
def definitions(text):
    """The functions, classes and constants of a module, as (name, text)."""
    lines = text.splitlines(keepends=True)
    found = []
    for node in ast.parse(text).body:
        targets = getattr(node, "targets", None) or [node]
        name = getattr(targets[0], "name", getattr(targets[0], "id", None))
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        if name is not None:
            found.append((name, "".join(lines[first - 1 : node.end_lineno]).rstrip("\n")))
    return found


def choice(rng, items, weight):
    """One of the items, each drawn in proportion to its weight."""
    items = list(items)
    return rng.choices(items, [weight(item) for item in items])[0]
