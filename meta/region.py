"""What of a genome may change: files and definitions, checked on the result, whatever the patch says of itself.

What this does not cover: code elsewhere that changes what a protected definition does, by assigning to an attribute of
its module, through `globals` or a star import, or by changing what it calls.
"""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from meta.address import parse_address
from meta.edit import PatchError
from meta.genome import Genome
from meta.source import decoded, defined_names, line_starts, parsed

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Region:
    """Files by name (`selection.py`) and definitions by address (`meta_agent:propose`).

    `open`, where it is not None, is all that may change; `closed` may not change in any case.
    """

    open: Collection[str] | None = None
    closed: Collection[str] = ()


def trespasses(base: Genome, child: Genome, region: Region) -> Iterator[tuple[str, str]]:
    """What a child changed that it may not: (place, what was found)."""
    for name in sorted({*base, *child}):
        old, new = base.raw(name) if name in base else None, child.raw(name) if name in child else None
        if old == new:
            continue
        if name in region.closed:
            yield name, f"{what_became(old, new)}, and the file may not change"
            continue
        yield from closed_changes(name, old, new, [at for at in region.closed if file_of(at) == name])
        if region.open is not None and name not in region.open:
            yield from open_changes(name, old, new, [at for at in region.open if file_of(at) == name])


def check_region(genome: Genome, region: Region) -> None:
    """Refuse a region that speaks of what a genome has not, since that would protect nothing; an open file may come."""
    for at in (*region.closed, *(at for at in region.open or () if ":" in at)):
        if (file_of(at) or at) not in genome:
            raise PatchError(f"{at}: no file {file_of(at) or at} in the genome")
        if ":" not in at:
            continue
        address = parse_address(at)
        if address.steps or not address.name:
            raise PatchError(f"{at}: expected a definition, as in meta_agent:propose")
        if Module.of(address.file, genome.raw(address.file)).text(address.name) is None:
            raise PatchError(f"{at}: not one definition of {address.name} on lines of its own")


def file_of(at: str) -> str:
    """The file of an address, "" for what is the name of a file."""
    return parse_address(at).file if ":" in at else ""


def what_became(old: bytes | None, new: bytes | None) -> str:
    """What happened to a file, in words."""
    return "created" if old is None else "deleted" if new is None else "changed"


def closed_changes(name: str, old: bytes | None, new: bytes | None, closed: list[str]) -> Iterator[tuple[str, str]]:
    """The protected definitions of a file that are not as they were, or are bound a second time."""
    if not closed:
        return
    before, after = Module.of(name, old), Module.of(name, new)
    for at in closed:
        path = parse_address(at).name
        was, now = before.text(path), after.text(path)
        if was is None:
            continue
        if now != was:
            yield at, f"{'missing' if now is None else 'changed'}, and the definition may not change"
        elif len(after.bindings(path)) > len(before.bindings(path)):
            yield f"{name}:{after.bindings(path)[-1]}", f"{path} bound again, and the definition may not change"


def open_changes(name: str, old: bytes | None, new: bytes | None, allowed: list[str]) -> Iterator[tuple[str, str]]:
    """A file that changed outside of the definitions that may."""
    if old is None or new is None or not allowed:
        yield name, f"{what_became(old, new)}, and only what is open may change"
        return
    paths = [parse_address(at).name for at in allowed]
    if Module.of(name, old).without(paths) != Module.of(name, new).without(paths):
        yield name, f"changed outside of {', '.join(sorted(allowed))}"


@dataclass(frozen=True)
class Module:
    """A module's text and tree; one that is not there or does not parse has no definitions."""

    source: str
    tree: ast.Module

    @classmethod
    def of(cls, name: str, content: bytes | None) -> "Module":
        """The module that a file holds."""
        try:
            source = decoded(name, content or b"").text
            return cls(source, parsed(name, source))
        except PatchError:
            return cls((content or b"").decode("latin-1"), ast.Module([], []))

    def text(self, path: str) -> str | None:
        """The text of the one definition of a qualified name, its decorators with it; None if there is not one."""
        span = self.span(path)
        return None if span is None else self.source[slice(*span)]

    def span(self, path: str) -> tuple[int, int] | None:
        """Where the lines of a definition begin and end; None where it shares them with another statement."""
        way = self.way(path)
        if way is None:
            return None
        siblings = way[-2].body if len(way) > 1 else self.tree.body  # type: ignore[attr-defined]  # it holds the next
        first, last = lines_of(way[-1])
        if any(
            other is not way[-1] and lines_of(other)[0] <= last and first <= lines_of(other)[1] for other in siblings
        ):
            return None
        starts = line_starts(self.source)
        return starts[first - 1], starts[last]

    def way(self, path: str) -> list[ast.stmt] | None:
        """The one definition of a qualified name with those around it, None if there is not one."""
        body: list[ast.stmt] = self.tree.body
        way: list[ast.stmt] = []
        for name in path.split("."):
            found = [statement for statement in body if name in defined_names(statement)]
            if len(found) != 1:
                return None
            way.append(found[0])
            body = getattr(found[0], "body", [])
        return way

    def bindings(self, path: str) -> list[int]:
        """The lines that bind a name of a path where it is looked for, or declare it global, but for its definition."""
        way = self.way(path) or []
        bodies = [self.tree.body, *(getattr(part, "body", []) for part in way[:-1])]
        found = [
            line for name, body in zip(path.split("."), bodies, strict=False) for line in binding_lines(body, name)
        ]
        return sorted(set(found) - {part.lineno for part in way})

    def without(self, paths: list[str]) -> str:
        """The text around the definitions of some names."""
        spans = sorted(span for span in map(self.span, paths) if span is not None)
        ends = [0, *(end for _, end in spans)]
        starts = [*(start for start, _ in spans), len(self.source)]
        return "\0".join(self.source[end:start] for end, start in zip(ends, starts, strict=True))


def lines_of(statement: ast.stmt) -> tuple[int, int]:
    """The first and the last line of a statement, its decorators with it."""
    first = min([statement.lineno, *(line.lineno for line in getattr(statement, "decorator_list", []))])
    return first, statement.end_lineno or first


def binding_lines(body: list[ast.stmt], name: str) -> Iterator[int]:
    """The lines of a block that bind a name in the scope of the block, or in a function of it as a global one."""
    nodes: list[ast.AST] = [*body]
    while nodes:
        node = nodes.pop()
        if name in bound_by(node):
            yield getattr(node, "lineno", 1)
        if isinstance(node, SCOPES):
            yield from (n.lineno for n in ast.walk(node) if isinstance(n, ast.Global) and name in n.names)
        else:
            nodes += ast.iter_child_nodes(node)


def bound_by(node: ast.AST) -> tuple[str | None, ...]:
    """The names that a node binds or deletes by itself."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.alias(name=name, asname=other):
            return (other or name.split(".")[0],)
        case ast.ExceptHandler(name=name) | ast.MatchAs(name=name) | ast.MatchStar(name=name):
            return (name,)
        case ast.MatchMapping(rest=name):
            return (name,)
        case _:
            return ()
