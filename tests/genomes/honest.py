"""Answers each word backwards."""


def solve(task, tools):
    return task[::-1]
