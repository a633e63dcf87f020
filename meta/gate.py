"""Why a genome may not run: rules on its text, checked without running it.

What this does not do: it is no wall. Python can hide what it does from any reader, so a genome that passes is still
hostile by assumption and runs in a jail. The gate refuses what is pointless to run and keeps honest code honest.
"""

import ast
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from meta.complexity import too_complex
from meta.edit import PatchError
from meta.genome import Genome
from meta.region import Region, trespasses
from meta.source import decoded, parsed

CONTRACTS: dict[str, dict[str, tuple[str, ...]]] = {
    "task_agent.py": {"solve": ("task", "tools")},
    "meta_agent.py": {"propose": ("parent", "history", "tools")},
    "selection.py": {"select": ("candidates", "rng")},
}
IMPORTS = frozenset(
    """__future__ ast bisect collections copy dataclasses difflib enum fractions functools heapq itertools json keyword
    libcst math numbers numpy operator random re statistics string textwrap typing genome""".split()
)
NAMES = frozenset(
    """__builtins__ __import__ __loader__ __spec__ breakpoint compile eval exec exit globals input locals open quit
    vars""".split()
)
TICK = "__tick__"
"""The name under which steps are counted: nothing of a genome may be called so, or it would count its own steps."""
ATTRIBUTES = frozenset("ag_frame cr_frame f_back f_builtins f_globals f_locals gi_frame tb_frame".split())
DUNDERS = frozenset(
    "__name__ __doc__ __init__ __len__ __iter__ __contains__ __getitem__ __call__ __post_init__ __all__".split()
)

SETS = ("imports", "forbidden_names", "allowed_attributes")
LIMITS = ("max_file_bytes", "max_genome_bytes", "max_files", "max_complexity")


@dataclass(frozen=True)
class Policy:
    """What a genome must keep and what it may use."""

    contracts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: CONTRACTS)
    imports: Collection[str] = IMPORTS
    forbidden_names: Collection[str] = NAMES
    allowed_attributes: Collection[str] = ()
    max_file_bytes: int = 200_000
    max_genome_bytes: int = 1_000_000
    max_files: int = 100
    max_complexity: int = 1_000
    region: Region = field(default_factory=Region)

    def plain(self) -> dict[str, object]:
        """All of it but the contracts as plain data, for where there is nothing else."""
        found = {name: getattr(self, name) for name in LIMITS}
        opened = self.region.open
        return {
            **{name: sorted(getattr(self, name)) for name in SETS},
            **found,
            "open": None if opened is None else [*opened],
            "closed": [*self.region.closed],
        }

    @classmethod
    def from_plain(cls, data: Mapping[str, Any]) -> "Policy":
        """The policy that plain data of our own stand for, with the contracts of a genome."""
        sets: dict[str, Any] = {name: frozenset(data[name]) for name in SETS}
        return cls(**sets, **{name: data[name] for name in LIMITS}, region=Region(data["open"], data["closed"]))


def limitless(policy: Policy) -> Policy:
    """The policy for what may be of any size."""
    most = sys.maxsize
    return replace(policy, max_file_bytes=most, max_genome_bytes=most, max_files=most, max_complexity=most)


@dataclass(frozen=True)
class Violation:
    """One broken rule: which, where (file or file:line), and what was found there."""

    rule: str
    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text} ({self.rule})"


def genome_violations(genome: Genome, policy: Policy, known: Collection[str] = ()) -> list[Violation]:
    """The rules that need no parsing: size, presence of the contract files, novelty."""
    found = []
    total = sum(len(genome.raw(name)) for name in genome)
    if total > policy.max_genome_bytes:
        found.append(Violation("size", "genome", f"{total} bytes, at most {policy.max_genome_bytes}"))
    if len(genome) > policy.max_files:
        found.append(Violation("size", "genome", f"{len(genome)} files, at most {policy.max_files}"))
    found += [Violation("contract", name, "the file is missing") for name in policy.contracts if name not in genome]
    if genome.digest in known:
        found.append(Violation("novelty", "genome", f"{genome.digest[:12]} is in the archive already"))
    return found


def region_violations(base: Genome, child: Genome, policy: Policy) -> list[Violation]:
    """What a child changed of the genome that it was made of, and may not change."""
    return [Violation("protected", place, text) for place, text in trespasses(base, child, policy.region)]


def file_violations(name: str, content: bytes, policy: Policy) -> list[Violation]:
    """The rules for one file."""
    if len(content) > policy.max_file_bytes:
        return [Violation("size", name, f"{len(content)} bytes, at most {policy.max_file_bytes}")]
    if not name.endswith(".py"):
        return []
    try:
        text = decoded(name, content).text
        tree = parsed(name, text)
        compile(tree, name, "exec", dont_inherit=True)
    except PatchError as error:
        return [Violation("syntax", name, str(error))]
    except SyntaxError as error:
        return [Violation("syntax", f"{name}:{error.lineno}", str(error.msg))]
    except (ValueError, RecursionError, MemoryError) as error:
        return [Violation("syntax", name, str(error) or "nested too deeply to compile")]
    return [
        *contract_violations(name, tree, policy),
        *use_violations(name, text, tree, policy),
        *complexity_violations(name, text, tree, policy),
    ]


