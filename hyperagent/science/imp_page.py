"""The page of a measurement of imp@k or of transfer: curves, pairs, figures, what was frozen and why, the record."""

import math
from collections.abc import Mapping, Sequence

from hyperagent.science.bands import bands
from hyperagent.science.imp import ARMS, Row
from hyperagent.science.measurement import Measurement, Taken
from hyperagent.science.page import diffs, page, plot, section, shown, table
from hyperagent.science.pairs import differences, pairs_figure
from hyperagent.science.plots import Plotly
from hyperagent.science.sections import coloured_settings
from hyperagent.science.text import line, number, signed, span
from hyperagent.science.verdict import verdict

DIFF_LIMIT = 60_000
NAMES = {"frozen": "the frozen meta agent", "seed": "the seed's meta agent"}


def imp_page(of: Measurement) -> str:
    """The whole page."""
    body = [heading(of), curves_section(), pairs_section(of), figures_section(of), taken_section(of), exclusions(of),
            reading_section(of), record(of)]  # fmt: skip
    return page(f"{title(of)} – hyperagent", "\n".join(body), figures(of))


def figures(of: Measurement) -> dict[str, Plotly]:
    """The curves of both arms, and the pairs."""
    curves = {NAMES[arm]: [one.curve for one in of.found[arm]] for arm in ARMS}
    gained = {"title": {"text": "held-out gain over the start"}}
    return {"gain-plot": bands(curves, of.k, gained, "children"), "pairs-plot": pairs_figure(of)}


def title(of: Measurement) -> str:
    """What was measured, in a few words."""
    return f"imp@k on {of.domain}" if of.origin is None else f"From {of.origin.domain} to {of.domain}"


def heading(of: Measurement) -> str:
    """What came of it, in a sentence or two."""
    kind = "Improvement of a frozen meta agent" if of.origin is None else "Transfer"
    seeds = f"{of.pairs} paired seed{'' if of.pairs == 1 else 's'}"
    return (
        f'<header>\n<p class="eyebrow">{kind}, {of.k} children, {seeds}</p>\n<h1>{shown(title(of))}</h1>\n'
        f'<p class="lead">{shown(verdict(of))}</p>\n</header>'
    )


def curves_section() -> str:
    """The place of the curves."""
    caption = (
        "Held-out score of the best so far on validation, less that of the agent both arms begin with. Means over "
        "seeds with 95% intervals from a bootstrap over seeds. The intervals of the arms may overlap although their "
        "paired difference is sure."
    )
    return section("curves", "Gain by number of children", plot("gain-plot", "held-out gain, for each arm", caption))


def pairs_section(of: Measurement) -> str:
    """The place of the pairs, and the same as a table."""
    caption = (
        "Each dot is one seed: the gain under the frozen meta agent less that under the seed's, same tasks and random "
        "streams. Above the line the frozen one did better. Bars are means with 95% intervals."
    )
    ks = [row.k for row in of.rows]
    heads = ["seed", "start", *(f"frozen, k = {k}" for k in ks), *(f"seed's, k = {k}" for k in ks),
             *(f"difference, k = {k}" for k in ks)]  # fmt: skip
    listed = f"<details><summary>Every pair as a table</summary>{table(heads, by_seed(of))}</details>"
    return section("pairs", "Pair by pair", plot("pairs-plot", "paired differences by seed", caption), listed)


def by_seed(of: Measurement) -> list[list[str]]:
    """A row for each seed: where both arms begin, what each gained, and the difference, at each k."""
    ks, found = [row.k for row in of.rows], {arm: {one.seed: one for one in of.found[arm]} for arm in ARMS}
    less = {k: differences(of, k) for k in ks}
    return [
        [str(seed), number(one.start), *(signed(found[arm][seed].gains[k]) for arm in ARMS for k in ks),
         *(signed(less[k].get(seed)) for k in ks)]
        for seed, one in found["seed"].items()
    ]  # fmt: skip


def figures_section(of: Measurement) -> str:
    """The table of all k."""
    heads = ["k", "frozen", "seed's", "difference", "95% interval", "p", "p (Holm)", "d", "pairs"]
    return section("figures", "Figures", table(heads, [cells(row) for row in of.rows]))


def cells(row: Row) -> list[str]:
    """The cells of one k."""
    pair = row.comparison
    ends = f"{signed(pair.low)} to {signed(pair.high)}" if math.isfinite(pair.low) else "–"
    gains = [f"{signed(one.mean)}<br><small>{span(one)}</small>" for one in (row.frozen, row.seed)]
    return [str(row.k), *gains, signed(pair.difference), ends, number(pair.p), number(row.corrected),
            signed(pair.effect), str(pair.count)]  # fmt: skip


