"""Budgets that are reserved before they are spent, so that calls in flight at once cannot exceed them together."""

import math
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Budget:
    """What may be spent, or what is: calls, tokens and dollars. In a limit, 0 means that there is none."""

    calls: int = 0
    tokens: int = 0
    dollars: float = 0.0

    def __add__(self, other: "Budget") -> "Budget":
        return Budget(self.calls + other.calls, self.tokens + other.tokens, self.dollars + other.dollars)

    def __mul__(self, factor: float) -> "Budget":
        return Budget(math.ceil(self.calls * factor), math.ceil(self.tokens * factor), self.dollars * factor)

    def less(self, spent: "Budget") -> "Budget":
        """What is left of it, nothing below zero."""
        return greatest(self - spent, Budget())

    def __sub__(self, other: "Budget") -> "Budget":
        return Budget(self.calls - other.calls, self.tokens - other.tokens, self.dollars - other.dollars)


def greatest(one: Budget, other: Budget) -> Budget:
    """The greater of each."""
    return Budget(max(one.calls, other.calls), max(one.tokens, other.tokens), max(one.dollars, other.dollars))


def excess(limit: Budget, spent: Budget) -> str:
    """What of `spent` is over the limit, in words, or ""."""
    if limit.calls and spent.calls > limit.calls:
        return f"{spent.calls} calls of {limit.calls}"
    if limit.tokens and spent.tokens > limit.tokens:
        return f"{spent.tokens} tokens of {limit.tokens}"
    if limit.dollars and spent.dollars > limit.dollars + 1e-9:
        return f"{spent.dollars:.4f} dollars of {limit.dollars:.4f}"
    return ""


@dataclass
class Account:
    """What has been spent and what is held for calls in flight, against a limit."""

    name: str
    limit: Budget
    spent: Budget = Budget()
    held: Budget = Budget()

    def refusal(self, most: Budget) -> str:
        """Why a call that may cost `most` can never be made from here, or ""."""
        over = excess(self.limit, self.spent + most)
        return f"{self.name}: with the next call it could be {over}" if over else ""

    def must_wait(self, most: Budget) -> bool:
        """Whether there is room for it only once calls in flight have cost less than was held for them."""
        return bool(excess(self.limit, self.spent + self.held + most))

    def hold(self, most: Budget) -> None:
        """Reserve what a call may cost."""
        self.held += most

    def settle(self, most: Budget, cost: Budget) -> None:
        """Give back what was held and book what it did cost."""
        self.held -= most
        if self.held.calls == 0:
            self.held = replace(self.held, dollars=0.0)
        self.spent += cost
