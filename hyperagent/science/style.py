"""The style sheet of the report."""

CSS = """
:root {
  color-scheme: light dark;
  --ground: #fdfdfc; --raised: #f4f4f1; --line: #dfdfda; --ink: #1d2025; --soft: #5d636d;
  --accent: #b9541b; --link: #1f66ad; --add: #e3f4e6; --add-ink: #14592a; --del: #fbe6e4; --del-ink: #8c2018;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15171a; --raised: #1e2125; --line: #32363c; --ink: #e4e6e9; --soft: #9ba2ac;
    --accent: #f0925a; --link: #7db6f0; --add: #15301d; --add-ink: #a3dfb2; --del: #3a1c1b; --del-ink: #f2b1aa;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
main { max-width: 62rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
p, .prose { max-width: 42rem; }
h1 { font-size: clamp(1.7rem, 5vw, 2.4rem); line-height: 1.15; margin: 0 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 3.5rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .4rem; }
.eyebrow { margin: 0 0 .3rem; color: var(--soft); font-size: .85rem; letter-spacing: .06em; text-transform: uppercase; }
.lead { font-size: 1.15rem; line-height: 1.5; max-width: 54rem; text-wrap: pretty; }
.lead strong { color: var(--accent); font-weight: 650; white-space: nowrap; }
.note, figcaption { color: var(--soft); font-size: .9rem; }
figure { margin: 1rem 0 0; }
figcaption { max-width: 42rem; margin-top: .3rem; }
a { color: var(--link); }
.facts { display: grid; grid-template-columns: repeat(4, 1fr); gap: 1px; margin: 2rem 0 0;
  background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.facts div { background: var(--ground); padding: .8rem 1rem; }
.facts dt { color: var(--soft); font-size: .82rem; }
.facts dd { margin: 0; font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.facts dd small { display: block; color: var(--soft); font-size: .82rem; font-weight: 400; }
.wide { overflow-x: auto; max-width: 46rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
th { color: var(--soft); font-weight: 500; text-align: left; }
th, td { padding: .45rem .9rem .45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th.num, td.num { text-align: right; white-space: nowrap; }
td.hash { overflow-wrap: anywhere; }
code, pre { font: .82rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre { margin: 0; padding: .8rem 0; overflow-x: auto; background: var(--raised); border-radius: 6px; tab-size: 4; }
pre span { display: block; width: max-content; min-width: 100%; padding: 0 1rem; white-space: pre; }
pre .add { background: var(--add); color: var(--add-ink); }
pre .del { background: var(--del); color: var(--del-ink); }
pre .at { color: var(--link); margin-top: .5rem; }
pre .file { color: var(--soft); }
.steps { list-style: none; padding: 0; margin: 1.2rem 0 0; }
.steps > li { border-bottom: 1px solid var(--line); }
.steps > li:first-child { border-top: 1px solid var(--line); }
summary { cursor: pointer; padding: .55rem 0; }
summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
.steps summary { display: grid; grid-template-columns: 1.1rem 4.5rem 9.5rem 4.5rem 1fr; gap: .3rem .8rem;
  align-items: baseline; list-style: none; font-variant-numeric: tabular-nums; }
.steps summary::-webkit-details-marker { display: none; }
.steps summary::before { content: "\\25B8"; color: var(--soft); }
.steps details[open] > summary::before { content: "\\25BE"; }
.steps .gain { color: var(--accent); font-weight: 600; }
.steps .title { overflow-wrap: anywhere; }
.inside { padding: 0 0 1.2rem 1.9rem; }
.inside p { margin: .2rem 0 .8rem; overflow-wrap: anywhere; }
.plot { min-height: 300px; }
.key { display: flex; gap: .5rem; align-items: center; justify-content: flex-end; max-width: none; margin: 0 0 .4rem;
  color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.key i { width: 7rem; height: .5rem; border-radius: 4px; }
.tools { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .6rem 0; font-size: .9rem; }
.tools span, .tools label { color: var(--soft); }
.tools :is(button, input, select) { font: inherit; color: var(--ink); background: var(--raised);
  border: 1px solid var(--line);
  border-radius: 6px; padding: .3rem .7rem; min-height: 2.2rem; }
.tools input { width: 6rem; }
.tools select { max-width: 100%; }
.tools button { cursor: pointer; }
.tools button[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); }
:is(.tools :is(button, input, select), .plot, pre):focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px; }
#film { display: block; width: 100%; max-width: 46rem; max-height: 24rem; background: var(--raised);
  border-radius: 8px; }
#film polyline { fill: none; stroke: var(--ink); stroke-width: var(--thick); stroke-linecap: round; }
#film circle { fill: var(--accent); }
#film polyline.still { stroke: var(--soft); stroke-width: calc(var(--thick) / 4); }
#film circle.still { fill: var(--soft); }
#film-at { flex: 1; min-width: 8rem; }
.pairs { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; font-size: .92rem; margin: 0 0 1rem; }
.pairs dt { color: var(--soft); }
.pairs dd { margin: 0; overflow-wrap: anywhere; }
#detail { min-height: 6rem; }
#detail h3 { overflow-wrap: anywhere; }
.alarm { border-left: 4px solid var(--accent); padding: .2rem .8rem; font-weight: 600; }
.c-comment { color: var(--soft); } .c-string { color: #2b8a5a; }
.c-keyword { color: #a04fc4; } .c-number { color: #b9741b; }
pre span[class^="c-"] { display: inline; padding: 0; width: auto; min-width: 0; white-space: pre; }
.plot .infolayer text, .plot .xtick text, .plot .ytick text {
  fill: var(--soft) !important; }
@media (max-width: 40rem) {
  main { padding: 2rem 1rem 3rem; }
  .facts { grid-template-columns: repeat(2, 1fr); }
  .facts div { padding: .7rem; }
  .facts dd { font-size: 1.05rem; }
  .steps summary { grid-template-columns: 1.1rem 3.4rem 1fr auto; }
  .steps .title { grid-column: 2 / -1; }
  .inside { padding-left: 0; }
}
@media print { main { max-width: none; padding: 0; } details:not([open]) { display: none; } }
""".strip()
