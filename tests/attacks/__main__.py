"""`python -m tests.attacks`: run the attacks and print what came of each, as a table or as JSON."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict

from tests.attacks.layers import named, without
from tests.attacks.registry import CATEGORIES, PURE, TOOLS, attacks
from tests.attacks.report import report
from tests.attacks.siege import Verdict, besiege


def main(arguments: Sequence[str]) -> int:
    """0 if everything was contained."""
    chosen = _parser().parse_args(arguments)
    listed = attacks(chosen.category or CATEGORIES)
    if chosen.report:
        sys.stdout.write(report(listed) + "\n")
        return 0
    wanted = [each for each in listed if (each.name in chosen.only if chosen.only else chosen.slow or not each.slow)]
    with without(named(chosen.without)) if chosen.without else nullcontext():
        verdicts = besiege(wanted, profile=chosen.profile, sandbox=chosen.sandbox)
    if chosen.json:
        sys.stdout.write(json.dumps([asdict(verdict) for verdict in verdicts]))
        return 0
    sys.stdout.write("".join(f"{_line(verdict)}\n" for verdict in verdicts))
    return int(any(verdict.succeeded for verdict in verdicts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("category", nargs="*", help=f"of {', '.join(CATEGORIES)}; by default all")
    parser.add_argument("--only", action="append", metavar="ATTACK", help="this attack, and others named so")
    parser.add_argument("--profile", choices=(PURE, TOOLS), default=PURE)
    parser.add_argument("--sandbox", choices=("auto", "namespaces", "landlock", "none"), default="auto")
    parser.add_argument("--without", metavar="LAYER", help="with this layer of the jail switched off; see `layers`")
    parser.add_argument("--slow", action="store_true", help="also those that take seconds")
    parser.add_argument("--report", action="store_true", help="the tables of docs/security.md, from all settings")
    parser.add_argument("--json", action="store_true")
    return parser


def _line(verdict: Verdict) -> str:
    why = f" ({verdict.succeeded})" if verdict.succeeded else ""
    mark = "SUCCEEDED" if verdict.succeeded else "contained"
    return f"{mark}  {verdict.category:10}  {verdict.attack:45}  {verdict.ended}{why}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
