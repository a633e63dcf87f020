"""The parts of the report, each as HTML. Every text of a genome goes through `shown`."""

import math
from collections.abc import Sequence

from archive import Archive, Individual
from hyperagent.science.changes import changes
from hyperagent.science.clades import clades as clades_of
from hyperagent.science.curves import Improvement
from hyperagent.science.intervals import Interval
from hyperagent.science.members import Census, Member
from hyperagent.science.page import colour_key, diffs, plot, section, shown, table
from hyperagent.science.plots import CHANGES, SCALE, score_range
from hyperagent.science.policies import Scored
from hyperagent.science.policies import verdict as verdict_of_selection
from hyperagent.science.summary import Credit, Summary
from hyperagent.science.text import line, number, signed, span
from meta import Patch

STEP_LIMIT = 20_000
BEST_LIMIT = 400_000
MOST_STEPS = 60
MOST_OPERATORS = 60


def headline(title: str, found: Summary, *, live: bool = False) -> str:
    """What came of the run, in one sentence and a few numbers; a live page says that it is one."""
    mark = '<p class="note" id="live" role="status">live</p>' if live else ""
    return f'{mark}<div id="head">{head(title, found)}</div>'


def head(title: str, found: Summary) -> str:
    """The headline, to be set anew while a run goes on."""
    culled, stillborn = found.counts["culled"], found.counts["stillborn"]
    fates = f"{found.generations - culled - stillborn} alive, {culled} culled, {stillborn} stillborn"
    facts = [
        ("held-out test, seed", number(found.seed.test.mean), bounds(found.seed.test)),
        ("held-out test, best", number(found.best.test.mean), bounds(found.best.test)),
        ("gain on the same tasks", *gained(found)),
        ("validation, seed → best", f"{number(found.seed.validation.mean)} → {number(found.best.validation.mean)}",
         "what selection reads"),
        ("children", str(found.generations), fates),
        ("mean height of the curve", number(found.area), "validation of the best so far"),
        ("improvements", str(len(found.improvements)), f"best: individual {found.best.id}"),
        ("validation flatters by", signed(found.alarms.gap.best), gap_note(found)),
    ]  # fmt: skip
    tiles = "".join(f"<div><dt>{name}</dt><dd>{value}<small>{note}</small></dd></div>" for name, value, note in facts)
    return (
        f'<header>\n<p class="eyebrow">Report of a run</p>\n<h1>{shown(title)}</h1>\n'
        f'<p class="lead">{verdict(found)}</p>\n</header>\n<dl class="facts">{tiles}</dl>'
    )


def gap_note(found: Summary) -> str:
    """What the gap between validation and test is to be held against."""
    return f"validation less held-out, best; the seed {signed(found.alarms.gap.seed)}"


def verdict(found: Summary) -> str:
    """The result as a sentence that claims no more than the interval allows."""
    start, end = (f"<strong>{number(one.test.mean)}</strong>" for one in (found.seed, found.best))
    if not found.generations:
        return f"Only the seed has been evaluated: it scores {start} on the held-out tasks."
    time = f"{found.generations} generation{'s' if found.generations > 1 else ''}"
    if found.best.id == found.seed.id:
        return f"In {time} no child did better on validation than the seed, which scores {start} on the held-out tasks."
    if not math.isfinite(found.gain.mean):
        return f"In {time} individual {found.best.id} became the best; it has no score on held-out tasks."
    unsure = found.gain.low <= 0 <= found.gain.high
    doubt = " The interval of the difference includes zero: these tasks do not settle it." if unsure else ""
    return f"In {time} the score on held-out tasks went from {start} to {end}.{doubt}"


def bounds(interval: Interval) -> str:
    """The interval and what it rests on, as a note."""
    tasks = f"{interval.count} task{'' if interval.count == 1 else 's'}"
    return f"95% interval {span(interval)}, {tasks}" if span(interval) else tasks


def gained(found: Summary) -> tuple[str, str]:
    """The gain from the seed to the best, and its interval as a note."""
    if found.best.id == found.seed.id:
        return "–", "the best is the seed"
    if not math.isfinite(found.gain.low):
        return signed(found.gain.mean), "too few tasks for an interval"
    return signed(found.gain.mean), f"95% interval {signed(found.gain.low)} to {signed(found.gain.high)}"


def progress() -> str:
    """The place of the curves."""
    return section(
        "curve",
        "Progress",
        plot(
            "curve-plot",
            "scores of the best individual so far, by generation",
            "Steps show the individual that was the best by validation at the time, on three splits. Dots are children "
            "on validation. Choosing by validation flatters the validation score: the test line shows by how much.",
        ),
    )


