"""`hyperagent export` and `import`: a run as a git repository that git itself reads, and as one file and back."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archive import Archive, Individual
from hyperagent.commands.best import write_files
from hyperagent.commands.doctor import diagnosis
from hyperagent.commands.git import to_git
from hyperagent.commands.portable import from_file, to_file
from hyperagent.errors import RunError
from meta import Genome, Patch

pytestmark = pytest.mark.slow

Run = Callable[..., subprocess.CompletedProcess[str]]
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(repository: Path, *arguments: str) -> str:
    """What git says of a repository."""
    settings = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", "-C", str(repository), *arguments], capture_output=True, text=True, check=True, env=settings
    ).stdout


@needs_git
def test_every_individual_is_a_commit_on_its_parent_with_its_very_files(
    hyperagent: Run, run: Path, tmp_path: Path
) -> None:
    done = hyperagent("export", run, "--git", tmp_path / "repo", "--json")
    assert done.returncode == 0, done.stderr
    repo = tmp_path / "repo"
    lines = git(repo, "log", "--all", "--format=%H %P|%(trailers:key=Individual,valueonly,separator=%x2C)").splitlines()
    commits = {int(line.split("|")[1]): line.split("|")[0].split() for line in lines}
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert sorted(commits) == list(range(len(archive)))
        for individual in archive:
            commit, *parents = commits[individual.id]
            assert parents == [commits[parent][0] for parent in individual.parents]
            names = git(repo, "ls-tree", "-r", "--name-only", commit).splitlines()
            assert names == sorted(individual.genome)
            for name in names:
                assert git(repo, "show", f"{commit}:{name}").encode() == individual.genome.raw(name)
        best = archive.best()
        assert best is not None and git(repo, "rev-parse", "best").strip() == commits[best.id][0]
        assert json.loads(done.stdout)["seed"] == commits[0][0]
        assert (repo / "task_agent.py").read_bytes() == best.genome.raw("task_agent.py")
    assert git(repo, "fsck", "--strict", "--no-dangling") == "" and git(repo, "status", "--porcelain") == ""
    assert "*" in git(repo, "log", "--graph", "--oneline", "--all") and not git(repo, "diff", "best", "HEAD")


@needs_git
def test_the_same_run_gives_the_same_commits(run: Path, tmp_path: Path) -> None:
    assert to_git(run, tmp_path / "a") == to_git(run, tmp_path / "b")
    assert git(tmp_path / "a", "for-each-ref") == git(tmp_path / "b", "for-each-ref")
    with pytest.raises(RunError, match="is there and not empty"):
        to_git(run, tmp_path / "a")


def made(folder: Path, *individuals: Individual) -> Path:
    """A run of such individuals."""
    folder.mkdir()
    with closing(Archive(folder / "archive.sqlite")) as archive:
        for individual in individuals:
            archive.add(individual)
    return folder


def scored(run: Path, id: int, score: float, parents: tuple[int, ...], **files: str | None) -> Individual:
    """An individual with the trials of the seed of a real run, all with one score."""
    with closing(Archive(run / "archive.sqlite")) as archive:
        seed = archive[0]
    changed = {f"{name}.py": text for name, text in files.items()}
    evaluations = {
        split: replace(found, trials=tuple(replace(trial, score=score) for trial in found.trials))
        for split, found in seed.evaluations.items()
    }
    patch = Patch((), f"step {id}\nScore-validation: 9", "line one\n\nGenome: forged") if id else None
    return Individual(id, Genome({"a.py": "x = 0\n"}).with_files(changed), parents, patch, evaluations)


@needs_git
def test_merges_deletions_tags_and_bisect(run: Path, tmp_path: Path) -> None:
    steps = [scored(run, id, id / 8, (id - 1,) if id else (), a=f"x = {id}\n") for id in range(7)]
    merge = scored(run, 7, 0.1, (6, 2), a=None, b="x = 9\n")
    to_git(made(tmp_path / "steps", *steps, merge), tmp_path / "repo")
    repo = tmp_path / "repo"
    assert git(repo, "tag").split() == [f"improvement-{id}" for id in range(1, 7)]
    tip = git(repo, "rev-parse", "refs/individuals/7").strip()
    assert git(repo, "log", "-1", "--format=%P", tip).split() == [
        git(repo, "rev-parse", name).strip() for name in ("improvement-6", "improvement-2")
    ]
    assert git(repo, "ls-tree", "--name-only", tip).split() == ["b.py"]
    assert git(repo, "log", "-1", "--format=%(trailers:key=Genome,valueonly)", "best").strip() == steps[6].digest
    git(repo, "bisect", "start", "best", "seed")
    told = git(repo, "bisect", "run", sys.executable, "-c", "import a; raise SystemExit(a.x >= 4)")
    assert "step 4" in told and "is the first bad commit" in told


@needs_git
@pytest.mark.parametrize("name", [".git/config", "a/.GIT/hooks/x", ".gitattributes", "git~1/x", ".g\u200cit/config"])
def test_a_file_that_git_would_obey_is_written_nowhere(run: Path, tmp_path: Path, name: str) -> None:
    seed = scored(run, 0, 0.5, ())
    seed = replace(seed, genome=seed.genome.with_files({name: "[core]"}))
    with pytest.raises(RunError, match="would mean something to git"):
        to_git(made(tmp_path / "hostile", seed), tmp_path / "repo")
    with pytest.raises(RunError, match="would mean something to git"):
        write_files(seed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_goes_into_one_file_and_back_without_loss(hyperagent: Run, run: Path, tmp_path: Path) -> None:
    assert hyperagent("export", run, "--file", tmp_path / "x").returncode == 0
    assert hyperagent("import", tmp_path / "x", tmp_path / "back").returncode == 0
    with closing(Archive(run / "archive.sqlite")) as old, closing(Archive(tmp_path / "back" / "archive.sqlite")) as new:
        assert [*old] == [*new] and old.store.head == new.store.head
        assert old.store.settings() == new.store.settings()
    assert (run / "run.toml").read_bytes() == (tmp_path / "back" / "run.toml").read_bytes()
    assert hyperagent("resume", tmp_path / "back", "--generations", 13).returncode == 0
    again = hyperagent("import", tmp_path / "x", tmp_path / "back")
    assert again.returncode == 1 and "holds a run already" in again.stderr
    assert hyperagent("export", run).returncode == 2


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM record; END", "is not laid out as a run is"),
        ("CREATE VIEW more AS SELECT * FROM run", "is not laid out as a run is"),
        ("UPDATE record SET content = x'00' WHERE id = 5", "individual 5: its record is not what was written"),
    ],
)
def test_a_file_that_is_not_as_it_should_be_is_refused_and_leaves_nothing(
    run: Path, tmp_path: Path, query: str, message: str
) -> None:
    to_file(run, tmp_path / "x")
    with closing(sqlite3.connect(tmp_path / "x")) as connection, connection:
        connection.execute(query)
    with pytest.raises(RunError, match=message):
        from_file(tmp_path / "x", tmp_path / "back")
    assert not (tmp_path / "back").exists()


@pytest.mark.slow
def test_a_run_goes_back_to_an_earlier_state_and_on_from_there(hyperagent: Run, run: Path) -> None:
    with closing(Archive(run / "archive.sqlite")) as archive:
        before, link = [*archive], archive.store.link(6)
        head = archive.store.head
    done = json.loads(hyperagent("rollback", run, 6, "--json").stdout)
    assert (done["individuals"], done["removed"], done["head"], done["before"]) == (7, 6, link, head)
    with closing(Archive(Path(done["aside"]))) as aside, closing(Archive(run / "archive.sqlite")) as now:
        assert [*aside] == before and [*now] == before[:7]
    assert hyperagent("rollback", run, 9).returncode == 2
    assert hyperagent("resume", run).returncode == 0
    with closing(Archive(run / "archive.sqlite")) as archive:
        assert [child.digest for child in archive] == [child.digest for child in before]


@pytest.mark.slow
def test_what_is_whole_before_the_damage_is_saved(hyperagent: Run, run: Path) -> None:
    with closing(sqlite3.connect(run / "archive.sqlite")) as connection, connection:
        connection.execute("UPDATE record SET content = x'00' WHERE id = 8")
    assert hyperagent("doctor", run).returncode == 1
    assert hyperagent("rollback", run, 7, "--drop").returncode == 0
    assert hyperagent("doctor", run).returncode == 0
    assert [path.name for path in sorted(run.iterdir())] == ["archive.sqlite", "run.lock", "run.toml"]


@needs_git
def test_an_export_from_a_hook_of_another_repository_leaves_that_alone(
    hyperagent: Run, run: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    git(tmp_path, "init", "--quiet", str(own))
    (own / "mine.txt").write_text("mine")
    git(own, "add", "mine.txt")
    before = git(own, "status", "--porcelain")
    hook = {"GIT_DIR": str(own / ".git"), "GIT_WORK_TREE": str(own), "GIT_INDEX_FILE": str(own / ".git" / "index")}
    done = hyperagent("export", run, "--git", tmp_path / "repo", environment=hook)
    assert done.returncode == 0, done.stderr
    assert git(own, "status", "--porcelain") == before and git(own, "branch", "--all") == ""
    assert {"best", "seed"} <= set(git(tmp_path / "repo", "branch", "--format=%(refname:short)").split())


def test_a_file_whose_name_means_something_in_an_address_is_imported(
    hyperagent: Run, run: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a?b#%41"
    assert hyperagent("export", run, "--file", file).returncode == 0
    done = hyperagent("import", file, tmp_path / "back")
    assert done.returncode == 0, done.stderr
    assert [*tmp_path.glob("a")] == [] and diagnosis(tmp_path / "back")["damage"] == []


def test_a_disk_that_refuses_a_name_is_told_in_one_line(hyperagent: Run, run: Path, tmp_path: Path) -> None:
    done = hyperagent("export", run, "--file", tmp_path / ("x" * 300))
    assert (
        done.returncode == 1 and done.stderr.endswith(": File name too long\n") and len(done.stderr.splitlines()) == 1
    )
