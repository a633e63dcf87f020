"""Several domains as one: a genome with one task agent for all of them, selected on the mean of what it does in each.

Each split has as many tasks of one domain as of another. Scores are put on one scale, on which 0 is the low end of a
domain's `span` and 1 is its high end, about what a seed reaches and what is known to be good; they may lie beyond.
"""

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from hyperagent.domain import SPLITS, Domain, Jail, JudgeFunction, Score, Task, checked_score
from hyperagent.errors import UsageError
from sandbox_runner import Limits

TOOLS = '''
import sys
from types import ModuleType


def made(name, source):
    """The tools of one domain as a module."""
    module = ModuleType(f"tools_of_{{name}}")
    sys.modules[module.__name__] = module
    exec(compile(source, f"<tools of {{name}}>", "exec"), vars(module))
    return module


MODULES = {{name: made(name, source) for name, source in {sources!r}.items()}}


def tools(task):
    """What the domain of a task adds to the tools of its agent."""
    module = MODULES.get(task["domain"])
    return module.tools(task["task"]) if module else {{}}
'''


def together(domains: Sequence[Domain], seed: int = 0) -> Domain:
    """One domain of several; `seed` deals out the tasks of those that do not name their splits."""
    named = {domain.name: domain for domain in domains}
    if len(named) < len(domains):
        raise UsageError(f"{', '.join(domain.name for domain in domains)}: expected domains that differ")
    without_agent = [name for name, domain in named.items() if domain.seed is None]
    if without_agent:
        raise UsageError(f"domain {without_agent[0]} has no seed agent of its own, expected one to put beside others")
    staged = [name for name, domain in named.items() if domain.stages]
    if staged:
        raise UsageError(f"domain {staged[0]} has stages of its own, expected one to put beside others")
    splits = balanced({name: domain.split(seed) for name, domain in named.items()})
    parts = {part.task.id: part for found in splits.values() for part in found}
    preloads = {domain.preload for domain in domains}
    return Domain(
        ",".join(named),
        [part.task for part in parts.values()],
        judge=judge_of(named, parts),
        seed=one_agent({name: str(domain.seed) for name, domain in named.items()}),
        tools=TOOLS.format(sources={name: domain.tools for name, domain in named.items() if domain.tools}),
        splits={split: [part.task.id for part in found] for split, found in splits.items()},
        limits=Limits(**{f.name: max(getattr(domain.limits, f.name) for domain in domains) for f in fields(Limits)}),
        preload=preloads.pop() if len(preloads) == 1 else "full",
        without=sorted({name for domain in domains for name in domain.without}),
        worst=min(scaled(domain, domain.worst) for domain in domains),
        about="; ".join(f"{name}: 0 to 1 is from {d.span[0]:g} to {d.span[1]:g}" for name, d in named.items()),
    )


@dataclass(frozen=True)
class Part:
    """A task of one domain: as that domain has it, and as the domain of several has it."""

    domain: str
    inner: Task
    task: Task


def balanced(splits: Mapping[str, Mapping[str, Sequence[Task]]]) -> dict[str, list[Part]]:
    """As many tasks of each domain in a split, taken in turn, each with the name of its domain around it."""
    found: dict[str, list[Part]] = {}
    for split in SPLITS:
        count = min(len(tasks[split]) for tasks in splits.values())
        found[split] = [part(name, tasks[split][k]) for k in range(count) for name, tasks in splits.items()]
    return found


def part(name: str, inner: Task) -> Part:
    """A task with the name of its domain around it; where it has no target, something stands for it."""
    target = inner.target if inner.target is not None else False
    return Part(name, inner, Task(f"{name}/{inner.id}", {"domain": name, "task": inner.input}, target))


def judge_of(named: Mapping[str, Domain], parts: Mapping[str, Part]) -> JudgeFunction:
    """A judge that lets each domain score its own, and puts the score on the common scale."""

    async def judge(task: Task, answer: object, jail: Jail) -> Score:
        part = parts[task.id]
        domain = named[part.domain]
        if domain.score is not None:
            found = domain.score(part.inner, answer)
        else:
            assert domain.judge is not None
            found = await domain.judge(part.inner, answer, jail)
        score, feedback = checked_score(domain.name, part.inner, found)
        return scaled(domain, score), f"{domain.name} {score:.4g}. {feedback}"

    return judge


def scaled(domain: Domain, score: float) -> float:
    """A score of a domain on the common scale."""
    low, high = domain.span
    return (score - low) / (high - low)


def one_agent(sources: Mapping[str, str]) -> str:
    """The seed agents as one module, each of its names with that of its domain before it."""
    heads, bodies, table = [], [], []
    for name, source in sources.items():
        prefix = re.sub(r"\W+", "_", name)
        head, body = parted(renamed(source, prefix))
        heads += [line for line in head if line not in heads]
        bodies.append(body)
        table.append(f'    if task["domain"] == {name!r}:\n        return {prefix}_solve(task["task"], tools)\n')
    solve = 'def solve(task, tools):\n    """Return what the agent of the task\'s domain answers."""\n'
    return "\n".join(["".join(heads), *bodies, "", f"{solve}{''.join(table)}"])


def renamed(source: str, prefix: str) -> str:
    """The source with each name that it defines at its top prefixed, wherever that name is used."""
    tree = ast.parse(source)
    tops = {name for node in tree.body for name in defined(node)}
    lines = source.encode().splitlines(keepends=True)
    places = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name in tops:
            line = lines[node.lineno - 1]
            places.append((node.lineno, line.index(node.name.encode(), node.col_offset + 3), node.name))
        elif isinstance(node, (ast.Name, ast.arg)):
            name = node.id if isinstance(node, ast.Name) else node.arg
            if name in tops:
                places.append((node.lineno, node.col_offset, name))
    for number, column, name in sorted(places, reverse=True):
        new = f"{prefix.upper() if name.isupper() else prefix}_{name}".encode()
        line = lines[number - 1]
        lines[number - 1] = line[:column] + new + line[column + len(name.encode()) :]
    return b"".join(lines).decode()


def defined(node: ast.stmt) -> list[str]:
    """The functions, classes and variables that a statement defines."""
    targets = getattr(node, "targets", [getattr(node, "target", node)])
    names = [getattr(target, "name", getattr(target, "id", None)) for target in targets]
    return [name for name in names if isinstance(name, str)]


def parted(source: str) -> tuple[list[str], str]:
    """The imports of a module, and the rest of it without its docstring."""
    tree, lines = ast.parse(source), source.splitlines(keepends=True)
    head: list[str] = []
    for number, node in reversed(list(enumerate(tree.body))):
        is_import = isinstance(node, (ast.Import, ast.ImportFrom))
        if is_import or (number == 0 and ast.get_docstring(tree) is not None):
            taken = lines[node.lineno - 1 : node.end_lineno]
            del lines[node.lineno - 1 : node.end_lineno]
            head = [*taken, *head] if is_import else head
    return head, "".join(lines).strip("\n") + "\n"
