class Overdrawn(Exception):
    pass


class Ledger:
    balance = 0

    def pay_in(self, amount):
        pass

    def pay_out(self, amount):
        pass
