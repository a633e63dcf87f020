"""The Python that `sources` writes, as data: words, and templates in which `$symbol` stands for more of it.

Templates come in the order in which they are to shrink: the first is the simplest. A template may need something of
the place where it stands, such as a loop around it, or of the running version; see `Where.offers`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Needing:
    """A template for places that offer all that it needs."""

    template: str
    needs: tuple[str, ...]


Rule = str | Needing

WORDS: dict[str, tuple[str, ...]] = {
    "name": ("x", "count", "items", "value", "total", "names", "queue", "left", "right", "node", "path", "result"),
    "iterated": ("item", "key", "index"),
    "attribute": ("size", "name", "parent", "children", "append", "state"),
    "called": ("len", "sorted", "load", "merge", "score", "print", "min", "range"),
    "number": ("0", "1", "2", "10", "3.5", "1e-9", "0xFF", "1_000", "2j", "0b101"),
    "string": (
        "''",
        "'key'",
        '"two words"',
        r"r'\d+\s'",
        "b'raw\\x00'",
        "'a\\n'",
        "'''it's'''",
        '"""two\nlines"""',
        "'one' 'two'",
        "'é'",
        "'\u2028'",
        "'page\x0cbreak'",
    ),
    "constant": ("None", "True", "False", "..."),
    "binary": ("+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"),
    "compared": ("<", "<=", "==", "!=", ">=", ">", "in", "not in"),
    "unary": ("not ", "-", "~", "+"),
    "type": ("int", "str | None", "list[int]", "dict[str, tuple[int, ...]]", "Callable[[int], bool]", "'Node'"),
    "untyped": ("", "a", "a, b=2", "a, /, b, *, c=None", "*args, **kwargs", "a, *rest, key=len"),
    "parameters": (
        "",
        "a",
        "a, b=2",
        "a, /, b, *, c=None",
        "*args, **kwargs",
        "a: int, b: str | None = None",
        "a, *args: int, c: bool = False, **kwargs: object",
    ),
    "target": ("x", "node.state", "items[0]", "left, right", "first, *rest", "[left, (right, x)]", "self.size"),
    "looped": ("item", "index, item", "key, (left, *rest)"),
    "deleted": ("x", "items[0], node.name", "(left, right)"),
    "slice": ("1:", ":-1", "::-1", "0, 1:2", "..., None", ":"),
    "comment": ("", "  # why not", "  # type: ignore"),
    "decorators": ("", "", "@cached\n", "@app.route('/', methods=[1])\n", "@first\n# between\n@second.of(3)\n"),
    "function": ("load", "merge", "__init__", "step"),
    "class": ("Node", "Queue", "Pair"),
    "bases": ("", "(Base)", "(Base, other.Base, metaclass=Meta)", "(*bases, **options)"),
    "returned": ("", " -> int", " -> 'Node | None'"),
    "handled": ("except ValueError:", "except (KeyError, TypeError) as error:", "except errors.Wrong:"),
    "opened": ("stream", "(left, right)", "self.lock"),
    "raised": ("raise", "raise ValueError('no')", "raise KeyError(x) from error", "raise Wrong from None"),
    "import": (
        "import math",
        "import os.path as paths, json",
        "from collections import deque",
        "from itertools import (\n    chain,\n    count as counting,\n)",
        "from . import sibling",
    ),
    "shown": ("x", "node.name", "len(items)", "total + 1", "value[0]"),
    "way": ("", "!r", "=", ":.2f", "!s:>{count}", ":{left}.{right}"),
    "opening": ("", "", '"""Words."""\n', "'''More.\n\n    Words.\n'''\n", "# first\n", "global TOTAL\n"),
    "head": (
        "",
        "",
        '"""What this module is for."""\n',
        "from __future__ import annotations\n",
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n",
        "from os.path import *\n",
    ),
    "pattern": (
        "0",
        "-1.5",
        "'word' | b'word' | 2 + 3j",
        "None | True",
        "Color.RED",
        "[]",
        "[first, *rest]",
        "(left, right)",
        "[_, [0, *_]] as pair",
        "{'key': found, **others}",
        "{}",
        "Point()",
        "Point(0, y=other)",
        "str() as text",
        "(1 | 2) as digit",
    ),
}  # fmt: skip

LEAVES: tuple[Rule, ...] = ("x", "$name", "$name", "$name", "$number", "$number", "$string", "$constant")

ATOMS: tuple[Rule, ...] = (
    *LEAVES,
    "$called($expression)",
    "$name.$attribute($expression, key=$expression)",
    "$called($expression, *$name, flag=True, **$name)",
    "$name.$attribute",
    "$name[$expression]",
    "$name[$expression:$expression]",
    "$name[$slice]",
    "$called($name for item in $name)",
    'f"$attribute: {$shown$way}"',
    "[]",
    "[$expression]",
    "[$expression, $expression, $expression]",
    "[*$name, $expression]",
    "()",
    "($expression, $expression)",
    "($expression,)",
    "{}",
    "{$expression, $expression}",
    "{$expression: $expression}",
    "{'key': $expression, **$name}",
    "[\n    $expression,\n    $expression,  # last\n]",
    "[$shut for $iterated in $name]",
    "[$shut for item in $name if $shut]",
    "{$shut for index, item in enumerate($name)}",
    "{key: $shut for key, value in $name.items() if key}",
    "($shut for key in $name for item in key if item if key)",
    Needing("($name := $atom)", ("walrus",)),
    *(Needing("(await $atom)", ("awaits",)),) * 3,
    Needing("[$shut async for item in $name]", ("awaits",)),
    Needing("(yield $atom)", ("yields",)),
    *(Needing("(yield from $atom)", ("yields from",)),) * 3,
    Needing('f"{names["first"]}"', ("3.12",)),
    Needing("""f"{f"{x}"} {'\\n'.join(names)}\"""", ("3.12",)),
    Needing('t"{$shown$way} and {x=}"', ("3.14",)),
)

