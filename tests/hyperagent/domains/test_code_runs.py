"""Whole runs on exercises: without a model little is solved; with one, at a local server, a patch improves on it."""

import json
import subprocess
from collections.abc import Callable

import pytest

import hyperagent as ha
from hyperagent.domains import load_domain
from hyperagent.domains.code.toolchains import LANGUAGES
from sandbox_runner import layers
from tests.hyperagent.domains.code_answers import CLIMBS, EXERCISES, LEDGER, RIGHT, ROOT, RUN_LENGTHS
from tests.hyperagent.messages_server import Answer, Body, messages_server, uses
from tests.hyperagent.scripted_programmer import words

HERE = {layer.name for layer in layers() if layer.present}
pytestmark = pytest.mark.skipif("namespaces" not in HERE, reason="programs are confined by namespaces")

ANSWERS = {"# Run lengths": RUN_LENGTHS, "# Ledger": LEDGER, "# Climbs": CLIMBS, "# Digital root": ROOT}
STEPS = (
    ("replace", {"at": "task_agent:question/body[1]", "source": 'given = "PLEASE: " + str(task["files"])'}),
    ("submit", {"title": "say please", "hypothesis": "the model answers those who ask well"}),
)


def model(body: Body) -> Answer:
    """A model that solves exercises only where it is said please, and whose patch says so."""
    first = words(body["messages"][0])
    if "tools" in body:
        taken = sum(message["role"] == "assistant" for message in body["messages"])
        name, arguments = STEPS[min(taken, len(STEPS) - 1)]
        return uses(name, **arguments)
    if first.startswith("A patch is about to be submitted"):
        return "SUBMIT"
    solution = next((text for title, text in ANSWERS.items() if title in first), "")
    return f"Here it is:\n```\n{solution}```\n" if "PLEASE" in first else "I would rather not."


@pytest.mark.slow
def test_without_a_model_the_seed_edits_what_it_is_given_and_solves_little() -> None:
    (seed,) = ha.evolve(load_domain(f"code:{EXERCISES}", {}), generations=0, workers=1)
    trials = [trial for evaluation in seed.evaluations.values() for trial in evaluation.trials]
    assert len(trials) == len(RIGHT) and {trial.outcome for trial in trials} == {"Returned"}
    assert all(trial.score < 1.0 and " hidden tests hold" in trial.feedback for trial in trials)
    assert any(trial.answer != load_domain(f"code:{EXERCISES}", {}).tasks[trial.task].input["files"]  # type: ignore[index]
               for trial in trials)  # fmt: skip


@pytest.mark.slow
def test_with_a_model_a_run_improves_on_exercises_that_were_held_out(
    hyperagent: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    with messages_server(model) as (address, record):
        done = hyperagent(
            "run", f"code:{EXERCISES}", "--llm", "claude-haiku-4-5", "--base-url", address, "--generations", 1,
            "--workers", 1, "--run", "r", "--json", environment={"ANTHROPIC_API_KEY": "sk-ant-nobody"},
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["best"]["test"] == 1.0 > found["seed"]["test"] and found["best"]["id"] > 0
    said = json.dumps(record.requests)
    assert "AssertionError" in said, "the failures of train tasks are shown to the model"
    secrets = {"climbs": "pear", "ledger": "pay_in(-1", "run-lengths": "mississippi", "digital-root": "493193"}
    trained = {task.id for task in load_domain(f"code:{EXERCISES}", {}).split(0)["train"]}
    shown = {name for name, secret in secrets.items() if secret in said}
    assert len(trained) == 2 and shown <= trained, "of the other exercises no test is shown to the model"


def test_the_doctor_tells_which_toolchains_are_here(
    hyperagent: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    (line,) = [line for line in hyperagent("doctor").stdout.splitlines() if line.startswith("exercises")]
    found, _, missing = line.partition("; not found")
    for language in LANGUAGES:
        assert (language.found() is not None) == (f"{language.name} (" in found) != (f"{language.name} (" in missing)
