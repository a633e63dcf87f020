"""libcst trees of one statement: parse, print, and rebuild the one path that an edit changes."""

import ast
from collections.abc import Sequence
from functools import lru_cache

import libcst as cst

from meta.address import Address, Trail
from meta.edit import PatchError
from meta.printing import EMPTY, printed
from meta.source import parsed

DEEPEST = 200
FLAT = frozenset((ast.BoolOp, ast.Import, ast.ImportFrom, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))
UNFIT = (cst.ParserSyntaxError, cst.CSTValidationError, cst.CSTLogicError, AttributeError, TypeError)
"""What libcst raises for a node in a place that it cannot stand in: it looks into some parts before their kind."""
Way = Sequence[tuple[cst.CSTNode, str, int | None]]


def parse_chunk(where: str, text: str) -> cst.Module:
    """The tree of some top-level statements; kept, since trees are immutable and one parent has many children."""
    try:
        return chunk_tree(text)
    except PatchError as error:
        raise PatchError(f"{where}{error}") from None
    except cst.ParserSyntaxError as error:
        raise PatchError(f"{where}: does not parse: {first_line(error)}") from None


@lru_cache(maxsize=1024)
def chunk_tree(text: str) -> cst.Module:
    """The tree of some top-level statements."""
    check_depth("", text)
    return cst.parse_module(text)


def parse_expression(where: str, module: cst.Module, text: str) -> cst.BaseExpression:
    """The tree of one expression."""
    check_depth(f"{where}: {text!r:.120}", f"(\n{text}\n)")
    try:
        return cst.parse_expression(text, config=module.config_for_parsing)
    except (cst.ParserSyntaxError, cst.CSTValidationError) as error:
        raise PatchError(f"{where}: {text!r:.120} is not an expression: {first_line(error)}") from None


def parse_part(where: str, module: cst.Module, old: object, text: str) -> cst.CSTNode:
    """The tree of a part that is no expression: a comparison in a chain, an index or slice, or parameters."""
    part: cst.CSTNode | None = None
    if isinstance(old, cst.ComparisonTarget):
        whole = parse_expression(where, module, f"(a){text}")
        part = whole.comparisons[0] if isinstance(whole, cst.Comparison) else None
    elif isinstance(old, cst.BaseSlice):
        whole = parse_expression(where, module, f"a[{text}]")
        part = whole.slice[0].slice if isinstance(whole, cst.Subscript) else None
    elif isinstance(old, cst.Parameters):
        statement = parse_statement(where, module, f"def f({text}): pass")
        part = statement.params if isinstance(statement, cst.FunctionDef) else None
    else:
        raise PatchError(f"{where}: {type(old).__name__} is no part that can be replaced")
    if part is None or EMPTY.code_for_node(part) != text:
        raise PatchError(f"{where}: {text!r:.120} is not what can stand in the place of {type(old).__name__}")
    return part


def parse_statement(where: str, module: cst.Module, text: str) -> cst.SimpleStatementLine | cst.BaseCompoundStatement:
    """The tree of one statement, its line ends made those of the module."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
    tree = check_depth(f"{where}: {text!r:.120}", plain)
    if len(tree.body) == 0:
        raise PatchError(f"{where}: {text!r:.120} is not one statement")
    try:
        return cst.parse_statement(plain.replace("\n", module.default_newline), config=module.config_for_parsing)
    except (cst.ParserSyntaxError, cst.CSTValidationError) as error:
        raise PatchError(f"{where}: {text!r:.120} is not one statement: {first_line(error)}") from None


def check_depth(where: str, text: str) -> ast.Module:
    """Refuse what is nested so deeply that libcst's native parser could overflow the stack; what `ast` sees."""
    tree = parsed(where, text)
    deepest, level = 0, [(child, 1) for child in ast.iter_child_nodes(tree)]
    while level:
        deepest = max(deepest, *(depth for _, depth in level))
        below = [(node, depth + (levels(node) if type(node) in FLAT else 1)) for node, depth in level]
        level = [(child, depth) for node, depth in below for child in ast.iter_child_nodes(node)]
    if deepest > DEEPEST:
        raise PatchError(f"{where}: nested {deepest} levels deep, at most {DEEPEST} can be edited")
    return tree


