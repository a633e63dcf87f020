import unittest

from run_lengths import spread, squeezed


class RunLengthsTest(unittest.TestCase):
    def test_a_row_is_one_pair(self):
        self.assertEqual(squeezed("aaaa"), [("a", 4)])

    def test_each_row_has_its_own_pair(self):
        self.assertEqual(squeezed("aabaa"), [("a", 2), ("b", 1), ("a", 2)])

    def test_large_and_small_letters_differ(self):
        self.assertEqual(squeezed("Aa"), [("A", 1), ("a", 1)])

    def test_pairs_are_spread(self):
        self.assertEqual(spread([("x", 3), (" ", 1), ("y", 2)]), "xxx yy")

    def test_there_and_back(self):
        self.assertEqual(spread(squeezed("mississippi")), "mississippi")

    def test_a_count_of_nothing_is_refused(self):
        with self.assertRaises(ValueError):
            spread([("x", 0)])
