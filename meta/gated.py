"""Every reason why a genome may not run; what a child shares with its parent is not looked at again.

Files are held against the rules statement by statement, and it finds what `gate.file_violations` finds. Modules where
statements bear on each other's syntax (imports from the future, declarations at the top) are given to that as a whole,
and so is whatever does not compile.
"""

import ast
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import NamedTuple

from meta.complexity import DECIDES
from meta.edit import PatchError
from meta.gate import (
    TICK,
    Policy,
    Violation,
    complexity_violations,
    contract_violations,
    file_violations,
    forbidden_attribute,
    genome_imports,
    genome_violations,
    imported_names,
    region_violations,
    use_violations,
)
from meta.genome import Genome
from meta.index import Index, indexed
from meta.source import parsed

WHOLE = re.compile(r"__future__|^[ \t]*(?:global|nonlocal)\b", re.MULTILINE)
DEFINES = ("def ", "class ", "async def ", "@")

Rules = tuple[frozenset[str], frozenset[str], frozenset[str], int]
"""What a policy says of a statement: imports, forbidden names, allowed attributes, complexity."""
Found = tuple[tuple[str, int | None, str], ...]
"""Violations of a statement: rule, line counted from its first one, text."""


def violations(
    genome: Genome, policy: Policy | None = None, known: Collection[str] = (), base: Genome | None = None
) -> list[Violation]:
    """Every reason why this genome may not run.

    `known` are the digests of genomes that need not run again, `base` is the genome that this one was made of, which
    the region that may change is held against.
    """
    policy = policy or Policy()
    found = genome_violations(genome, policy, known)
    if base is not None:
        found += region_violations(base, genome, policy)
    for name in genome:
        found += kept_violations(name, genome.raw(name), policy)
    return found


def kept_violations(name: str, content: bytes, policy: Policy) -> list[Violation]:
    """What `file_violations` finds in a file."""
    if not name.endswith(".py") or len(content) > policy.max_file_bytes:
        return file_violations(name, content, policy)
    try:
        index = indexed(name, content)
        rules = rules_of(policy)
        by_statement = [statement_violations(index.chunk(k), rules) for k in range(len(index.parts))]
    except (PatchError, SyntaxError, ValueError, RecursionError, MemoryError):
        return file_violations(name, content, policy)
    found = [*contract_violations(name, contract_tree(name, index, policy), policy)]
    line, end = 1, 0
    for part, violations in zip(index.parts, by_statement, strict=True):
        line, end = line + lines_in(index.text[end : part.start]), part.start
        for rule, at, text in violations:
            found.append(Violation(rule, name if at is None else f"{name}:{line + at - 1}", text))
    return found


def rules_of(policy: Policy) -> Rules:
    """What a policy says of a statement, in a form that can be kept."""
    sets = (policy.imports, policy.forbidden_names, policy.allowed_attributes)
    imports, names, attributes = map(frozenset, sets)
    return imports, names, attributes, policy.max_complexity


class Uses(NamedTuple):
    """What a statement uses: modules, names, those attributes that may be forbidden, and files of the genome."""

    imports: frozenset[str]
    names: frozenset[str]
    attributes: frozenset[str]
    files: frozenset[str]
    is_plain: bool
    """There is nothing else in it that a rule could speak of."""


@lru_cache(maxsize=4096)
def uses(text: str) -> Uses:
    """What one top-level statement uses; raises what its compilation raises, or if it cannot stand alone."""
    if WHOLE.search(text) and not (text.startswith(DEFINES) and "__future__" not in text):
        raise PatchError("bears on other statements")
    tree = parsed("", text)
    compile(tree, "", "exec", dont_inherit=True)
    nodes = [*ast.walk(tree)]
    return Uses(
        imports=frozenset(name.split(".")[0] for node in nodes for name in imported_names(node)),
        names=frozenset(node.id for node in nodes if isinstance(node, ast.Name)),
        attributes=frozenset(
            node.attr for node in nodes if isinstance(node, ast.Attribute) and forbidden_attribute(node.attr)
        ),
        files=frozenset(genome_imports(nodes)),
        is_plain=TICK not in text
        and text.isascii()
        and not any(isinstance(node, ast.ImportFrom) and node.level for node in nodes),
    )


def file_imports(name: str, content: bytes) -> list[str]:
    """The files of the genome that a module imports."""
    index = indexed(name, content)
    try:
        return sorted({file for k in range(len(index.parts)) for file in uses(index.chunk(k)).files})
    except (PatchError, SyntaxError, ValueError, RecursionError, MemoryError):
        return sorted(genome_imports(ast.walk(parsed(name, index.text))))


@lru_cache(maxsize=4096)
def statement_violations(text: str, rules: Rules) -> Found:
    """The violations of one top-level statement; raises what `uses` raises."""
    imports, names, attributes, complexity = rules
    used = uses(text)
    if (
        used.is_plain
        and used.imports <= imports
        and used.names.isdisjoint(names)
        and used.attributes <= attributes
        and len(DECIDES.findall(text)) < complexity
    ):
        return ()
    policy = Policy({}, imports, names, attributes, max_complexity=complexity)
    tree = parsed("", text)
    found = [*use_violations("", text, tree, policy), *complexity_violations("", text, tree, policy)]
    return tuple((v.rule, int(v.place[1:]) if v.place else None, v.text) for v in found)


def contract_tree(name: str, index: Index, policy: Policy) -> ast.Module:
    """The definitions of a module that a contract speaks of."""
    return ast.Module([*contract_statements(name, index, policy)], [])


def contract_statements(name: str, index: Index, policy: Policy) -> Iterator[ast.stmt]:
    """These definitions, with the lines that they have in the module."""
    for function in policy.contracts.get(name, {}):
        for number in index.places.get(function, []):
            tree = parsed(name, index.chunk(number))
            above = lines_in(index.text[: index.parts[number].start])
            yield from ast.increment_lineno(tree, above).body


def lines_in(text: str) -> int:
    """How many lines end in a text, as Python counts lines."""
    return len(re.findall(r"\r\n|\r|\n", text))
