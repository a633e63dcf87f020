"""What the genome knows of trees, held against what libcst itself says of them, more slowly."""

import ast
import bisect
import textwrap
from types import ModuleType

import libcst as cst
import pytest
from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper

from genome import comparisons, sites, tree

MODULES = [ast, bisect, comparisons, sites, textwrap]


def text_of(module: ModuleType) -> str:
    """The source of a module."""
    assert module.__file__ is not None
    with open(module.__file__, encoding="utf-8") as file:  # noqa: PTH123 - the name is all there is to it
        return file.read()


def all_below(node: cst.CSTNode) -> list[cst.CSTNode]:
    """Every node below a node, by libcst's own account."""
    found = [node]
    for at in found:
        found += at.children
    return found


@pytest.mark.parametrize(
    "text", [*map(text_of, MODULES), "", "\n", "# only words\n", "x = 1", "if x:\n    y\n# behind"]
)
def test_spans_are_those_that_libcst_gives(text: str) -> None:
    assert text.isascii(), "or bytes are no characters"
    whole = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
    expected = whole.resolve(ByteSpanPositionProvider)
    found = tree.spans(whole.module)
    assert found == {node: (span.start, span.start + span.length) for node, span in expected.items()}


def test_below_leaves_out_nothing_but_space_and_signs() -> None:
    for node in all_below(cst.parse_module(text_of(ast))):
        mine = tree.below(node)
        assert all(any(one is other for other in node.children) for one in mine)
        missing = {type(other) for other in node.children if not any(other is one for one in mine)}
        assert not any(issubclass(kind, cst.BaseExpression | cst.BaseStatement) for kind in missing), missing
