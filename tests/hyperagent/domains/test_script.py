"""Folders with a program and its evaluator: run unchanged, in a jail, and improved."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import hyperagent as ha
from hyperagent.domains import lasting, load_domain
from hyperagent.domains.script import program_files
from hyperagent.domains.script.judge import WORST

EXAMPLES = Path(__file__).parents[3] / "examples"
FOLDERS = ("openevolve_minimum", "openevolve_schedule", "shinka_tour", "language_model")
TABLE = 'files = ["train.py"]\ncommand = ["python", "train.py"]\nmetric = "loss"\ndirection = "minimize"\nseconds = 1\n'
TRAIN = "RATE = 1\n\n\ndef loss():\n    return (RATE - 7.0) ** 2\n\n\nprint('loss:', loss())\n"


def folder(path: Path, **files: str) -> Path:
    path.mkdir(exist_ok=True)
    for name, text in files.items():
        (path / name.replace("_py", ".py").replace("_toml", ".toml")).write_text(text, "utf-8")
    return path


@pytest.fixture
def trained(tmp_path: Path) -> Path:
    """A folder of our own layout, with a command that prints its loss."""
    return folder(tmp_path / "trained", script_toml=TABLE, train_py=TRAIN)


def trial_of(domain: ha.Domain, old: str = "", new: str = "") -> ha.Trial:
    """The trial of the program as it stands, or of one with a change in it."""
    assert domain.seed is not None and old in domain.seed
    if old:
        domain.seed = domain.seed.replace(old, new)
    (seed,) = ha.evolve(domain, generations=0, workers=1)
    return seed.evaluations["validation"].trials[0]


@pytest.mark.slow
@pytest.mark.parametrize("name", FOLDERS)
def test_the_example_folders_run_as_they_are_and_improve(name: str) -> None:
    population = ha.evolve(load_domain(f"script:{EXAMPLES / name}", {"seconds": "2"}), generations=80, workers=1)
    seed = next(population)
    assert seed.score > WORST
    assert next(child for child in population if child.score > seed.score)


@pytest.mark.slow
def test_a_command_that_prints_its_metric_is_run_and_less_is_better(trained: Path) -> None:
    trial = trial_of(load_domain(str(trained), {}))
    assert (trial.score, trial.feedback.splitlines()[0]) == (-36.0, "loss 36")
    assert trial_of(load_domain(str(trained), {}), "RATE = 1", "RATE = 7").score == 0.0


@pytest.mark.slow
def test_a_command_may_be_any_program(tmp_path: Path) -> None:
    table = 'files = ["train.py"]\ncommand = ["sh", "measure.sh"]\nmetric = "lines"\n'
    found = folder(tmp_path / "shell", script_toml=table, train_py=TRAIN)
    (found / "measure.sh").write_text('echo "lines: $(wc -l < train.py)"\n', "utf-8")
    assert trial_of(load_domain(str(found), {})).score == TRAIN.count("\n")
    (found / "measure.sh").write_text("echo oh >&2; exit 4\n", "utf-8")
    with pytest.raises(ha.DomainError, match="exit status 4\noh"):
        trial_of(load_domain(str(found), {}))


def test_options_of_the_command_line_go_before_the_table(trained: Path) -> None:
    assert trial_of(load_domain(f"script:{trained}", {"direction": "maximize"})).score == 36.0
    assert len(load_domain(f"script:{trained}", {"repeats": "5"}).tasks) == 5


def test_an_evaluator_of_our_own_layout_may_return_a_number_and_see_the_number_of_the_run(tmp_path: Path) -> None:
    evaluate = (
        "import os, train\n\ndef evaluate(folder):\n    return train.RATE * 100 + int(os.environ['HYPERAGENT_SEED'])\n"
    )
    table = 'files = ["train.py"]\nevaluate = "measure.py"\nrepeats = 3\n'
    found = folder(tmp_path / "own", script_toml=table, train_py=TRAIN, measure_py=evaluate)
    (seed,) = ha.evolve(load_domain(str(found), {}), generations=0, workers=1)
    assert sorted(e.trials[0].score for e in seed.evaluations.values()) == [101.0, 102.0, 103.0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("while True:\n    pass\n", "out of cpu_seconds"),
        ("import os\nos._exit(0)\n", "ended by"),
        ("raise ValueError('broken')\n", "ValueError: broken"),
        ("import sys\nsys.exit(3)\n", "exit status 3"),
        ("print('loss: nan')\nimport sys\nsys.exit()\n", "found loss nan, expected a finite loss"),
        ("print('loss:', 1e300)\nimport sys\nsys.exit()\n", "found loss 1e+300, expected a finite loss"),
        ("import sys\nsys.exit()\n", "found no metrics, expected a finite loss"),
        ("A = bytearray(4 << 30)\n", "memory"),
        ("import socket\nsocket.create_connection(('127.0.0.1', 9))\n", "Error"),
        ("open('/etc/hyperagent', 'w')\n", "Error"),
    ],
)
def test_a_program_that_fails_scores_worst_and_says_why(trained: Path, new: str, words: str) -> None:
    trial = trial_of(load_domain(str(trained), {}), "RATE = 1\n", f"{new}RATE = 1\n")
    assert trial.score == WORST
    assert words.lower() in trial.feedback.lower()


@pytest.mark.slow
def test_a_program_that_fails_is_no_parent(trained: Path) -> None:
    (trained / "train.py").write_text(f"{TRAIN}\nif RATE < 1:\n    raise ValueError(RATE)\n", "utf-8")
    population = list(ha.evolve(load_domain(str(trained), {}), generations=25, workers=1))
    failed = [c for c in population if any(e.trials[0].score == WORST for e in c.evaluations.values())]
    assert failed and all(child.culled for child in failed)
    assert {child.parent for child in population}.isdisjoint(child.id for child in failed)


def test_a_program_that_fails_as_it_stands_is_an_error_of_its_author(trained: Path) -> None:
    (trained / "train.py").write_text(TRAIN.replace("7.0", "seven"), "utf-8")
    with pytest.raises(ha.DomainError, match=r"the program as it stands fails: NameError"):
        trial_of(load_domain(str(trained), {}))


def test_what_evaluators_of_other_tools_import_is_there(tmp_path: Path) -> None:
    program = "# EVOLVE-BLOCK-START\nX = 2\n# EVOLVE-BLOCK-END\n\n\ndef run(seed):\n    return X * seed\n"
    evaluator = """from openevolve.evaluation_result import EvaluationResult

