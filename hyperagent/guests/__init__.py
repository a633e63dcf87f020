"""Harness modules: each is sent into a jail as source and runs there beside the genome. The host imports none."""
