"""Which names are bound where in a definition, and what kind of value each stands for.

An approximation that errs on the side of silence: a name counts as bound where it certainly is, and a kind is told
only where the text shows it.
"""

import libcst as cst

from genome.tree import below

NUMBER, TEXT, LIST, TABLE, BOOLEAN, CALLABLE = "number", "text", "list", "table", "boolean", "callable"
OBJECT = "object"
"""What has attributes of its own: no two names of this kind stand in for each other."""

CALLS = {
    **dict.fromkeys("len sum int float abs ord round hash".split(), NUMBER),
    **dict.fromkeys("str chr repr format bin hex".split(), TEXT),
    **dict.fromkeys("list sorted range tuple".split(), LIST),
    **dict.fromkeys("dict set frozenset".split(), TABLE),
    **dict.fromkeys("any all bool isinstance callable hasattr issubclass".split(), BOOLEAN),
}
"""What builtin functions give."""

METHODS = {
    **dict.fromkeys("index count find rfind random randrange randint".split(), NUMBER),
    **dict.fromkeys("join strip lstrip rstrip lower upper replace title removeprefix removesuffix".split(), TEXT),
    **dict.fromkeys("split splitlines".split(), LIST),
    **dict.fromkeys("startswith endswith isdigit isalpha isupper islower isalnum isspace".split(), BOOLEAN),
}
"""What methods of those names give."""

OWNERS = {
    **dict.fromkeys("append extend insert sort reverse appendleft popleft".split(), LIST),
    **dict.fromkeys("keys values items add discard setdefault".split(), TABLE),
    **dict.fromkeys("join strip lstrip rstrip lower upper split startswith endswith isdigit".split(), TEXT),
}
"""What has methods of those names."""

COMMON = {*OWNERS, *METHODS, *"get pop remove clear copy update".split()}
SUMS = (cst.Subtract, cst.Multiply, cst.FloorDivide, cst.Divide, cst.Power, cst.Modulo)
ORDERS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)


SOURCE = (("for_in", None), ("iter", None))
BINDING = {cst.Param, cst.For, cst.CompFor, cst.AssignTarget, cst.AnnAssign, cst.NamedExpr, cst.AsName}
BINDING |= {cst.FunctionDef, cst.ClassDef, cst.MatchAs, cst.MatchStar}
TELLING = {cst.Assign, cst.Param, cst.AugAssign, cst.For, cst.BinaryOperation, cst.Comparison, cst.Call, cst.Attribute}
"""The types of node that bind names, and that show kinds; asked first, because matching a pattern is slow."""


class Binding:
    """A name that is bound below an owner (a function, a loop, a comprehension) or after a statement."""

    __slots__ = ("after", "name", "way")

    def __init__(self, name, way, after):
        self.name = name
        self.way = way
        self.after = after

    def reaches(self, site):
        """Whether the name is bound whenever control comes to the site."""
        count = len(self.way)
        if not self.after:
            return site.way[:count] == self.way and site.way[count : count + 2] != SOURCE
        if len(site.way) < count or site.way[: count - 1] != self.way[:-1]:
            return False
        (field, index), (here, place) = self.way[-1], site.way[count - 1]
        return field == here and index is not None and place is not None and place > index


def made_at(site):
    """The bindings that a node makes."""
    node, way = site.node, site.way
    if type(node) not in BINDING:
        return []
    match node:
        case cst.Param():
            function = way[: max(k for k, step in enumerate(way) if step == ("params", None))]
            return [Binding(node.name.value, (*function, ("body", None)), False)]
        case cst.For():
            return [Binding(name, (*way, ("body", None)), False) for name in written(node.target)]
        case cst.CompFor():
            return [Binding(name, way[:-1], False) for name in written(node.target)]
        case cst.AssignTarget() | cst.AnnAssign() | cst.NamedExpr():
            return [Binding(name, way[: site.steps], True) for name in written(node.target)]
        case cst.AsName() if isinstance(node.name, cst.Name):
            return [Binding(node.name.value, way[: site.steps], False)]
        case cst.MatchAs(name=cst.Name(value=name)) | cst.MatchStar(name=cst.Name(value=name)):
            case = max(k for k, (field, _) in enumerate(way) if field == "cases")
            return [Binding(name, way[: case + 1], False)]
        case cst.FunctionDef() | cst.ClassDef() if site.steps > 1:
            return [Binding(node.name.value, way, True)]
    return []


def written(target):
    """The names in the target of an assignment."""
    match target:
        case cst.Name():
            return [target.value]
        case cst.Tuple() | cst.List():
            return [name for element in target.elements for name in written(element.value)]
    return []


