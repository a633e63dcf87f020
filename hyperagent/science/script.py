"""The script of the report. It builds elements and sets their text; no text of a run is ever read as HTML by it."""

DRAW = r"""
const coarse = matchMedia("(pointer: coarse)").matches;
const narrow = innerWidth < 640;
const byId = (id) => document.getElementById(id);
function draw(figures) {
  for (const [id, figure] of Object.entries(figures)) {
    if (coarse) figure.layout.dragmode = false;
    if (narrow && figure.layout.legend) figure.layout.legend.font = {size: 11};
    byId(id).style.height = figure.layout.height + "px";
    Plotly.react(id, figure.data, figure.layout,
      {responsive: true, displaylogo: false, displayModeBar: false});
  }
}
draw(FIGURES);
"""

EXPLORE = r"""
const KEYWORDS = String.raw`\b(False|None|True|and|as|assert|break|class|continue|def|del|elif|else|except|finally|` +
  String.raw`for|from|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)\b`;
const STRINGS = String.raw`("{3}[\s\S]*?(?:"{3}|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`;
const TOKEN = new RegExp(String.raw`(#[^\n]*)|` + STRINGS + "|" + KEYWORDS + String.raw`|\b(\d[\d_.]*)`, "g");
const KINDS = ["", "c-comment", "c-string", "c-keyword", "c-number"];
const tree = byId("tree-plot");
let current = null;
let asked = 0;

function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function highlighted(text, into) {
  let last = 0;
  for (const found of text.matchAll(TOKEN)) {
    into.append(text.slice(last, found.index));
    const kind = [1, 2, 3, 4].find((group) => found[group] !== undefined);
    into.append(element("span", found[0], KINDS[kind]));
    last = found.index + found[0].length;
  }
  into.append(text.slice(last));
}

function lines(block, text, kind, mark) {
  if (text === "") return;
  for (const one of text.replace(/\n$/, "").split("\n")) {
    const row = element("span", mark, "line " + kind);
    highlighted(one, row);
    block.append(row);
  }
}

const unpacked = new Map();
async function part(number) {
  if (!unpacked.has(number)) {
    const packed = Uint8Array.from(atob(PARTS[number]), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    unpacked.set(number, await new Response(stream).json());
  }
  return unpacked.get(number);
}

async function detail(id) {
  if (LIVE) return (await fetch("individual/" + id)).json();
  return (await part(Math.floor(id / PART)))[id % PART];
}

function fact(list, name, value) {
  if (value === "" || value === undefined) return;
  list.append(element("dt", name), element("dd", value));
}

function trialTable(split, found) {
  const whole = element("details");
  const mean = found.rows.reduce((sum, row) => sum + row[1], 0) / (found.rows.length || 1);
  whole.append(element("summary", split + ": " + mean.toFixed(3) + " over " + found.rows.length + " tasks, " +
    found.cpu.toFixed(2) + " s of processor, " + (found.peak / 1048576).toFixed(0) + " MiB at most"));
  const table = element("table");
  for (const [task, score, why] of found.rows) {
    const row = element("tr");
    row.append(element("td", task), element("td", score.toFixed(3), "num"), element("td", why));
    table.append(row);
  }
  whole.append(table);
  return whole;
}

async function show(id, focus) {
  if (!(id >= 0 && id < RUN.parents.length)) return;
  current = id;
  const turn = ++asked;
  const found = await detail(id);
  if (turn !== asked) return;
  byId("pick").value = id;
  const body = byId("detail");
  body.replaceChildren();
  body.append(element("h3", "Individual " + id + (found.title ? ": " + found.title : "")));
  const facts = element("dl", undefined, "pairs");
  fact(facts, "parents", found.parents.join(" and ") || "none: the seed");
  fact(facts, "children", childrenOf(id).join(" ").slice(0, 400));
  fact(facts, "status", found.stillborn.length ? found.stillborn.join("; ") : "");
  fact(facts, "hypothesis", found.hypothesis);
  fact(facts, "operators", found.operators.join(", "));
  fact(facts, "steward", found.parents.length ? String(found.steward) : "");
  fact(facts, "failed before", found.fallbacks.join("; "));
  fact(facts, "memory", found.memory === "{}" ? "" : found.memory);
  body.append(facts);
  if (found.edits.length) {
    const block = element("pre");
    block.tabIndex = 0;
    for (const edit of found.edits) {
      block.append(element("span", edit.at, "line at"));
      lines(block, edit.old, "del", "-");
      lines(block, edit.new, "add", "+");
    }
    body.append(block);
  }
  for (const split of ["train", "validation", "raced", "test"]) {
    if (found.trials[split]) body.append(trialTable(split, found.trials[split]));
  }
  mark(id);
  if (focus) byId("individual").scrollIntoView({block: "nearest"});
}

function childrenOf(id) {
  const found = [];
  RUN.parents.forEach((parent, child) => { if (parent === id) found.push(child); });
  return found;
}

function mark(id) {
  const at = tree.data.findIndex((trace) => trace.name === "shown here");
  Plotly.restyle(tree, {x: [[id]], y: [[RUN.rows[id]]], visible: true}, [at]);
}

function step(key) {
  if (current === null) return show(RUN.best);
  if (key === "ArrowUp") return show(Math.max(0, current - 1));
  if (key === "ArrowDown") return show(Math.min(RUN.parents.length - 1, current + 1));
  if (key === "ArrowLeft" && RUN.parents[current] !== null) return show(RUN.parents[current]);
  if (key === "ArrowRight" && childrenOf(current).length) return show(childrenOf(current)[0]);
}

function coloured(kind) {
  for (const button of document.querySelectorAll("[data-colour]")) {
    button.setAttribute("aria-pressed", String(button.dataset.colour === kind));
  }
  const at = tree.data.findIndex((trace) => trace.name === "alive");
  if (at >= 0) Plotly.restyle(tree, {"marker.color": [RUN.colours[kind]]}, [at]);
  byId("change-key").hidden = kind !== "change";
}

function zoomed(kind) {
  const layout = tree.layout;
  if (kind === "all") return Plotly.relayout(tree, {"xaxis.range": RUN.ranges[0], "yaxis.range": RUN.ranges[1]});
  const factor = kind === "in" ? 0.5 : 2;
  const changed = {};
  ["xaxis", "yaxis"].forEach((axis, number) => {
    const [low, high] = layout[axis].range;
    const middle = current === null || kind === "out" ? (low + high) / 2 : [current, RUN.rows[current]][number];
    changed[axis + ".range"] = [middle - (high - low) * factor / 2, middle + (high - low) * factor / 2];
  });
  Plotly.relayout(tree, changed);
}

function named() {
  const wanted = /^#individual-(\d+)$/.exec(location.hash);
  if (wanted) show(Number(wanted[1]), true);
}

function listen() {
  tree.on("plotly_click", (event) => {
    const point = event.points.find((one) => one.customdata !== undefined);
    if (point) show(point.customdata, true);
  });
  tree.tabIndex = 0;
  tree.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) { event.preventDefault(); step(event.key); }
    if (event.key === "+" || event.key === "-") zoomed(event.key === "+" ? "in" : "out");
  });
  byId("pick").addEventListener("change", (event) => show(Number(event.target.value)));
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => step(button.dataset.step));
  }
  for (const button of document.querySelectorAll("[data-colour]")) {
    button.addEventListener("click", () => coloured(button.dataset.colour));
  }
  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoomed(button.dataset.zoom));
  }
  addEventListener("hashchange", named);
  named();
}
listen();
"""

FOLLOW = r"""
async function follow() {
  try {
    const answer = await fetch("state?have=" + RUN.parents.length);
    if (answer.status === 200) {
      const state = await answer.json();
      Object.assign(RUN, state.run);
      byId("head").innerHTML = state.head;
      byId("live").textContent = "live";
      draw(state.figures);
      if (current !== null) mark(current);
    }
  } catch (error) {
    byId("live").textContent = "the server is gone";
  }
  setTimeout(follow, 2000);
}
setTimeout(follow, 2000);
"""