def evaluate(program_path):
    return EvaluationResult(metrics={"a": 1.0, "b": 2}, artifacts={"log": "it was so"})
"""
    found = folder(tmp_path / "o", initial_program_py=program, evaluator_py=evaluator)
    trial = trial_of(load_domain(str(found), {}))
    assert trial.score == 1.5 and "it was so" in trial.feedback


@pytest.mark.slow
@pytest.mark.parametrize(("change", "words"), [("Y = 0", "validation: too small"), ("Y = Z", "NameError")])
def test_a_program_that_is_not_correct_scores_worst(tmp_path: Path, change: str, words: str) -> None:
    program = "# EVOLVE-BLOCK-START\nY = 2\n# EVOLVE-BLOCK-END\n\n\ndef run(seed):\n    return Y * seed\n"
    evaluate = """import sys
from shinka.core import run_shinka_eval

if __name__ == "__main__":
    run_shinka_eval(sys.argv[2], sys.argv[4], "run", 3,
        validate_fn=lambda result: (result > 0, None if result > 0 else "too small"),
        aggregate_metrics_fn=lambda results: {"combined_score": float(sum(results))})
"""
    found = folder(tmp_path / "s", initial_py=program, evaluate_py=evaluate)
    assert trial_of(load_domain(str(found), {})).score == 12.0
    trial = trial_of(load_domain(str(found), {}), "Y = 2", change)
    assert trial.score == WORST and words in trial.feedback


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("files = 3\ncommand = ['x']", "files is 3, expected a list of the files that may change"),
        ("command = ['x']", "files is None"),
        ("files = ['train.py']", "expected exactly one of evaluate and command"),
        ("files = ['train.py']\nevaluate = 'train.py'", "evaluate is 'train.py', expected a file of the folder"),
        ("files = ['train.py']\ncommand = 'x'", r"command is 'x', expected a value such as \(\)"),
        ("files = ['train.py']\ncommand = ['x']\ndirection = 'up'", "direction is 'up', expected maximize or minimize"),
        ("files = ['train.py']\ncommand = ['x']\nseconds = 0", "seconds is 0, expected a value such as 10.0"),
        ("files = ['train.py']\ncommand = ['x']\nspeed = 1", "'speed' is unknown, expected one of command, direction"),
        ("files = ['../x.py']\ncommand = ['x']", "no such file, expected one that may change"),
        ("files = ['train.py'", "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_says_what_is_wrong(trained: Path, table: str, message: str) -> None:
    (trained / "script.toml").write_text(table, "utf-8")
    with pytest.raises(ha.DomainError, match=message):
        load_domain(str(trained), {})


def test_a_folder_without_a_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ha.DomainError, match=r"found no script.toml, expected that, or initial_program.py with evaluator.py"
    ):
        load_domain(str(tmp_path), {})


def test_a_folder_means_the_same_from_anywhere(monkeypatch: pytest.MonkeyPatch, trained: Path) -> None:
    monkeypatch.chdir(trained.parent)
    assert lasting("trained") == str(trained)
    assert lasting("script:trained") == f"script:{trained}"
    assert lasting("binpack:uniform") == "binpack:uniform"


def test_another_evaluator_is_another_domain(tmp_path: Path) -> None:
    copy = tmp_path / "openevolve_minimum"
    shutil.copytree(EXAMPLES / "openevolve_minimum", copy)
    before = load_domain(str(copy), {}).fingerprint()
    (copy / "evaluator.py").write_text((copy / "evaluator.py").read_text("utf-8") + "\n", "utf-8")
    assert load_domain(str(copy), {}).fingerprint() != before


def test_the_files_of_the_program_can_be_had_from_an_agent(trained: Path) -> None:
    domain = load_domain(str(trained), {})
    assert domain.seed is not None
    assert program_files(trained, domain.seed.replace("RATE = 1", "RATE = 7")) == {
        "train.py": TRAIN.replace("= 1", "= 7")
    }


@pytest.mark.slow
def test_the_best_program_is_written_as_files_and_the_run_goes_on_from_anywhere(
    hyperagent: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, trained: Path
) -> None:
    first = hyperagent("run", "trained", "--generations", 12, "--run", "r", "--json")
    assert first.returncode == 0, first.stderr
    found = json.loads(hyperagent("resume", "r", "--generations", 30, "--json").stdout)
    assert found["best"]["test"] > found["seed"]["test"] == -36.0
    done = hyperagent("best", "r", "--out", "best")
    assert "the program as it is now" in done.stderr
    written = (tmp_path / "best" / "program" / "train.py").read_text("utf-8")
    assert written != TRAIN and written.endswith("print('loss:', loss())\n")
    assert (trained / "train.py").read_text("utf-8") == TRAIN