def contract_violations(name: str, tree: ast.Module, policy: Policy) -> Iterator[Violation]:
    """A contract function must be there once, with its parameters."""
    for function, parameters in policy.contracts.get(name, {}).items():
        found = [n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == function]
        if len(found) != 1:
            yield Violation("contract", name, f"{len(found)} functions {function}, not 1")
            continue
        names = tuple(arg.arg for arg in (*found[0].args.posonlyargs, *found[0].args.args))
        if names != parameters or found[0].args.vararg or found[0].args.kwonlyargs:
            text = f"{function}({', '.join(spelled(found[0].args))}), expected {function}({', '.join(parameters)})"
            yield Violation("contract", f"{name}:{found[0].lineno}", text)
        if isinstance(found[0], ast.AsyncFunctionDef):
            yield Violation("contract", f"{name}:{found[0].lineno}", f"{function} is async")


def complexity_violations(name: str, text: str, tree: ast.Module, policy: Policy) -> Iterator[Violation]:
    """Functions that decide more than anyone could follow."""
    for line, function, found in too_complex(text, tree, policy.max_complexity):
        yield Violation("complexity", f"{name}:{line}", f"{function} is {found}, at most {policy.max_complexity}")


def spelled(arguments: ast.arguments) -> list[str]:
    """The parameters of a function without their defaults, which may be of any size."""
    starred = [f"*{arguments.vararg.arg}"] if arguments.vararg else ["*"] if arguments.kwonlyargs else []
    double = [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    plain = [arg.arg for arg in (*arguments.posonlyargs, *arguments.args)]
    return [*plain, *starred, *(arg.arg for arg in arguments.kwonlyargs), *double]


def use_violations(name: str, text: str, tree: ast.Module, policy: Policy) -> Iterator[Violation]:
    """Imports and names that the policy does not allow."""
    may_tick = TICK in text or not text.isascii()
    for node in ast.walk(tree):
        place = f"{name}:{getattr(node, 'lineno', 1)}"
        for imported in imported_names(node):
            if imported.split(".")[0] not in policy.imports:
                yield Violation("imports", place, f"import of {imported}")
        if isinstance(node, ast.ImportFrom) and node.level:
            yield Violation("imports", place, "relative import")
        name_found = forbidden_name(node, policy) or (may_tick and ticked(node))
        if name_found:
            yield Violation("names", place, name_found)


def imported_names(node: ast.AST) -> list[str]:
    """The modules that a node imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module or ""]
    return []


def forbidden_name(node: ast.AST, policy: Policy) -> str | None:
    """The name in a node that the policy does not allow: read, or reached as an attribute."""
    match node:
        case ast.Name(id=name) if name in policy.forbidden_names:
            return name
        case ast.Attribute(attr=name) if forbidden_attribute(name) and name not in policy.allowed_attributes:
            return f".{name}"
    return None


def ticked(node: ast.AST) -> str | None:
    """The name of the counter of steps, where a node has it in any field at all."""
    written = (value if isinstance(value, list) else [value] for _, value in ast.iter_fields(node))
    return TICK if any(TICK in values for values in written) else None


def forbidden_attribute(name: str) -> bool:
    """Attributes that lead to frames and interpreter internals."""
    return name in ATTRIBUTES or (name.startswith("__") and name.endswith("__") and name not in DUNDERS)


def genome_imports(nodes: Iterable[ast.AST]) -> set[str]:
    """The files of the genome that a module imports, given its nodes; a superset where the import is a name."""
    found = set()
    for node in nodes:
        for imported in imported_names(node):
            parts = imported.split(".")
            if parts[0] != "genome":
                continue
            if len(parts) > 1:
                found.add("/".join(parts[1:]) + ".py")
            elif isinstance(node, ast.ImportFrom):
                found |= {f"{alias.name}.py" for alias in node.names}
    return found


def seed_policy(genome: Genome, policy: Policy | None = None) -> Policy:
    """The policy widened to what a seed genome itself imports and names: its author may, so its children may.

    A file that does not parse widens nothing; `violations` says what is wrong with it.
    """
    policy = policy or Policy()
    imports, names, attributes = set(policy.imports), set(policy.forbidden_names), set(policy.allowed_attributes)
    for node in (node for name in genome if name.endswith(".py") for node in nodes(name, genome.raw(name))):
        imports |= {imported.split(".")[0] for imported in imported_names(node)}
        if isinstance(node, ast.Name):
            names.discard(node.id)
        if isinstance(node, ast.Attribute):
            attributes.add(node.attr)
    return replace(policy, imports=imports, forbidden_names=names, allowed_attributes=attributes)


def nodes(name: str, content: bytes) -> Iterator[ast.AST]:
    """Every node of a file, none if it does not parse."""
    try:
        tree = parsed(name, decoded(name, content).text)
    except PatchError:
        return
    yield from ast.walk(tree)