def family(members: Sequence[Member]) -> str:
    """The place of the tree."""
    low, high = map(number, score_range(members))
    return section(
        "tree",
        "Lineage",
        plot(
            "tree-plot",
            "the family tree of all individuals, by generation",
            "Time runs to the right. Each individual has a life line that ends at its last child; children hang from "
            "it where they were born. Point at a mark for its scores; click it for its patch, trials and cost. "
            "Drag to look closer. By keyboard: left to the parent, right to a child, up and down by age, + and −.",
            TREE_TOOLS + colour_key("validation score", low, high, SCALE),
        ),
    )


def individual() -> str:
    """The place where one individual is shown."""
    return section(
        "individual",
        "One individual",
        '<div class="tools" role="group" aria-label="choose an individual">'
        '<button type="button" data-step="ArrowUp">previous</button>'
        '<label>individual <input id="pick" type="number" min="0" inputmode="numeric"></label>'
        '<button type="button" data-step="ArrowDown">next</button>'
        '<button type="button" data-step="ArrowLeft">parent</button>'
        '<button type="button" data-step="ArrowRight">first child</button></div>'
        '<div id="detail" aria-live="polite"><p class="note">Click a mark in the tree, or give a number.</p></div>',
    )


TREE_TOOLS = (
    '<div class="tools" role="group" aria-label="the tree"><span>colour</span>'
    '<button type="button" data-colour="score" aria-pressed="true">by score</button>'
    '<button type="button" data-colour="change" aria-pressed="false">by what changed</button>'
    '<span>zoom</span><button type="button" data-zoom="in" aria-label="zoom in">+</button>'
    '<button type="button" data-zoom="out" aria-label="zoom out">−</button>'
    '<button type="button" data-zoom="all">whole</button></div>'
    '<p class="note" id="change-key" hidden>'
    + " ".join(f'<b style="color: {colour}">{name}</b>' for name, colour in CHANGES.items())
    + "</p>"
)


def honesty(found: Summary) -> str:
    """How far the figures can be trusted, and what they cost."""
    went, alarms = found.dynamics, found.alarms
    rows = [
        ["gap, validation less held-out", signed(alarms.gap.best), f"the seed's is {signed(alarms.gap.seed)}"],
        ["made by choosing on validation", signed(alarms.gap.optimism), "the difference of the two"],
        ["on tasks never used", *again(found)],
        ["noise floor", *floor(found)],
        ["gained for 100 children", signed(went.velocity), f"validation; {signed(went.test_velocity)} on held-out"],
        ["processor for 0.01 gained", cost(went.cpu_per_point), f"{went.cpu:.1f} s in all trials"],
        ["longest stretch without a new best", *longest(found)],
        ["new bests that were worse on held-out", str(went.regressions), f"of {len(found.improvements)}"],
        [
            "forbidden calls tried",
            str(alarms.probes),
            "trials that the jail, and patches that the gate refused",
        ],
        ["put aside for cheating", str(len(alarms.quarantined)), " ".join(map(linked, alarms.quarantined))],
        ["selections that failed", str(found.fallbacks), "blocks in which another steward was asked"],
    ]
    said = "".join(f'<p class="alarm">{shown(text)}</p>' for text in alarms.said) or "<p>No alarm.</p>"
    return section(
        "honesty", "Can it be trusted, and what did it cost", said, table(["measure", "value", "note"], rows, words=3)
    )


def linked(id: int) -> str:
    """An individual's id, which a click on shows."""
    return f'<a href="#individual-{id}">{id}</a>'


def quarantine(archive: Archive, put_aside: Sequence[int]) -> str:
    """Everybody who was put aside for what it tried: what it tripped, and what its patch changed."""
    if not put_aside:
        return ""
    intro = "<p>They are kept, and were nobody's parent. The number shows all that is known of one.</p>"
    latest = [caught(archive, archive[id]) for id in put_aside[-MOST_STEPS:]]
    left = len(put_aside) - len(latest)
    note = f'<p class="note">The last {len(latest)} of {len(put_aside)}.</p>' if left else ""
    return section("quarantine", "Put aside for cheating", intro, note, *latest)


def caught(archive: Archive, individual: Individual) -> str:
    """One that was put aside."""
    patch, parent = individual.patch or Patch(), archive[individual.parent or 0]
    why = "; ".join(shown(line(reason)) for reason in individual.stillborn)
    made = diffs(changes(parent.genome, individual.genome), STEP_LIMIT)
    title = shown(line(patch.title)) or "no title"
    return f"<h3>{linked(individual.id)} {title}</h3><p>{why}</p><details><summary>Its patch</summary>{made}</details>"


