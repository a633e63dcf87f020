"""What one pass over a tree notes is what libcst says of each node on its own."""

import ast
import textwrap
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import example, given
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper
from strategies import sources

from meta.printing import EMPTY, printed, printed_module

NESTED = """\
class A:
\tdef f(self):
\t\t# above
\t\tif x:
\t\t\treturn '''two
lines'''
\t\telif (y):
\t\t\tz = (1 +
  2)

\t\telse: pass
\t\tfor é in ("ä",): é; é
# below
"""
MODULES = [Path(module.__file__ or "") for module in (ast, textwrap)]


@given(sources())
@example(NESTED)
@example(NESTED.replace("\n", "\r\n"))
@example("if x:\n y")
def test_the_text_of_every_statement_is_what_it_prints_on_its_own(text: str) -> None:
    tree = cst.parse_module(text)
    found = printed_module(tree)
    assert found.text == tree.code
    for node in statements(tree):
        assert printed(node) == EMPTY.code_for_node(node)


@given(sources())
@example(NESTED)
def test_every_expression_stands_where_it_is_noted(text: str) -> None:
    check_spans(text)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_so_it_is_in_modules_that_others_wrote(path: Path) -> None:
    check_spans(path.read_text("utf-8"))


def check_spans(text: str) -> None:
    """Hold what is noted of a module against what libcst finds in passes of its own."""
    tree = cst.parse_module(text)
    content = text.encode()
    spans = MetadataWrapper(tree, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    expected = {
        id(node): content[span.start : span.start + span.length].decode()
        for node, span in spans.items()
        if isinstance(node, cst.BaseExpression)
    }
    found = printed_module(tree)
    assert {node: found.text[slice(*span)] for node, span in found.spans.items()} == expected


def statements(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Every statement in a block below a node."""
    found = [*node.body] if isinstance(node, (cst.Module, cst.IndentedBlock)) else []
    return found + [below for child in node.children for below in statements(child)]
