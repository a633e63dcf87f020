from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from hyperagent.science.tree import Tree, tree

populations = st.lists(st.floats(0, 0.999), max_size=40).map(
    lambda draws: [None, *(int(draw * (k + 1)) for k, draw in enumerate(draws))]
)


def life_lines(laid: Tree) -> list[tuple[int, int, int]]:
    """The row of each individual and the generations that its life line spans."""
    return [(row, id, max((id, *laid.children[id]))) for id, row in enumerate(laid.row)]


@given(populations)
def test_no_two_life_lines_overlap(parents: list[int | None]) -> None:
    for (row, first, last), (other, begin, end) in combinations(life_lines(tree(parents)), 2):
        assert row != other or last <= begin or end <= first


@given(populations)
def test_no_upright_crosses_a_life_line(parents: list[int | None]) -> None:
    laid = tree(parents)
    lines = life_lines(laid)
    for child, parent in enumerate(parents):
        if parent is None:
            continue
        between = range(min(laid.row[child], laid.row[parent]) + 1, max(laid.row[child], laid.row[parent]))
        assert not [line for line in lines if line[0] in between and line[1] <= child <= line[2]]


def test_a_line_of_only_children_is_straight() -> None:
    assert tree([None, *range(3000)]).row == (0,) * 3001


def test_many_children_of_one_parent_need_two_rows() -> None:
    assert set(tree([None, *[0] * 3000]).row) == {0, 1}