def taken_section(of: Measurement) -> str:
    """Whose meta agents were frozen, and why theirs."""
    chosen = {seed: one.why for seed, one in of.taken.items()}
    rows = [
        [f"<code>{shown(one.run)}</code>", str(one.id), *growth(one), differs(one), f"<code>{one.digest[:12]}</code>"]
        for one in distinct(of.taken)
    ]
    heads = ["run", "individual", "growth", "descendants", "with a score", "files changed", "genome"]
    asked = [f"<p>{shown(one.run)}: {shown(line(one.without_history))}; frozen as it is.</p>"
             for one in distinct(of.taken) if one.without_history]  # fmt: skip
    if any(one.lessons_only for one in of.taken.values()):
        asked.append("<p>Frozen with its lessons alone, without the definitions that it remembers.</p>")
    why = BY_GROWTH if any(chosen.values()) else BY_NAME
    return section(
        "taken", "What was frozen, and why", why, table(heads, rows), *asked, *map(details, distinct(of.taken))
    )


def distinct(taken: Mapping[int, Taken]) -> list[Taken]:
    """Each frozen meta agent once."""
    return list({(one.run, one.id): one for one in taken.values()}.values())


def growth(one: Taken) -> list[str]:
    """The growth of an individual that was chosen by it."""
    return ["–"] * 3 if one.why is None else [signed(one.why.growth), str(one.why.descendants), str(one.why.scored)]


def differs(one: Taken) -> str:
    """In how many files a frozen genome differs from the seed's."""
    return str(len(one.changed))


def details(one: Taken) -> str:
    """What a frozen genome has that the seed's has not, on request."""
    names = ", ".join(change.name for change in one.changed) or "nothing"
    head = f"<summary>Individual {one.id} of {shown(one.run)}: {shown(line(names))}</summary>"
    return f"<details>{head}{diffs(one.changed, DIFF_LIMIT)}</details>"


BY_GROWTH = """<p class="prose">From each run the individual whose descendants grew most: the mean, over all of them, of
0.6 to the power of their distance times what they score above it on validation. A descendant without a score counts as
no growth, three with one are needed, and the seed is no candidate. No held-out score and nothing of the domain measured
on is looked at to choose.</p>"""

BY_NAME = '<p class="prose">The individual that was named, or the best of its run on validation where none was.</p>'


def exclusions(of: Measurement) -> str:
    """Every seed that is not in the figures."""
    if not of.excluded:
        return section("excluded", "Excluded", "<p>Nothing: every pair is in the figures.</p>")
    rows = [[f"<code>{shown(name)}</code>", shown(line(why))] for name, why in sorted(of.excluded.items())]
    return section("excluded", "Excluded", table(["run", "why"], rows, words=2))


def reading_section(of: Measurement) -> str:
    """What the figures mean."""
    looks = len(of.rows)
    return section("reading", "How to read this", READING.format(looks=f"{looks} number{'s' if looks > 1 else ''}"))


READING = """<div class="prose">
<p><b>imp@k.</b> A meta agent that never changes makes k children from one start; the best on validation is chosen, and
what counts is its score on held-out tasks less that of the start (HyperAgents, section 5.2). Held-out tasks decide
nothing.</p>
<p><b>Frozen.</b> Its files that are not the task agent's, with what its run had learned written into its memory, and
its selection of parents. Beside it stands the seed genome's: same start, same tasks, same random streams, same number
of children. In both arms patches count for what they change of the task agent.</p>
<p><b>Figures.</b> The interval of the difference is a percentile bootstrap over seeds; p is a two-sided sign-flip
permutation test, which n pairs cannot bring below 2 / 2<sup>n</sup>; p (Holm) is corrected for the {looks} of children
that were looked at; d is Cohen's d of the pairs.</p>
</div>"""


def record(of: Measurement) -> str:
    """Settings, and the hash of the last record of every run."""
    rows = [[name, f"<code>{shown(value)}</code>"] for name, value in setting(of)]
    kept = f"<h3>Settings of a run</h3>{coloured_settings(of.settings)}" if of.settings else ""
    listed = f"<details><summary>The last record of every run</summary>{table(['run', 'hash'], heads(of), 2)}</details>"
    return section("record", "What it rests on", table(["", ""], rows, words=2), listed, kept)


def setting(of: Measurement) -> list[tuple[str, str]]:
    """What was asked for, by name."""
    found = [("measured on", of.domain), *((f"its {name}", value) for name, value in of.options.items())]
    if of.origin is None:
        return [*found, ("children", str(of.k))]
    learned = [("learned on", of.origin.domain), *((f"its {name}", value) for name, value in of.origin.options.items())]
    return [*learned, ("children there", str(of.origin.generations)), *found, ("children here", str(of.k))]


def heads(of: Measurement) -> list[Sequence[str]]:
    """The hash of the last record of every run."""
    origins = [(one.run, one.head) for one in distinct(of.taken)]
    runs = [(f"{arm}-{one.seed}", one.head) for arm in ARMS for one in of.found[arm]]
    return [[f"<code>{shown(name)}</code>", f"<code>{shown(head)}</code>"] for name, head in [*origins, *runs]]
