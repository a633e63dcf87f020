from climbs import longest_climb


def test_nothing_has_no_climb():
    assert longest_climb([]) == []


def test_one_value_is_a_climb():
    assert longest_climb([7]) == [7]


def test_the_longest_is_found():
    assert longest_climb([3, 4, 1, 2, 5, 5, 6]) == [1, 2, 5]


def test_the_first_of_equal_ones_is_taken():
    assert longest_climb([2, 9, 1, 8]) == [2, 9]


def test_a_key_decides():
    assert longest_climb(["pear", "fig", "plum", "banana", "kiwi"], key=len) == ["fig", "plum", "banana"]


def test_a_key_may_be_of_the_callers_own_making():
    assert longest_climb([1, 5, 4, 2, 3], key=lambda value: -value) == [5, 4, 2]