def levels(node: ast.AST) -> int:
    """How many levels of a libcst tree a node is that `ast` keeps flat."""
    match node:
        case ast.BoolOp():
            return len(node.values) - 1
        case ast.Import() | ast.ImportFrom():
            dotted = node.module if isinstance(node, ast.ImportFrom) else None
            return 1 + max(name.count(".") for name in (dotted or "", *(alias.name for alias in node.names)))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            return len(node.generators)
    return 1


def way_along(module: cst.Module, trail: Trail) -> list[tuple[cst.CSTNode, str, int | None]]:
    """The nodes along a trail from the only statement of a module, each with the field and index that lead on."""
    way: list[tuple[cst.CSTNode, str, int | None]] = [(module, "body", 0)]
    for field, index in trail:
        node = at_end(way)
        assert isinstance(node, cst.CSTNode)
        way.append((node, field, index))
    return way


def at_end(way: Way) -> object:
    """What stands where a way ends; None one past the end of a list."""
    node, field, index = way[-1]
    value = getattr(node, field)
    if index is None:
        return value
    return value[index] if index < len(value) else None


@lru_cache(maxsize=4096)
def code_of(node: cst.CSTNode) -> str:
    """The text of a node; of a statement without what stands above it, its semicolon or its last line end."""
    if hasattr(node, "leading_lines"):
        above = sum(len(EMPTY.code_for_node(line)) for line in node.leading_lines)
        return printed(node)[above:].strip("\r\n")
    if isinstance(node, cst.BaseSmallStatement):
        node = node.with_changes(semicolon=cst.MaybeSentinel.DEFAULT)
    return printed(node).strip("\r\n")


def replaced_at(address: Address, way: Way, old: object, new: cst.CSTNode) -> cst.Module:
    """The module with `new` at the end of the way, in parentheses if it would be read otherwise without them."""
    statement = isinstance(old, (cst.BaseStatement, cst.BaseSmallStatement))
    for candidate in (new, parenthesized(new)):
        try:
            changed = spliced(way, [candidate], keep=False)
            if statement or reads_as_it_is(changed, way):
                return changed
        except UNFIT:
            continue
    raise PatchError(f"{address}: {EMPTY.code_for_node(new)!r:.120} does not fit there")


def reads_as_it_is(module: cst.Module, way: Way) -> bool:
    """Whether the statement around the end of a way is parsed from its text to the tree that it is."""
    trail = tuple((field, index) for _, field, index in way[1:])
    around = [node for node, _, _ in way_along(module, trail) if isinstance(node, cst.BaseStatement)]
    alone = hollow(around[-1])
    read = cst.parse_module(module.with_changes(body=[alone], header=(), footer=(), has_trailing_newline=True).code)
    return len(read.body) == 1 and read.body[0].deep_equals(alone)


def hollow(statement: cst.BaseStatement) -> cst.BaseStatement:
    """The statement with its blocks emptied and nothing above it: what is left is what an expression can spoil."""
    bare = statement.with_changes(leading_lines=()) if hasattr(statement, "leading_lines") else statement
    found = bare.visit(Emptied())
    assert isinstance(found, cst.BaseStatement)
    return found


class Emptied(cst.CSTTransformer):
    """Empties blocks without entering them."""

    def visit_IndentedBlock(self, _: cst.IndentedBlock) -> bool:
        """Nothing in a block is looked at."""
        return False

    def leave_IndentedBlock(self, _: cst.IndentedBlock, __: cst.IndentedBlock) -> cst.BaseSuite:
        """A block that does nothing."""
        return cst.IndentedBlock([cst.SimpleStatementLine([cst.Pass()])])


def parenthesized(node: cst.CSTNode) -> cst.CSTNode:
    """The expression in parentheses; anything else as it is."""
    if not isinstance(node, cst.BaseExpression):
        return node
    return node.with_changes(lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()])


def spliced(way: Way, new: Sequence[object], *, keep: bool) -> cst.Module:
    """The module rebuilt along the way, with `new` before (`keep`) or instead of what stands at its end."""
    value: object = None
    for depth, (node, field, index) in enumerate(reversed(way)):
        if index is None:
            value = node.with_changes(**{field: new[0] if depth == 0 else value})
        else:
            items = list(getattr(node, field))
            if depth == 0:
                items[index : index if keep else index + 1] = new
            else:
                items[index] = value
            value = node.with_changes(**{field: items})
    assert isinstance(value, cst.Module)
    return value


def first_line(error: Exception) -> str:
    """What a parser has to say, on one line."""
    message = getattr(error, "message", None) or str(error) or type(error).__name__
    return str(message).strip().split("\n")[0]
