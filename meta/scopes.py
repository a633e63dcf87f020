"""Which names of a module belong to one definition, by Python's scope rules, read from libcst trees.

What this does not see: attributes, names inside strings, and what `globals`, `eval` or a star import may bind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import libcst as cst

from meta.address import Step, fields_of

FUNCTIONS = (cst.FunctionDef, cst.Lambda)
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp)
SCOPES = (cst.ClassDef, *FUNCTIONS, *COMPREHENSIONS)
OUTSIDE = ("decorators", "returns", "bases", "keywords")
NO_NAMES = {cst.Attribute: ("attr",), cst.Arg: ("keyword",), cst.MatchKeywordElement: ("key",)}
IMPORTS = (cst.ImportAlias, cst.ImportFrom)


@dataclass(frozen=True)
class Site:
    """A node with the steps of an address that lead to it."""

    steps: tuple[Step, ...]
    node: cst.CSTNode


def references(scope: Site, name: str) -> list[Site]:
    """Every name in a scope, and in what it holds, that is the scope's own `name`.

    The scope is a class, a function or a module, of which `name` is bound directly; a class lends its names to nothing
    inside it.
    """
    lends = not isinstance(scope.node, cst.ClassDef)
    found = []
    for child in own_parts(scope):
        found += list(names_below(child, name, lends, isinstance(scope.node, cst.Module)))
    return found


def names_below(site: Site, name: str, lends: bool, top: bool) -> Iterator[Site]:
    """The names at and below a node that are the scope's own; `top` where that scope is the module's."""
    node = site.node
    if isinstance(node, cst.Name):
        if node.value == name:
            yield site
    elif isinstance(node, SCOPES):
        yield from below_scope(site, name, lends, top)
    else:
        for child in children(site):
            yield from names_below(child, name, lends, top)


def below_scope(site: Site, name: str, lends: bool, top: bool) -> Iterator[Site]:
    """The same for a node that opens a scope: what it evaluates outside of it, and what inside sees the name."""
    for child in outer_parts(site):
        yield from names_below(child, name, lends, top)
    if not lends:
        return
    hidden = hides(site, name, top)
    for child in own_parts(site):
        if hidden:
            yield from nested(child, name, top, isinstance(site.node, cst.ClassDef))
        else:
            yield from names_below(child, name, lends, top)


def nested(site: Site, name: str, top: bool, seen: bool) -> Iterator[Site]:
    """What is the outer scope's own inside a scope that has the name for itself.

    Functions in such a class still see the outer name (`seen`); those in a function only if they declare it global.
    """
    if not isinstance(site.node, SCOPES):
        for child in children(site):
            yield from nested(child, name, top, seen)
        return
    for child in outer_parts(site):
        yield from nested(child, name, top, seen)
    hidden = hides(site, name, top)
    sees = (seen and not hidden) or (top and "global" in set(own_bindings(site, name)))
    still = seen and isinstance(site.node, cst.ClassDef)
    for child in own_parts(site):
        yield from names_below(child, name, True, top) if sees else nested(child, name, top, still)


def hides(site: Site, name: str, top: bool) -> bool:
    """Whether a scope has the name for itself: it binds it and does not declare it as another scope's."""
    found = set(own_bindings(site, name))
    if "global" in found:
        return not top
    return bool(found) and "nonlocal" not in found


def own_bindings(site: Site, name: str) -> Iterator[str]:
    """How a scope binds or declares a name; a comprehension binds by `for` alone."""
    node = site.node
    if not isinstance(node, COMPREHENSIONS):
        for child in own_parts(site):
            yield from bindings(child, name)
        return
    clause: cst.CompFor | None = node.for_in
    while clause is not None:
        yield from targets(clause.target, name)
        clause = clause.inner_for_in


def bindings(site: Site, name: str) -> Iterator[str]:
    """How a node binds or declares `name` in the scope that it stands in; "import" for one that cannot be renamed."""
    node = site.node
    match node:
        case cst.Global(names=items) | cst.Nonlocal(names=items):
            if any(item.name.value == name for item in items):
                yield type(node).__name__.lower()
            return
        case cst.ImportAlias():
            if imported_name(node) == name:
                yield "import"
            return
        case cst.FunctionDef(name=cst.Name(value=found)) | cst.ClassDef(name=cst.Name(value=found)) if found == name:
            yield "definition"
        case cst.Param(name=cst.Name(value=found)) if found == name:
            yield "parameter"
        case cst.NamedExpr(target=cst.Name(value=found)) if found == name:
            yield "assignment"
        case cst.AssignTarget(target=target) | cst.AnnAssign(target=target) | cst.AugAssign(target=target):
            yield from targets(target, name)
        case cst.For(target=target) | cst.AsName(name=target):
            yield from targets(target, name)
        case cst.Del(target=target):
            yield from targets(target, name)
        case cst.MatchAs(name=cst.Name(value=found)) | cst.MatchStar(name=cst.Name(value=found)) if found == name:
            yield "capture"
        case cst.MatchMapping(rest=cst.Name(value=found)) if found == name:
            yield "capture"
        case cst.TypeVar(name=cst.Name(value=found)) | cst.TypeAlias(name=cst.Name(value=found)) if found == name:
            yield "type"
        case cst.TypeVarTuple(name=cst.Name(value=found)) | cst.ParamSpec(name=cst.Name(value=found)) if found == name:
            yield "type"
    inner = isinstance(node, SCOPES)
    for child in outer_parts(site) if inner else children(site):
        yield from bindings(child, name)
    if isinstance(node, COMPREHENSIONS):
        for child in own_parts(site):
            yield from walruses(child, name)


