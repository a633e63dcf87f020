"""What a run may not change or use: given as settings, held by the gate, named in what is told of a child."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest

import hyperagent as ha
from hyperagent.policy import run_policy
from hyperagent.replay import replay
from hyperagent.run import reading
from hyperagent.seeds import seed_genome
from hyperagent.settings import GATE
from meta import Genome, Policy, Region
from meta.region import Module
from tests.hyperagent.conftest import domain_with

Run = Callable[..., "subprocess.CompletedProcess[str]"]
SEED = seed_genome()
SEED_SOLVE = Module.of("task_agent.py", SEED.raw("task_agent.py")).text("solve")
TRESPASS = "gate: task_agent:solve: changed, and the definition may not change (protected)"


@pytest.mark.slow
def test_a_child_that_changes_a_protected_definition_is_stillborn_with_rule_place_and_text(
    hyperagent: Run, domain_file: Path
) -> None:
    settings = ("--set", "closed=task_agent:solve, selection.py", "--set", "fixed=meta")
    done = hyperagent("run", domain_file, "--generations", 16, "--run", "r", *settings)
    assert done.returncode == 0, done.stderr
    rows = json.loads(hyperagent("show", "r", "--json").stdout)
    touched = [row["id"] for row in rows if TRESPASS in row["stillborn"]]
    assert touched
    page = hyperagent("show", "r", touched[0]).stdout
    assert TRESPASS in " ".join(page.split()) and "refused" in page
    assert solves_of_the_living(domain_file.parent / "r") == {SEED_SOLVE}
    longer = hyperagent("resume", "r", "--generations", 24, "--json")
    assert longer.returncode == 0, longer.stderr
    rows = json.loads(hyperagent("show", "r", "--json").stdout)
    assert TRESPASS in [reason for row in rows[17:] for reason in row["stillborn"]]
    assert 'closed = "task_agent:solve, selection.py"' in (domain_file.parent / "r" / "run.toml").read_text("utf-8")


def solves_of_the_living(folder: Path) -> set[str | None]:
    """The text of `solve` in every genome of a run that was tried."""
    archive = reading(folder)
    try:
        return {solve_of(child.genome) for child in archive if not child.stillborn}
    finally:
        archive.close()


def solve_of(genome: Genome) -> str | None:
    """The text of `solve` in a genome."""
    return Module.of("task_agent.py", genome.raw("task_agent.py")).text("solve")


@pytest.mark.slow
def test_only_what_is_open_changes_and_a_replay_finds_the_same(tmp_path: Path) -> None:
    domain = domain_with()
    found = list(ha.evolve(domain, tmp_path / "run", generations=16, workers=1, seed=1, open="statements.py"))
    closed = [child for child in found if any("and only what is open may change (protected)" in why
                                              for why in child.stillborn)]  # fmt: skip
    assert closed
    alive = [child for child in found if not child.stillborn]
    assert all(changed(found[0].genome, child.genome) <= {"statements.py"} for child in alive)
    assert [differs for _, differences in replay(domain, tmp_path / "run") for differs in differences] == []
    with pytest.raises(ha.RunError, match=r"was begun with open 'statements.py', found ''"):
        list(ha.evolve(domain, tmp_path / "run", generations=20, workers=1, seed=1))


def changed(old: Genome, new: Genome) -> set[str]:
    """The files that differ."""
    return {name for name in {*old, *new} if name not in old or name not in new or old.raw(name) != new.raw(name)}


def test_imports_names_and_limits_are_settings_too() -> None:
    settings = ha.Settings(imports="datetime, -numpy", names="eval, -print", max_files=40, max_complexity=30)
    policy = run_policy(SEED, settings)
    assert "datetime" in policy.imports and "numpy" not in policy.imports and "libcst" in policy.imports
    assert "eval" not in policy.forbidden_names and {"print", "exec"} <= set(policy.forbidden_names)
    assert (policy.max_files, policy.max_complexity) == (40, 30)


def test_the_defaults_are_those_of_the_gate() -> None:
    policy, settings = Policy(), ha.Settings()
    limits = [name for name in GATE if name.startswith("max_")]
    assert limits == [field.name for field in fields(Policy) if field.name.startswith("max_")]
    assert [getattr(settings, name) for name in limits] == [getattr(policy, name) for name in limits]
    assert run_policy(SEED, settings).region == Region()


def test_a_policy_is_the_same_in_its_plain_form() -> None:
    policy = run_policy(SEED, ha.Settings(closed="task_agent.py", open="meta_agent:propose", imports="-numpy"))
    assert Policy.from_plain(policy.plain()).plain() == policy.plain()
    assert policy.plain()["closed"] == ["task_agent.py"] and policy.plain()["open"] == ["meta_agent:propose"]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"closed": "meta_agent:propos"}, "meta_agent:propos: not one definition of propos on lines of its own"),
        ({"closed": "no_such.py"}, "no_such.py: no file no_such.py in the genome"),
        ({"open": "task_agent:solve/body[0]"}, "task_agent:solve/body[0]: expected a definition"),
        ({"open": "task_agent:"}, "task_agent:: expected a definition"),
    ],
)
def test_a_region_of_what_is_not_there_is_refused(settings: dict[str, str], said: str) -> None:
    with pytest.raises(ha.UsageError, match=f"closed or open: {said.replace('[', '.').replace(']', '.')}"):
        next(ha.evolve(domain_with(), generations=1, **settings))


def test_a_seed_over_a_limit_is_refused_at_once() -> None:
    with pytest.raises(ha.GenomeError, match=r"the seed genome cannot run: genome: \d+ files, at most 3 \(size\)"):
        next(ha.evolve(domain_with(), generations=1, workers=1, max_files=3))
