"""Raises where an answer is expected."""


def solve(task, tools):
    raise RuntimeError("no idea")
