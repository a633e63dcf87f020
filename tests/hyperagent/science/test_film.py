"""Episodes in a report: what is drawn is what the host replays; it plays, pauses, and can be told to keep still."""

from collections.abc import Iterator
from math import cos
from pathlib import Path

import pytest
from browser import BROWSER, Page, browser

import hyperagent as ha
from archive import Archive
from hyperagent.domains import load_domain
from hyperagent.domains.control.dynamics import ENVIRONMENTS, replayed
from hyperagent.domains.films import films
from hyperagent.science.report import report

SIZES = {"train": "1", "validation": "2", "test": "3"}
SPEC = {"name": "control", "option_seed": "7"}
AT, STEP = "document.getElementById('film-at').valueAsNumber", "document.getElementById('film-step').textContent"
BUTTON = "document.getElementById('film-play')"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of two children on all environments, and its report."""
    made = tmp_path_factory.mktemp("film")
    for _ in ha.evolve(load_domain("control", {**SIZES, "seed": "7"}), made / "run", generations=2, workers=2):
        pass
    (made / "page.html").write_text(page_of(made), "utf-8")
    return made


def archive_in(folder: Path) -> Archive:
    return Archive(folder / "run" / "archive.sqlite", create=False)


def page_of(folder: Path) -> str:
    archive = archive_in(folder)
    try:
        return report(archive, "control", films=films(archive, SPEC))
    finally:
        archive.close()


def test_the_frames_are_the_states_that_the_host_goes_through(folder: Path) -> None:
    archive = archive_in(folder)
    best, found = archive.best(), films(archive, SPEC)
    assert best is not None
    archive.close()
    trials = {trial.task: trial for trial in best.evaluations["test"].trials}
    ours = [film for film in found if "the seed" not in film.title or best.id == 0]
    assert {film.title.split("-")[0] for film in ours} == set(ENVIRONMENTS) and len(ours) == 2 * len(ENVIRONMENTS)
    for film in ours:
        trial = trials[film.title.split(",")[0]]
        assert isinstance(trial.answer, list)
        assert trial.feedback in film.title and len(film.frames) == len(trial.answer) + 1
        if film.title.startswith("pendulum"):
            domain = load_domain("control", {**SIZES, "seed": "7"})
            start = tuple(domain.tasks[trial.task].input["start"])  # type: ignore[index]
            state = start
            for action in trial.answer[:5]:
                state = ENVIRONMENTS["pendulum"].step(state, action)[0]
            assert film.frames[5][1][1][1] == pytest.approx(cos(state[0]), abs=1e-3)
            assert replayed(ENVIRONMENTS["pendulum"], start, trial.answer)[1]


def test_an_episode_that_the_host_would_score_otherwise_is_not_shown(folder: Path) -> None:
    archive = archive_in(folder)
    of_others = films(archive, {**SPEC, "option_seed": "8"})
    assert not [film for film in of_others if film.title.startswith("pendulum")]
    assert [film for film in films(archive, SPEC) if film.title.startswith("pendulum")]
    assert films(archive, {"name": "binpack"}) == films(archive, {}) == []
    archive.close()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    if BROWSER is None:
        pytest.skip("no chromium is installed")
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.slow
def test_it_plays_in_view_pauses_and_winds(page: Page, folder: Path) -> None:
    page.open((folder / "page.html").as_uri())
    assert page.run(AT) == 0, "not in view yet"
    page.run("document.getElementById('film-pick').value = '7'")
    page.run("document.getElementById('film-pick').dispatchEvent(new Event('change'))")
    page.run("document.getElementById('film').scrollIntoView({block: 'center'})")
    page.wait(f"{AT} > 3")
    before = page.run("document.querySelector('#film .moving').outerHTML")
    page.wait(f"document.querySelector('#film .moving').outerHTML !== {before!r}")
    page.run(f"{BUTTON}.click()")
    at = page.run(AT)
    page.run("new Promise((done) => setTimeout(done, 300))")
    assert page.run(AT) == at and page.run(f"{BUTTON}.textContent") == "play"
    page.run("document.getElementById('film-at').value = 2")
    page.run("document.getElementById('film-at').dispatchEvent(new Event('input'))")
    assert page.run(STEP).startswith("step 2 of ")
    assert page.said == []


@pytest.mark.slow
def test_it_waits_for_the_button_where_less_motion_is_wished(page: Page, folder: Path) -> None:
    page.open((folder / "page.html").as_uri(), still=True)
    page.run("document.getElementById('film').scrollIntoView({block: 'center'})")
    page.run("new Promise((done) => setTimeout(done, 400))")
    assert page.run(AT) == 0 and page.run(f"{BUTTON}.textContent") == "play"
    page.run(f"{BUTTON}.click()")
    page.wait(f"{AT} > 0")
    assert page.said == []
