"""Episodes as films in a report: shapes that move, drawn by a small script that plays, pauses and winds.

It begins to play once it is in view, unless the reader has asked for less motion; then it waits for the button.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

from hyperagent.science.page import section

Shape: TypeAlias = tuple[str, tuple[float, ...]]
"""("path", x and y of each corner) or ("disc", x and y of its centre)."""


@dataclass(frozen=True)
class Film:
    """What stands still, and what moves: frames of shapes, of the same kinds in each, so many seconds apart.

    `view` is what is seen: the left edge, the upper edge, width and height, with y upwards.
    """

    title: str
    seconds: float
    view: tuple[float, float, float, float]
    still: Sequence[Shape]
    frames: Sequence[Sequence[Shape]]


def episodes(films: Sequence[Film]) -> str:
    """The place where films are shown, if there are any."""
    if not films:
        return ""
    return section("episodes", "Episodes", BODY)


def playing(films: Sequence[Film]) -> str:
    """The script that shows them."""
    if not films:
        return ""
    data = json.dumps([asdict(film) for film in films], allow_nan=False, separators=(",", ":"))
    return f"const FILMS = {data.replace('<', chr(92) + 'u003c')};{PLAY}"


BODY = """<p class="note">Held-out episodes, played again from the actions that the agents gave.</p>
<div class="tools" role="group" aria-label="the film"><label>episode <select id="film-pick"></select></label>
<button type="button" id="film-play" aria-pressed="false">play</button>
<input type="range" id="film-at" min="0" value="0" aria-label="step of the episode">
<span id="film-step"></span></div>
<svg id="film" role="img" aria-label="the episode as it is at one step"></svg>"""

PLAY = r"""
(() => {
const film = {one: FILMS[0], at: 0, since: null, parts: []};
const stage = byId("film");
function drawn(kind, soft) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind === "disc" ? "circle" : "polyline");
  made.setAttribute("class", soft ? "still" : "moving");
  if (kind === "disc") made.setAttribute("r", film.one.view[2] / 40);
  stage.append(made);
  return made;
}
function put(part, [kind, numbers]) {
  if (kind === "disc") {
    part.setAttribute("cx", numbers[0]);
    part.setAttribute("cy", -numbers[1]);
  } else {
    part.setAttribute("points", numbers.map((value, place) => place % 2 ? -value : value).join(" "));
  }
}
function frame(at) {
  film.at = at;
  film.one.frames[at].forEach((shape, place) => put(film.parts[place], shape));
  byId("film-at").value = at;
  byId("film-step").textContent = "step " + at + " of " + (film.one.frames.length - 1);
}
function load(number) {
  film.one = FILMS[number];
  const [left, top, width, height] = film.one.view;
  stage.setAttribute("viewBox", [left, -top, width, height].join(" "));
  stage.style.setProperty("--thick", width / 60);
  stage.replaceChildren();
  for (const shape of film.one.still) put(drawn(shape[0], true), shape);
  film.parts = film.one.frames[0].map((shape) => drawn(shape[0], false));
  byId("film-at").max = film.one.frames.length - 1;
  frame(0);
}
function play(on) {
  const last = film.one.frames.length - 1;
  film.since = on ? performance.now() - (film.at < last ? film.at : 0) * film.one.seconds * 1000 : null;
  byId("film-play").textContent = on ? "pause" : "play";
  byId("film-play").setAttribute("aria-pressed", on);
  if (on) requestAnimationFrame(tick);
}
function tick(now) {
  if (film.since === null) return;
  const last = film.one.frames.length - 1;
  frame(Math.max(0, Math.min(last, Math.floor((now - film.since) / 1000 / film.one.seconds))));
  if (film.at === last) play(false); else requestAnimationFrame(tick);
}
FILMS.forEach((one, number) => byId("film-pick").append(new Option(one.title, number)));
byId("film-pick").onchange = (event) => { const on = film.since !== null; load(event.target.value); play(on); };
byId("film-play").onclick = () => play(film.since === null);
byId("film-at").oninput = (event) => { play(false); frame(Number(event.target.value)); };
load(0);
const still = matchMedia("(prefers-reduced-motion: reduce)");
still.onchange = () => { if (still.matches) play(false); };
const seen = new IntersectionObserver((entries) => {
  if (!entries.some((entry) => entry.isIntersecting)) return;
  seen.disconnect();
  if (!still.matches) play(true);
}, {threshold: 0.6});
seen.observe(stage);
})();
"""
