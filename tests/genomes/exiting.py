"""Ends the process in the middle of the call."""

import os


def solve(task, tools):
    os._exit(0)
