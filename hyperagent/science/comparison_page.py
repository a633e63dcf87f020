"""The report of a comparison: one page, the curves of all arms and the figures."""

import math
from collections.abc import Mapping, Sequence

from hyperagent.science.bands import bands
from hyperagent.science.comparison import Comparisons, Row, Run
from hyperagent.science.experiment import Experiment
from hyperagent.science.intervals import Interval
from hyperagent.science.page import page, plot, section, shown, table
from hyperagent.science.plots import Plotly
from hyperagent.science.text import line, number, signed, span


def comparison_page(experiment: Experiment, found: Comparisons) -> str:
    """The whole page."""
    body = [
        heading(experiment, found),
        curves_section(),
        figures_section(experiment, found),
        exclusions(found),
        reading_section(experiment),
    ]
    return page(f"{experiment.name} – hyperagent", "\n".join(body), figures(found.runs, experiment.generations))


def figures(runs: Mapping[str, Sequence[Run]], generations: int) -> dict[str, Plotly]:
    """The curves on test and on validation."""
    return {
        "test-plot": curves(runs, generations, "test"),
        "validation-plot": curves(runs, generations, "validation"),
    }


def heading(experiment: Experiment, found: Comparisons) -> str:
    """What was compared, in one sentence."""
    tasks = f"{experiment.confirm} new tasks" if experiment.confirm else "held-out tasks"
    first, *others = found.rows
    sure = [row for row in others if row.corrected < 0.05]
    told = ", ".join(f"{shown(row.arm)} {signed(row.against.difference if row.against else None)}" for row in sure)
    said = f"Different from it beyond chance: {told}." if sure else "No arm differs from it beyond chance."
    return (
        f'<header>\n<p class="eyebrow">Comparison of {len(found.rows)} arms, {len(experiment.seeds)} seeds, '
        f"{experiment.generations} generations on {shown(experiment.domain)}</p>\n<h1>{shown(experiment.name)}</h1>\n"
        f'<p class="lead">{shown(first.arm)} ends at <strong>{number(first.final.mean)}</strong> on {tasks}. '
        f"{said}</p>\n</header>"
    )


def curves_section() -> str:
    """The places of the curves."""
    caption = (
        "Mean over seeds of the best so far by validation, with 95% intervals from a bootstrap over seeds. "
        "Intervals of two arms may overlap although their paired difference is sure."
    )
    return section(
        "curves",
        "Curves",
        "<h3>Held-out test</h3>",
        plot("test-plot", "held-out score by generation, for each arm", caption),
        "<h3>Validation</h3>",
        plot("validation-plot", "validation score by generation, for each arm", "What selection reads."),
    )


def figures_section(experiment: Experiment, found: Comparisons) -> str:
    """The table of all arms."""
    final = f"on {experiment.confirm} new tasks" if experiment.confirm else "final test"
    heads = ["arm", final, "gain", "validation", "area", "difference", "95% interval", "d", "p", "p (Holm)",
             "pairs", "cpu s", "dollars"]  # fmt: skip
    return section("figures", "Figures", table(heads, [cells(row) for row in found.rows]))


def cells(row: Row) -> list[str]:
    """The cells of one arm."""
    pair = row.against
    first = [shown(row.arm), both(row.final), signed(row.gain.mean), number(row.validation.mean), number(row.area.mean)]
    last = [f"{row.cpu:.1f}" if math.isfinite(row.cpu) else "–", f"{row.dollars:.2f}" if row.dollars else "0"]
    if pair is None:
        return [*first, "baseline", "", "", "", "", str(row.final.count), *last]
    ends = f"{signed(pair.low)} to {signed(pair.high)}" if math.isfinite(pair.low) else "–"
    middle = [signed(pair.difference), ends, signed(pair.effect), number(pair.p), number(row.corrected)]
    return [*first, *middle, str(pair.count), *last]


def both(interval: Interval) -> str:
    """A mean and the ends of its interval."""
    return f"{number(interval.mean)}<br><small>{span(interval)}</small>"


def exclusions(found: Comparisons) -> str:
    """Every run that is not in the figures."""
    if not found.excluded:
        return section("excluded", "Excluded", "<p>Nothing: every run is in the figures.</p>")
    rows = [[f"<code>{shown(name)}</code>", shown(line(why))] for name, why in sorted(found.excluded.items())]
    return section("excluded", "Excluded", table(["run", "why"], rows, words=2))


def reading_section(experiment: Experiment) -> str:
    """What the figures mean."""
    measured = "final test score"
    before = ""
    if experiment.confirm:
        measured = "score on new tasks"
        before = (
            f"Each run ends with its reported best, whose lower bound on validation is highest, and its seed on "
            f"{experiment.confirm} tasks that no run has used: the same ones in all arms of a seed. "
        )
    return section(
        "reading",
        "How to read this",
        '<p class="prose">Each seed has the same tasks and random streams in all arms, so they are compared seed by '
        f"seed. {before}"
        f"The difference is that of the {measured} from the baseline's; its interval is a percentile bootstrap "
        "over seeds; p is a two-sided sign-flip permutation test, which n pairs cannot bring below 2 / 2<sup>n</sup>; "
        "p (Holm) is corrected for the number of arms; d is Cohen's d of the pairs. Area is the mean height of the "
        "validation curve. Processor seconds are those of trials.</p>",
    )


def curves(runs: Mapping[str, Sequence[Run]], generations: int, split: str) -> Plotly:
    """A line and a band for each arm."""
    heights = {arm: [getattr(run, split) for run in found] for arm, found in runs.items()}
    return bands(heights, generations, {"title": {"text": "mean score"}})
