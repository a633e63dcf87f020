"""Sources put together from templates, the places in them, and edits at these places."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import libcst as cst
from hypothesis import strategies as st

from meta import AddImport, Delete, Edit, Genome, Insert, Move, Patch, Rename, Replace, SetConstant
from meta.address import names_of

SILENT = ("leading_lines", "trailing_whitespace", "header", "footer", "lines_after_decorators", "lpar", "rpar", "comma")

SIMPLE = (
    "x = 1",
    "y = x + 2  # why not",
    "total += x * (y - 1)",
    "items = [a for a in b if a < 3]",
    "return_value = f(x, key=-1)",
    "text = 'page\x0cbreak'",
    "text = '''two\nlines'''",
    "mark = '\u2028'",
    "a = 1; b = 2",
    "pass",
    "assert x or not y, 'no'",
    "x: int = 3",
)
COMPOUND = (
    "if x < 3:\n    y = 1\nelse:\n    y = 2\n    # done",
    "if a:\n    f(a)\nelif b:\n    f(b)\nelse:\n    f(c)",
    "for i in range(10):\n    # each\n    x += i\n\n    y -= i",
    "while x: x -= 1",
    "try:\n    f()\nexcept ValueError:\n    pass\nfinally:\n    g()",
    "with open(x) as y:\n\n    z = y",
)
DEFINITIONS = (
    "def NAME(a, b=2, *, c: int = 3) -> int:\n    '''Words.'''\n    d = a if b else c\n    return d",
    "@cached\n# between\n@other(1)\ndef NAME(self):\n    if self.x:\n        return\n    # so\n    return lambda x: x",
    "class NAME(Base):\n    '''Words.'''\n\n    field = 3\n\n    def method(self, x):\n        return self.field + x",
    "async def NAME():\n    await f()\n    async for x in y:\n        yield x",
    "def NAME():\n\tif x:\n\t\treturn 1\n\treturn 2",
)
GAPS = ("", "\n", "# a comment\n", "\n\n# two\n# lines\n\n")
EXPRESSIONS = ("z", "0", "a + b", "p and q", "m if n else o", "lambda: 3", "f(1)", "[1, 2]", "not k", "u < v", "(w)")
STATEMENTS = ("z = 0", "f(1)", "if z:\n    z = 0", "def inner():\n    pass", "# said first\nz = 1")


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A module of up to seven statements, with comments and blank lines between them."""
    parts = draw(st.lists(st.sampled_from(SIMPLE + COMPOUND + DEFINITIONS), min_size=1, max_size=7))
    text = ""
    for number, part in enumerate(parts):
        text += draw(st.sampled_from(GAPS)) + part.replace("NAME", f"name{number}") + "\n"
    text += draw(st.sampled_from(GAPS))
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.booleans()) else text


@dataclass(frozen=True)
class Spot:
    """A node of a module with its address, and the list of statements that it stands in, if it does."""

    at: str
    node: cst.CSTNode
    siblings: int = 0


def spots(text: str, module: str = "m") -> list[Spot]:
    """Every statement and expression of a module."""
    return spots_in(cst.parse_module(text), module)


def spots_in(tree: cst.Module, module: str = "m") -> list[Spot]:
    """Every statement and expression of a module's tree."""
    return [
        spot
        for index, node in enumerate(tree.body)
        for spot in below(Spot(f"{module}:/body[{index}]", node, len(tree.body)))
    ]


def below(spot: Spot) -> Iterator[Spot]:
    """The spot and those inside it."""
    if isinstance(spot.node, (cst.BaseStatement, cst.BaseSmallStatement, cst.BaseExpression)):
        yield spot
    for field in fields(spot.node):
        value = getattr(spot.node, field.name)
        at = f"{spot.at}.{field.name}"
        if isinstance(value, cst.BaseSuite):
            size = len(value.body) if isinstance(value, cst.IndentedBlock) else 0
            for index, node in enumerate(value.body):
                yield from below(Spot(f"{at}[{index}]", node, size))
        elif field.name not in SILENT and isinstance(value, cst.CSTNode):
            yield from below(Spot(at, value))
        elif field.name not in SILENT and isinstance(value, (list, tuple)):
            for index, node in enumerate(value):
                yield from below(Spot(f"{at}[{index}]", node))


def code(node: cst.CSTNode) -> str:
    """The text of a node without the comments above it."""
    bare = node.with_changes(leading_lines=()) if hasattr(node, "leading_lines") else node
    return cst.Module([]).code_for_node(bare).strip("\r\n")


@st.composite
def edits_of(draw: st.DrawFn, text: str) -> Replace | Insert | Delete:
    """An edit at a real place of `text`, which may still be refused: an expression does not fit everywhere."""
    spot = draw(st.sampled_from(spots(text)))
    old = code(spot.node)
    if not spot.siblings:
        pool = EXPRESSIONS if isinstance(spot.node, cst.BaseExpression) else STATEMENTS
        return Replace(spot.at, old, draw(st.sampled_from(pool)))
    new = draw(st.sampled_from(STATEMENTS))
    kinds = [Replace(spot.at, old, new), Insert(spot.at, old, new), Delete(spot.at, old)]
    return draw(st.sampled_from(kinds))


@st.composite
def edited_genomes(draw: st.DrawFn) -> tuple[Genome, Patch]:
    """A genome of one module and a patch of one to three edits at real places in it."""
    text = draw(sources())
    edits = draw(st.lists(edits_of(text), min_size=1, max_size=3))
    return Genome({"m.py": text}), Patch(tuple(edits))


names = st.sampled_from(("m.py", "pkg/mod.py", "notes.txt", "pkg/data.bin", "other.py"))
contents = sources().map(str.encode) | st.binary(max_size=40)
genomes = st.dictionaries(names, contents, max_size=4).map(Genome)


@st.composite
def meant_patches(draw: st.DrawFn, text: str) -> Patch:
    """One or two edits that say what is meant, at real places; they may still be refused."""
    return Patch(tuple(draw(st.lists(meant_edits(text), min_size=1, max_size=2))))


@st.composite
def meant_edits(draw: st.DrawFn, text: str) -> Edit:
    """A move, a rename, a constant set or an import added, somewhere in `text`."""
    found = spots(text)
    standing = [spot for spot in found if spot.siblings]
    named = [spot for spot in found if isinstance(spot.node, (cst.FunctionDef, cst.ClassDef, cst.SimpleStatementLine))]
    kinds = [st.sampled_from((AddImport("m:", "import ast"), AddImport("m:", "from a import b as c")))]
    if standing:
        kinds.append(st.builds(moved, st.sampled_from(standing), st.sampled_from(standing)))
    if any(map(defined, named)):
        kinds.append(
            st.sampled_from([spot for spot in named if defined(spot)]).map(
                lambda spot: Rename(spot.at, defined(spot), "fresh")
            )
        )
        kinds.append(
            st.sampled_from([spot for spot in named if defined(spot)]).map(
                lambda spot: SetConstant(spot.at, value(spot), "[1]")
            )
        )
    return draw(st.one_of(kinds))


def moved(spot: Spot, other: Spot) -> Edit:
    """A statement moved to before another."""
    return Move(spot.at, code(spot.node), other.at, code(other.node))


def defined(spot: Spot) -> str:
    """The name that a statement defines, or ""."""
    return next(iter(names_of(spot.node)), "")


def value(spot: Spot) -> str:
    """The value that a statement assigns, or ""."""
    small = getattr(spot.node, "body", [None])
    return code(small[0].value) if isinstance(small, (list, tuple)) and getattr(small[0], "value", None) else ""