def again(found: Summary) -> tuple[str, str]:
    """The reported best on tasks that no run has used."""
    if found.confirmed is None:
        return "–", "not tried; <code>hyperagent confirm</code> does"
    gain = found.confirmed.gain
    return signed(
        gain.mean
    ), f"individual {found.confirmed.id} over the seed, 95% interval {ends(gain)}, {gain.count} tasks"


def ends(interval: Interval) -> str:
    """The ends of the interval of a difference."""
    return f"{signed(interval.low)} to {signed(interval.high)}"


def floor(found: Summary) -> tuple[str, str]:
    """How noisy the domain is."""
    if found.noise is None:
        return "–", "not measured"
    if not found.noise.is_noisy:
        return "0", "the seed gave every answer again"
    return number(
        found.noise.floor
    ), f"{found.dynamics.within_noise} of {len(found.improvements)} new bests are within it"


def cost(seconds: float) -> str:
    """Processor time, or that nothing came of it."""
    return "nothing gained" if seconds == math.inf else f"{seconds:.1f} s" if math.isfinite(seconds) else "–"


def longest(found: Summary) -> tuple[str, str]:
    """The longest plateau."""
    plateau = max(found.dynamics.plateaus, key=lambda one: one.length, default=None)
    return (
        ("0", "none of note") if plateau is None else (str(plateau.length), f"from {plateau.first} to {plateau.last}")
    )


def steps(archive: Archive, improvements: Sequence[Improvement], noise: float = 0.0) -> str:
    """Each improvement with what it changed; one that is below the noise floor is called noise."""
    if not improvements:
        return section("steps", "Improvements", "<p>No child was better than the seed.</p>")
    latest = improvements[-MOST_STEPS:]
    left = len(improvements) - len(latest)
    note = f'<p class="note">The last {len(latest)} of {len(improvements)}.</p>' if left else ""
    intro = (
        "<p>Each child that became the best on validation: its generation, the score to beat and its own, the "
        "difference, and what its patch says of itself. Open one to see the patch.</p>"
    )
    items = "\n".join(step(archive, improvement, noise) for improvement in latest)
    return section("steps", "Improvements", intro, note, f'<ol class="steps">\n{items}\n</ol>')


def step(archive: Archive, improvement: Improvement, noise: float) -> str:
    """One improvement."""
    child, parent = archive[improvement.id], archive[improvement.parent]
    patch = child.patch or Patch()
    said = f"<p>{shown(line(patch.hypothesis, 1000))}</p>" if patch.hypothesis else ""
    made = ", ".join(f"<code>{shown(line(name, 60))}</code>" for name in patch.operators[:8])
    unsure = "<em>noise: </em>" if improvement.after - improvement.before < noise else ""
    by = f'<p class="note">Child of {improvement.parent}{f", by {made}" if made else ""}</p>'
    return (
        f"<li><details><summary><span>{improvement.generation}</span>"
        f"<span>{number(improvement.before)} → {number(improvement.after)}</span>"
        f'<span class="gain">{signed(improvement.after - improvement.before)}</span>'
        f'<span class="title">{unsure}{shown(line(improvement.title)) or "no title"}</span></summary>'
        f'<div class="inside">{said}{by}{diffs(changes(parent.genome, child.genome), STEP_LIMIT)}</div></details></li>'
    )


def whole(archive: Archive, found: Summary) -> str:
    """Everything in which the best genome differs from the seed."""
    changed = changes(archive[found.seed.id].genome, archive[found.best.id].genome)
    if not changed:
        return section("best", "The best genome", "<p>The best genome is the seed.</p>")
    added, removed = sum(change.added for change in changed), sum(change.removed for change in changed)
    files = f"{len(changed)} file{'s' if len(changed) > 1 else ''}"
    lines = f"{added} lines added, {removed} removed"
    intro = f"<p>Individual {found.best.id} differs from the seed in {files}: {lines}.</p>"
    left, parts = BEST_LIMIT, []
    for change in changed:
        parts.append(f"<h3>{shown(change.name)}</h3>{diffs([change], left)}")
        left -= len(change.diff)
    return section("best", "The best genome", intro, *parts)