def reads(node):
    """The names that a node reads, each once; what its own comprehensions and lambdas bind is left out."""
    found, bound = [], set()
    waiting = [node]
    while waiting:
        at = waiting.pop()
        kind = type(at)
        if kind is cst.Name:
            found.append(at.value)
        elif kind in (cst.Attribute, cst.Arg):
            waiting.append(at.value)
        elif kind is not cst.AssignTarget or type(at.target) is not cst.Name:
            if kind is cst.CompFor:
                bound |= set(written(at.target))
            if kind is cst.Param:
                bound.add(at.name.value)
            waiting += below(at)
    return [name for name in dict.fromkeys(found) if name not in bound]


def rebound(node, scope, site):
    """A copied node with its unbound names exchanged for names bound at the site; None where there is none."""
    here = scope.names(site)
    exchange = {}
    for name in scope.reads(node):
        if name in here or name not in scope.bound:
            continue
        wanted = scope.kinds.get(name)
        others = [other for other in here if wanted not in (None, OBJECT) and scope.kinds.get(other) == wanted]
        if not others:
            return None
        exchange[name] = others[0]
    return node.visit(Exchange(exchange)) if exchange else node


class Exchange(cst.CSTTransformer):
    """Names exchanged for others, where they are read or written as names."""

    def __init__(self, names):
        super().__init__()
        self.names = names

    def leave_Attribute(self, original_node, updated_node):
        """Give the attribute its own name back."""
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node, updated_node):
        """Give the keyword its own name back."""
        return updated_node.with_changes(keyword=original_node.keyword)

    def leave_Name(self, original_node, updated_node):  # noqa: ARG002 - libcst gives both
        """The other name."""
        return updated_node.with_changes(value=self.names.get(updated_node.value, updated_node.value))


def kinds(sites):
    """The kind of each name, by how it is bound and used; a name with two kinds has none."""
    found = {}
    telling = [site.node for site in sites if type(site.node) in TELLING]
    for _ in range(2):
        known = {name: next(iter(seen)) for name, seen in found.items() if len(seen) == 1}
        for node in telling:
            for name, kind in evidence(node, known):
                if kind is not None:
                    found.setdefault(name, set()).add(kind)
    return {name: next(iter(seen)) for name, seen in found.items() if len(seen) == 1}


def evidence(node, known):
    """What a node shows of the kinds of names, as (name, kind) pairs."""
    match node:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value):
            yield name, kind_of(value, known)
        case cst.Param(name=cst.Name(value=name), default=cst.BaseExpression() as default):
            yield name, kind_of(default, known)
        case cst.AugAssign(target=cst.Name(value=name), value=value):
            yield name, kind_of(value, known)
        case cst.For(target=cst.Name(value=name), iter=cst.Call(func=cst.Name(value="range"))):
            yield name, NUMBER
        case cst.For(target=target, iter=cst.Call(func=cst.Name(value="enumerate"))) if written(target):
            yield written(target)[0], NUMBER
        case cst.BinaryOperation(left=left, operator=symbol, right=right) if isinstance(symbol, SUMS):
            yield from ((side.value, NUMBER) for side in (left, right) if isinstance(side, cst.Name))
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget(operator=symbol, comparator=right)]):
            yield from compared(left, symbol, right, known)
        case cst.Call(func=cst.Name(value=function), args=[cst.Arg(value=cst.Name(value=name))]):
            yield name, LIST if function in ("sorted", "sum", "enumerate") else None
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method))):
            yield name, OWNERS.get(method)
        case cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=attribute)) if attribute not in COMMON:
            yield name, OBJECT
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        yield node.func.value, CALLABLE


def compared(left, symbol, right, known):
    """What a comparison shows: things in an order, or equal, are of one kind."""
    if isinstance(symbol, (*ORDERS, cst.Equal, cst.NotEqual)):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, cst.Name):
                yield one.value, kind_of(other, known)


def kind_of(node, known):
    """The kind of value that an expression gives; None if unknown."""
    match node:
        case cst.Name(value="True" | "False"):
            return BOOLEAN
        case cst.Name(value=name):
            return known.get(name)
        case cst.Integer() | cst.Float():
            return NUMBER
        case cst.BaseString():
            return TEXT
        case cst.List() | cst.Tuple() | cst.ListComp():
            return LIST
        case cst.Dict() | cst.Set() | cst.DictComp() | cst.SetComp():
            return TABLE
        case cst.Comparison() | cst.UnaryOperation(operator=cst.Not()):
            return BOOLEAN
        case cst.UnaryOperation():
            return NUMBER
        case cst.Lambda():
            return CALLABLE
        case cst.BinaryOperation():
            return kind_of(node.left, known) or kind_of(node.right, known)
        case cst.IfExp():
            return kind_of(node.body, known) or kind_of(node.orelse, known)
        case cst.BooleanOperation():
            return kind_of(node.left, known) if kind_of(node.left, known) == kind_of(node.right, known) else None
        case cst.Call(func=cst.Name(value=name)):
            return CALLS.get(name)
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
            return METHODS.get(name)
    return None
