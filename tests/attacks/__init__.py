"""Attacks on the jail, each run for real. `python -m tests.attacks` prints what came of them."""
