"""One HTML page that loads nothing: its policy lets run no script but its own, whose digests it names.

So text that gets past the escape by a mistake of ours still runs nothing and sends nothing.
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from hyperagent.science.changes import Change
from hyperagent.science.details import PART
from hyperagent.science.script import DRAW, EXPLORE, FOLLOW
from hyperagent.science.style import CSS
from hyperagent.science.text import visible

MARKS = {"+": "add", "-": "del", "@": "at", "\\": "file"}


@dataclass(frozen=True)
class Explorer:
    """What makes the tree one that can be explored: data of the whole run, and packed details of its individuals.

    Live, the details and what is new are asked of the server that the page came from.
    """

    run: Mapping[str, Any]
    parts: Sequence[str] = ()
    live: bool = False


def page(title: str, body: str, figures: Mapping[str, Any], explorer: Explorer | None = None, more: str = "") -> str:
    """The whole document; `figures` are plotly's, by the id of the element they are drawn in; `more` is a script."""
    scripts = [*own_scripts(figures, explorer), *([more] if more else [])]
    rules = policy(scripts, live=explorer is not None and explorer.live)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{rules}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{shown(title)}</title>\n<style>\n{CSS}\n</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        + "".join(f"<script>{script}</script>\n" for script in scripts)
        + "</body>\n</html>\n"
    )


def own_scripts(figures: Mapping[str, Any], explorer: Explorer | None = None) -> list[str]:
    """Plotly itself, and what draws the figures with it and answers clicks and keys."""
    from plotly.offline import get_plotlyjs

    # Plotly escapes "<" as well; that a script cannot be closed from within must not hang on another package.
    data = ",".join(f'"{id}":{figure.to_json()}' for id, figure in figures.items()).replace("<", "\\u003c")
    drawn = f"const FIGURES = {{{data}}};{DRAW}"
    if explorer is None:
        return [get_plotlyjs(), drawn]
    run = json.dumps(explorer.run, allow_nan=False).replace("<", "\\u003c")
    known = f"const RUN = {run};\nconst LIVE = {json.dumps(explorer.live)};\nconst PART = {PART};\n"
    known += f"const PARTS = {json.dumps(list(explorer.parts))};\n"
    return [get_plotlyjs(), f"{drawn}{known}{EXPLORE}{FOLLOW if explorer.live else ''}"]


def policy(scripts: Sequence[str], *, live: bool = False) -> str:
    """The content security policy under which these scripts run and no other; a live page may ask its own server."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    asks = "; connect-src 'self'" if live else ""
    return f"default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:{asks}; script-src {allowed}"


def shown(text: str) -> str:
    """Text from anywhere, as HTML."""
    return escape(visible(text))


def section(id: str, heading: str, *parts: str) -> str:
    """A part of the page under a heading of its own."""
    return f'<section aria-labelledby="{id}">\n<h2 id="{id}">{heading}</h2>\n' + "\n".join(parts) + "\n</section>"


def plot(id: str, label: str, caption: str, key: str = "") -> str:
    """The place where a figure is drawn, with a key to its colours above it."""
    return (
        f'<figure>{key}<div class="plot" id="{id}" role="img" aria-label="{shown(label)}"></div>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def colour_key(name: str, low: str, high: str, scale: Sequence[tuple[float, str]]) -> str:
    """A key to a colour scale, as a bar between its ends; nothing where they are the same."""
    if low == high:
        return ""
    stops = ", ".join(f"{colour} {100 * place:.0f}%" for place, colour in scale)
    bar = f'<i style="background: linear-gradient(90deg, {stops})"></i>'
    return f'<p class="key"><span>{name}</span> {low} {bar} {high}</p>'


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> str:
    """A table whose first columns are words and whose other ones are numbers; cells are HTML already."""

    def cells(row: Sequence[str], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        number = ' class="num"'
        return "".join(f"<{tag}{scope}{number if i >= words else ''}>{cell}</{tag}>" for i, cell in enumerate(row))

    head = f"<thead><tr>{cells(heads, 'th')}</tr></thead>"
    body = "\n".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return f'<div class="wide"><table>\n{head}\n<tbody>\n{body}\n</tbody></table></div>'


def diffs(changed: Sequence[Change], limit: int) -> str:
    """Unified diffs in colour, cut after so many characters."""
    parts = []
    for change in changed:
        if limit <= 0:
            parts.append(f'<p class="note">{shown(change.name)} changed too; see <code>hyperagent diff</code>.</p>')
            continue
        parts.append(coloured(change.diff, limit))
        limit -= len(change.diff)
    return "\n".join(parts)


def coloured(diff: str, limit: int) -> str:
    """One unified diff, a line an element."""
    cut = len(diff) > limit
    lines = diff[:limit].removesuffix("\n").split("\n")
    rows = "".join(f'<span class="{kind(i, line)}">{shown(line) or " "}</span>' for i, line in enumerate(lines))
    rest = f'<span class="file">… {len(diff) - limit} more characters</span>' if cut else ""
    return f'<pre tabindex="0"><code>{rows}{rest}</code></pre>'


def kind(position: int, line: str) -> str:
    """The class of a line of a diff, whose first two name the files."""
    return "file" if position < 2 else MARKS.get(line[:1], "same")