def walruses(site: Site, name: str) -> Iterator[str]:
    """The assignments in a comprehension that bind in the scope around it."""
    if isinstance(site.node, cst.NamedExpr):
        yield from targets(site.node.target, name)
    if not isinstance(site.node, (cst.ClassDef, *FUNCTIONS)):
        for child in children(site):
            yield from walruses(child, name)


def targets(node: cst.CSTNode, name: str) -> Iterator[str]:
    """Whether an assignment's target is or holds the name itself."""
    if isinstance(node, cst.Name) and node.value == name:
        yield "assignment"
    if isinstance(node, (cst.Tuple, cst.List)):
        for element in node.elements:
            yield from targets(element.value, name)


def imported_name(alias: cst.ImportAlias) -> str:
    """The name that an import binds."""
    if alias.asname is not None:
        return getattr(alias.asname.name, "value", "")
    node = alias.name
    while isinstance(node, cst.Attribute):
        node = node.value  # type: ignore[assignment]  # a dotted name is made of names
    return str(node.value)


def outer_parts(site: Site) -> list[Site]:
    """The parts of a node that are evaluated in the scope around it."""
    node = site.node
    if isinstance(node, COMPREHENSIONS):
        return [child for child in children(Site((*site.steps, Step("for_in")), node.for_in)) if at(child, "iter")]
    if isinstance(node, FUNCTIONS):
        outside = [child for child in children(site) if at(child, *OUTSIDE, "name")]
        return outside + [part for child in children(site) if at(child, "params") for part in defaults(child)]
    return [child for child in children(site) if at(child, *OUTSIDE, "name")]


def own_parts(site: Site) -> list[Site]:
    """The parts of a node that are evaluated in the scope that it opens."""
    node = site.node
    if isinstance(node, cst.Module):
        return children(site)
    if isinstance(node, COMPREHENSIONS):
        first = Site((*site.steps, Step("for_in")), node.for_in)
        rest = [child for child in children(site) if not at(child, "for_in")]
        return [*rest, *(child for child in children(first) if not at(child, "iter"))]
    if isinstance(node, FUNCTIONS):
        inside = [child for child in children(site) if at(child, "body", "type_parameters")]
        return inside + [part for child in children(site) if at(child, "params") for part in parameters(child)]
    return [child for child in children(site) if at(child, "body", "type_parameters")]


def defaults(site: Site) -> list[Site]:
    """The defaults and annotations of parameters."""
    return [part for parameter in every_parameter(site) for part in children(parameter) if not at(part, "name")]


def parameters(site: Site) -> list[Site]:
    """The parameters without their defaults and annotations."""
    bare = [
        (parameter.steps, cst.Param(parameter.node.name))
        for parameter in every_parameter(site)
        if isinstance(parameter.node, cst.Param)
    ]
    return [Site(steps, node) for steps, node in bare]


def every_parameter(site: Site) -> list[Site]:
    """The parameters below a node of parameters."""
    return [child for child in children(site) if isinstance(child.node, cst.Param)]


def at(site: Site, *names: str) -> bool:
    """Whether a node stands in one of the fields of what holds it."""
    return site.steps[-1].field in names


def children(site: Site) -> list[Site]:
    """The nodes right below a node that hold code, with block and line wrappers left out."""
    found: list[Site] = []
    for field in code_fields(type(site.node)):
        value = getattr(site.node, field)
        if isinstance(value, cst.BaseSuite):
            found += items(site.steps, "body", value.body)
        elif isinstance(value, cst.CSTNode):
            found.append(Site((*site.steps, Step(field)), value))
        elif isinstance(value, (list, tuple)):
            found += items(site.steps, field, value)
    return found


def items(steps: tuple[Step, ...], field: str, nodes: object) -> list[Site]:
    """The nodes of a list; a line with a single small statement is passed through."""
    assert isinstance(nodes, (list, tuple))
    found = []
    for index, node in enumerate(nodes):
        if isinstance(node, cst.SimpleStatementLine) and len(node.body) == 1:
            node = node.body[0]
        if isinstance(node, cst.CSTNode):
            found.append(Site((*steps, Step(field, index)), node))
    return found


@cache
def code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a kind of node that hold names, in a fixed order."""
    quiet = ("whitespace", "leading_lines", "lines_after", "lpar", "rpar", "semicolon", "comma", "header", "footer")
    hidden: tuple[str, ...] = next((fields for of, fields in NO_NAMES.items() if issubclass(kind, of)), ())
    if issubclass(kind, IMPORTS):
        hidden = ("module", "name", "asname")
    return tuple(sorted(f for f in fields_of(kind) if not f.startswith(quiet) and f not in hidden))