EXPRESSIONS: tuple[Rule, ...] = (
    *ATOMS,
    *("$atom $binary $atom",) * 6,
    *("$atom $compared $atom",) * 8,
    "$atom < $atom <= $atom",
    "$name is None",
    "$name is not None",
    "$atom and $atom",
    "$atom or $atom",
    "$atom and not $atom and $atom",
    "$unary$atom",
    "($expression) $binary ($expression)",
    "$atom if $atom else $atom",
    "lambda $untyped: $shut",
)

SIMPLE: tuple[Rule, ...] = (
    "pass",
    "...",
    "$called($expression)",
    "$name.$attribute($expression)",
    "$name = $expression",
    "$name = $expression",
    "$target = $expression",
    "$name = $target = $expression",
    "$name $binary= $expression",
    "$name: $type = $expression",
    "node.state: $type",
    "assert $expression",
    "assert $atom, 'expected'",
    "del $deleted",
    "$raised",
    "$import",
    Needing("return", ("returns",)),
    Needing("return $expression", ("returns a value",)),
    Needing("return $expression", ("returns a value",)),
    Needing("yield $expression", ("yields",)),
    Needing("$name = yield", ("yields",)),
    *(Needing("yield from $atom", ("yields from",)),) * 2,
    *(Needing("await $atom", ("awaits",)),) * 2,
    Needing("break", ("loop",)),
    Needing("continue", ("loop",)),
    Needing("type Number = int", ("3.12",)),
    Needing("type Pair[T] = tuple[T, T]", ("3.12",)),
    Needing("type Call[**P, *Ts] = Callable[P, tuple[*Ts]]", ("3.12",)),
)

COMPOUND: tuple[Rule, ...] = (
    "if $expression:$block",
    "if $expression:$block\nelse:$block",
    "if $expression:$block\nelif $expression:$block\nelse:$block",
    "if $expression: pass",
    "while $expression:$rounds",
    "while $expression:$rounds\nelse:$block",
    "for $looped in $expression:$rounds",
    "for item in $name, *$name:$rounds\nelse:$block",
    "try:$block\n$handled$block",
    "try:$block\n$handled$block\nexcept:$block\nelse:$block\nfinally:$block",
    "try:$block\nfinally:$block",
    "try:$block\nexcept* OSError as group:$group",
    "with $atom as $opened:$block",
    "with open($expression) as a, lock:$block",
    "with (\n    open($expression) as a,\n    open(path) as b,\n):$block",
    "match $atom:$cases",
    "match $atom:$cases$default",
    *("$definition",) * 8,
    "${decorators}class $class$generics$bases:$members",
    *(Needing("async for item in $atom:$rounds", ("awaits",)),) * 8,
    Needing("async for index, item in $atom:$rounds\nelse:$block", ("awaits",)),
    *(Needing("async with $atom as session:$block", ("awaits",)),) * 8,
    Needing("async with $atom, lock as held:$block", ("awaits",)),
)

DEFINITIONS: tuple[Rule, ...] = (
    "${decorators}def $function$generics($parameters)$returned:$plain",
    "${decorators}def $function$generics($parameters)$returned:$generator",
    "${decorators}async def $function$generics($parameters)$returned:$coroutine",
    "${decorators}async def $function$generics($parameters)$returned:$stream",
    "def $function(limit=3):\n    count = 0\n\n"
    "    def step():\n        nonlocal count\n        count += 1\n        return count\n\n    return step",
)

GRAMMAR: dict[str, tuple[Rule, ...]] = {
    "leaf": LEAVES,
    "atom": ATOMS,
    "expression": EXPRESSIONS,
    "simple": SIMPLE,
    "statement": (*SIMPLE, "$simple; $simple", "$simple  # so", *COMPOUND),
    "spaced": ("$statement", "$statement", "$statement", "\n$statement", "# one\n$statement", "\n\n# a\n\n$statement"),
    "case": ("case $pattern:$block", "case $pattern if $expression:$block"),
    "otherwise": ("case _:$block",),
    "definition": DEFINITIONS,
    "generics": (
        "",
        Needing("[T]", ("3.12",)),
        Needing("[T: int, *Ts, **P]", ("3.12",)),
        Needing("[T: (int, str)]", ("3.12",)),
        Needing("[T = int]", ("3.13",)),
        Needing("[*Ts = *tuple[int, ...], **P = [int]]", ("3.13",)),
    ),
}
"""By symbol, what it may be written as. How deep the writing goes is decided in `sources`."""
