import unittest

from ledger import Ledger, Overdrawn


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = Ledger()

    def test_what_is_paid_in_is_there(self):
        self.ledger.pay_in(5)
        self.ledger.pay_in(7)
        self.assertEqual(self.ledger.balance, 12)

    def test_what_is_paid_out_is_gone(self):
        self.ledger.pay_in(5)
        self.ledger.pay_out(3)
        self.assertEqual(self.ledger.balance, 2)

    def test_more_than_there_is_cannot_be_paid_out(self):
        self.ledger.pay_in(5)
        with self.assertRaises(Overdrawn) as caught:
            self.ledger.pay_out(8)
        self.assertEqual(str(caught.exception), "3 is missing")
        self.assertEqual(self.ledger.balance, 5)

    def test_an_amount_is_above_nothing(self):
        for amount in (0, -1):
            with self.assertRaises(ValueError):
                self.ledger.pay_in(amount)

    def test_equal_balances_make_equal_ledgers(self):
        other = Ledger()
        self.assertEqual(self.ledger, other)
        other.pay_in(1)
        self.assertNotEqual(self.ledger, other)
