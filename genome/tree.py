"""Trees as libcst parses them: what lies below a node, and where nodes stand in the text."""

import functools
from dataclasses import fields

import libcst as cst

QUIET = ("whitespace", "leading_lines", "lines_after", "lpar", "rpar", "semicolon", "comma", "header", "footer")
SILENT = ("annotation", "returns")


@functools.cache
def parts(kind):
    """The names of the fields of a kind of node that hold code: no space, no brackets, no commas."""
    return [f.name for f in fields(kind) if f.init and not f.name.startswith(QUIET)]


@functools.cache
def open_parts(kind):
    """The parts in which something can be edited to some effect: no annotations."""
    return [name for name in parts(kind) if name not in SILENT]


def below(node):
    """The nodes right below a node."""
    found = []
    for name in parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, cst.CSTNode):
            found.append(value)
        elif isinstance(value, (list, tuple)):
            found += value
    return found


def all_below(node):
    """A node and all nodes below it."""
    yield node
    for part in below(node):
        yield from all_below(part)


def spans(tree):
    """The (start, end) of each node in the text of a module, without the space around the node."""
    printing = Printing(tree)
    tree._codegen(printing)
    return printing.spans


class Printing:
    """What libcst prints a tree to: it keeps no text, only how far it has come and where each node began."""

    tokens = ("kept nowhere",)

    def __init__(self, tree):
        self.default_indent = tree.default_indent
        self.default_newline = tree.default_newline
        self.spans = {}
        self.at = 0
        self.starts = []
        self.indents = []

    def add_token(self, text):
        """Print some text."""
        self.at += len(text)

    def add_indent_tokens(self):
        """Print the indent of a line."""
        for indent in self.indents:
            self.at += len(indent)

    def increase_indent(self, indent):
        """Begin a block."""
        self.indents.append(indent)

    def decrease_indent(self):
        """End a block."""
        self.indents.pop()

    def pop_trailing_newline(self):
        """The newline at the end of a text that has none: no node stands there."""

    def before_codegen(self, _node):
        """A node and the space before it begin."""
        self.starts.append(self.at)

    def after_codegen(self, node):
        """A node and the space behind it end."""
        start = self.starts.pop()
        if node not in self.spans:
            self.spans[node] = start, self.at

    def record_syntactic_position(self, node, *, start_node=None, end_node=None):
        """The text of a node itself is printed within this context."""
        return Printed(self, node, start_node, end_node)


class Printed:
    """The time in which the text of a node is printed."""

    __slots__ = ("end_node", "node", "printing", "start", "start_node")

    def __init__(self, printing, node, start_node, end_node):
        self.printing = printing
        self.node = node
        self.start_node = start_node
        self.end_node = end_node
        self.start = printing.at

    def __enter__(self):
        """Begin; where it begins is known already."""

    def __exit__(self, *_error):
        """End, and note the span; that of a part may say where it begins or ends."""
        spans = self.printing.spans
        start = self.start if self.start_node is None else spans[self.start_node][0]
        end = self.printing.at if self.end_node is None else spans[self.end_node][1]
        spans[self.node] = start, end