def operators(credits: Sequence[Credit]) -> str:
    """What became of the patches of each operator."""
    if not credits:
        return section("operators", "Operators", "<p>No patch names an operator.</p>")
    rows = [
        [f"<code>{shown(line(credit.name, 80))}</code>", str(credit.tries), str(credit.stillborn),
         str(credit.improved), signed(credit.mean_gain)]
        for credit in credits[:MOST_OPERATORS]
    ]  # fmt: skip
    left = len(credits) - len(rows)
    note = f'<p class="note">{left} more were tried less often.</p>' if left else ""
    intro = (
        "<p>A patch counts for every operator and file that it names. The mean gain is over the children that were "
        "evaluated, against their own parents.</p>"
    )
    return section(
        "operators",
        "Operators",
        intro,
        table(["operator", "tries", "stillborn", "better", "mean gain"], rows),
        note,
        "<h3>Credit over time</h3>",
        plot("credit-plot", "children better than their parent, by operator and generation", CREDIT),
    )


CREDIT = (
    "The operators and files that were named most. A steep line is an operator that pays; a flat one has had its day."
)


def selections(found: Sequence[Scored], fallbacks: int) -> str:
    """Whether the selections that the population invented would have picked the right parents."""
    failed = f"<p>The steward's own selection failed in {fallbacks} blocks, and another one was asked.</p>"
    if not found:
        return section("selections", "Selection of parents", "<p>There is no changed selection to compare.</p>", failed)
    rows = [
        [shown(one.name), str(one.carriers) if one.carriers else "–", number(one.improved.mean), span(one.improved),
         number(one.coverage), str(one.failures)]
        for one in found
    ]  # fmt: skip
    said = verdict_of_selection(found[0], [one for one in found[1:] if one.carriers])
    heads = ["policy", "carriers", "picks whose clade improved", "95% interval", "known", "failures"]
    return section("selections", "Selection of parents", f"<p>{shown(said)}</p>", table(heads, rows), POLICIES, failed)


POLICIES = """<p class="note">At ten moments of the run each policy was shown the archive as it stood and picked eight
parents. A pick is good if the clade that it had from then on came to hold somebody better. Picks without further
children say nothing; "known" is the share of the others. This tells how far a policy agrees with what happened to be
tried, not what it would have brought about.</p>"""


def clades(members: Sequence[Member], improvements: Sequence[Improvement]) -> str:
    """The clades that the new bests founded; each individual is in one of them alone."""
    found = clades_of(members, [step.id for step in improvements])
    rows = [
        [f"{clade.founder}", str(clade.size), str(clade.alive), number(clade.founded_at), number(clade.best),
         signed(clade.best - clade.founded_at)]
        for clade in found[-MOST_STEPS:]
    ]  # fmt: skip
    note = '<p class="note">Each individual counts for its nearest ancestor that was a new best, and for no other.</p>'
    heads = ["founder", "individuals", "alive", "its score", "best in the clade", "gain"]
    return section("clades", "Clades", note, table(heads, rows))


def record(archive: Archive, found: Summary, members: Census) -> str:
    """How to read the page, and what it was made from."""
    hashes = [
        ("lineage", members.lineage), ("head", found.head), ("seed genome", found.seed.digest),
        ("best genome", found.best.digest), ("domain", archive.store.setting("domain") or "not recorded"),
    ]  # fmt: skip
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td class="hash"><code>{shown(digest)}</code></td></tr>'
        for name, digest in hashes
    )
    settings = archive.store.setting("settings")
    kept = coloured_settings(settings) if settings else "<p>No settings are recorded.</p>"
    return section("record", "How to read this, and what it rests on", HOW_TO_READ, "<h3>Digests</h3>",
                   f"<table><tbody>{rows}</tbody></table>", "<h3>Settings</h3>", kept)  # fmt: skip


def coloured_settings(settings: str) -> str:
    """The settings as they were recorded."""
    lines = "".join(f"<span>{shown(text)}</span>" for text in settings.strip().split("\n"))
    return f'<pre tabindex="0"><code>{lines}</code></pre>'


HOW_TO_READ = """<div class="prose">
<p><b>Splits.</b> The meta agent sees trials on the train tasks; selection reads the validation mean; the test tasks
are held out, decide nothing, and are tried by the seed and by each child that became the best. So the test score is
the one to quote.</p>
<p><b>Intervals.</b> 95% confidence for the mean over the tasks of a split: Wilson's where all scores are 0 or 1, else
a percentile bootstrap. They speak of tasks like these and of this one run: another seed of the run would give another
lineage.</p>
<p><b>Fates.</b> A stillborn child was refused by the gate or gave no answer to a first task. A culled one fell clearly
behind its parent on validation and was tried no further.</p>
<p><b>Digests.</b> The lineage digest covers every genome, parent and score in order; a replay that gives the same
digest is the same run. The head is the hash of the last record, and each record carries the hash of the one
before; <code>hyperagent doctor DIR --head</code> holds a run against it.</p>
</div>"""
