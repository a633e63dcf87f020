"""A cluster does what a pool does: the same lineage, on two nodes of which one is killed in the middle of a run."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hyperagent.cluster.node import differing, ended, performed
from hyperagent.cluster.parcel import Duties, joined, split, versions
from hyperagent.domains import load_domain
from hyperagent.flow import Flow
from hyperagent.preloads import preloads
from hyperagent.run import reading
from sandbox_runner import Asked, Call, Done, Limits, Module, Pool, Preload, ProtocolError, Returned, SandboxUnavailable
from tests.hyperagent.messages_server import Answer, Body, messages_server
from tests.hyperagent.scripted_programmer import AGENT, programmer

ONE = Module("def run(api, x): return x + 1")
ASKING = Module("def run(api, n): return [api.ask(k) for k in range(n)]")
CHANGING = Module("import time\ndef run(api): return api.ask(time.time()), api.ask(0)")
SLOW = Module("import time\ndef run(api): time.sleep(30)")
LIMITS = Limits()
NAPPING = Module("import time\ndef run(api):\n    time.sleep(6)\n    return 'awake'")
PRELOADS = {"bare": Preload()}
KEY = b"sk-for-the-host-alone"
WORKER = "sandbox_runner.worker"
RUN = ("run", "repair", "--generations", "24", "--set", "domain.validation=8", "--json")


def call(module: Module, *arguments: Any, limits: Limits = LIMITS) -> Call:
    return Call("main:run", {}, {"main": module}, arguments, limits)


def duties() -> bytes:
    return Duties(versions(), PRELOADS, "auto").pack()


def test_a_call_is_put_together_again_from_what_a_machine_is_sent() -> None:
    whole = Call("a:b", {"a": ONE}, {"c": Module("x", b"y")}, (1, [2.0, None]), Limits(3.0), "full", files={"f": b"\0"})
    modules, rest = split(whole)
    assert not rest.harness and not rest.foreign
    assert joined(modules, rest) == whole
    assert split(whole)[0] == modules != split(call(ONE))[0]
    of_repair = Duties({"Python": "3"}, preloads(load_domain("repair", {})), "auto")
    assert Duties.unpack(of_repair.pack()) == of_repair


def test_a_machine_with_other_versions_is_named_before_it_runs_anything() -> None:
    here = versions()
    assert differing(here, here) == ""
    assert differing({**here, "numpy": "1.0"}, here) == f"numpy {here['numpy']}, expected 1.0"
    with pytest.raises(SandboxUnavailable, match=r"machine .*, expected pdp-11"):
        performed(Duties({"machine": "pdp-11"}, PRELOADS, "auto").pack(), *split(call(ONE, 1)), [])


def test_a_call_that_asks_ends_and_is_told_what_it_was_told_before() -> None:
    with Pool(1) as pool:
        whole = call(ASKING, 2)
        assert ended(pool, pool.submit(whole), []) == Asked(0, 0)
        assert ended(pool, pool.submit(whole), [(0, "a")]) == Asked(1, 1)
        done = ended(pool, pool.submit(whole), [(0, "a"), (1, "b")])
        assert isinstance(done, Done) and isinstance(done.outcome, Returned) and done.outcome.value == ["a", "b"]
        assert ended(pool, pool.submit(whole), [(7, "a")]) == Asked(0, 0)


def test_without_ray_the_option_says_what_to_install(hyperagent: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "ray.py").write_text("raise ModuleNotFoundError('no ray', name='ray')")
    done = hyperagent(
        "run",
        "repair",
        "--cluster",
        "auto",
        environment={"PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "a cluster needs Ray, which is not installed: pip install 'hyperagent[ray]'" in done.stderr
    both = hyperagent("run", "repair", "--cluster", "auto", "--workers", "2")
    assert both.returncode == 2 and "found --workers and --cluster, expected one of them" in both.stderr


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A Ray cluster of two nodes with a processor each, and the address of it."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'hyperagent[ray]'")
    from ray.cluster_utils import Cluster

    # The path of a socket may have 107 characters, which a folder of pytest's would use up.
    folder = tempfile.mkdtemp(prefix="ray-")
    # Outside of it Ray leaves files of one user that others cannot write over.
    os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_TMPDIR=folder)
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def jails(nodes: Any) -> Iterator[Any]:
    from hyperagent.cluster.head import Cluster

    with Cluster(nodes.address, PRELOADS) as found:
        yield found


def events(jails: Any, count: int) -> list[Any]:
    """The next events, so many."""
    found: list[Any] = []
    until = time.monotonic() + 60
    while len(found) < count and time.monotonic() < until:
        found += jails.wait(1.0)
    return found


@pytest.mark.slow
def test_a_cluster_answers_like_a_pool(jails: Any) -> None:
    with Pool(1, PRELOADS) as pool:
        for runner in (jails, pool):
            numbers = [runner.submit(call(ONE, k)) for k in range(5)]
            assert {e.job: e.outcome.value for e in events(runner, 5)} == {n: k + 1 for k, n in enumerate(numbers)}
            asking = runner.submit(call(ASKING, 3))
            for k in range(3):
                assert events(runner, 1) == [Asked(asking, k)]
                runner.answer(asking, -k)
            (done,) = events(runner, 1)
            assert done.job == asking and done.outcome.value == [0, -1, -2]
            with pytest.raises(ProtocolError):
                runner.submit(call(ONE, {1, 2}))
            with pytest.raises(ProtocolError, match="preload huge"):
                runner.submit(Call("a:b", {}, preload="huge"))
            assert runner.wait() == []


@pytest.mark.slow
def test_a_cancelled_job_is_heard_of_no_more_and_gives_its_processor_back(jails: Any) -> None:
    slow = [jails.submit(call(SLOW, limits=Limits(60.0))) for _ in range(2)]
    assert jails.wait(3.0) == []
    begun = time.monotonic()
    for job in slow:
        jails.cancel(job)
    jails.submit(call(ONE, 1))
    (done,) = events(jails, 1)
    assert done.outcome.value == 2 and time.monotonic() - begun < 20


@pytest.mark.slow
def test_a_call_that_asks_otherwise_each_time_comes_to_an_end(jails: Any) -> None:
    job = jails.submit(call(CHANGING))
    asked = 0
    while isinstance((event := events(jails, 1)[0]), Asked):
        jails.answer(job, 0)
        asked += 1
    assert (event.outcome.reason, asked) == ("asks something else each time", 4)


@pytest.mark.slow
def test_a_call_whose_node_dies_under_it_is_run_again_on_another(nodes: Any, jails: Any) -> None:
    for _ in range(2):
        jails.submit(call(NAPPING))
    (second,) = nodes.worker_nodes
    until(lambda: bool(workers_below(raylet(nodes.head_node)) and workers_below(raylet(second))))
    assert jails.wait(1.5) == [], "both calls are running"
    try:
        nodes.remove_node(second, allow_graceful=False)
        assert [event.outcome.value for event in events(jails, 2)] == ["awake", "awake"]
    finally:
        nodes.add_node(num_cpus=1)


@pytest.mark.slow
def test_a_wait_can_be_ended_from_a_thread(jails: Any) -> None:
    flow = Flow(jails)
    future = flow.in_thread(lambda: time.sleep(0.5))
    job = flow.call(call(SLOW, limits=Limits(60.0)))
    begun = time.monotonic()
    while not future.done:
        flow.advance(20.0)
    assert not job.done and time.monotonic() - begun < 10


@pytest.mark.slow
@pytest.mark.usefixtures("nodes")
def test_a_cluster_that_is_not_there_is_an_expected_failure(hyperagent: Callable[..., Any]) -> None:
    for address, words in (
        ("127.0.0.1:9", "cannot be reached: [Errno 111]"),
        ("ray://here:1", "expected HOST:PORT, auto or local"),
    ):
        done = hyperagent("run", "repair", "--cluster", address)
        assert done.returncode in (1, 2) and f"cluster {address}: {words}" in done.stderr


@pytest.mark.slow
def test_the_lineage_is_that_of_one_machine_when_a_node_is_killed_in_mid_run(
    nodes: Any, started: Callable[..., "subprocess.Popen[str]"], hyperagent: Callable[..., Any], tmp_path: Path
) -> None:
    alone = json.loads(hyperagent(*RUN, "--workers", "2", "--run", tmp_path / "alone").stdout)
    process = started([*RUN, "--cluster", nodes.address, "--run", tmp_path / "far"])
    try:
        until(lambda: born(tmp_path / "far") >= 4)
        (second,) = nodes.worker_nodes
        assert workers_below(raylet(nodes.head_node)) and workers_below(raylet(second)), "jails are on both nodes"
        nodes.remove_node(second, allow_graceful=False)
        assert born(tmp_path / "far") < 24, "the node died too late to matter"
        out, words = process.communicate(timeout=240)
    finally:
        process.kill()
        nodes.add_node(num_cpus=1)
    assert process.returncode == 0 and "Raylet is terminated" in words, words
    assert json.loads(out)["lineage"] == alone["lineage"]
    assert hyperagent("replay", tmp_path / "far").returncode == 0


@pytest.mark.slow
def test_the_host_asks_the_model_and_no_machine_has_the_key(
    nodes: Any, domain_file: Path, hyperagent: Callable[..., Any], tmp_path: Path
) -> None:
    domain_file.write_text(f"{domain_file.read_text()}\n\nbackwards = ha.Domain('b', tasks, score, seed={AGENT!r})\n")
    run = ("run", domain_file, "--llm", "claude-haiku-4-5", "--generations", "2", "--json")
    found: dict[str, Any] = {}
    holders: list[int] = []

    def watched(body: Body) -> Answer:
        ours = [one for node in nodes.list_all_nodes() for one in below(raylet(node))]
        holders.extend(one for one in ours if KEY in environment(one))
        return programmer(body)

    for where in (("--workers", "1"), ("--cluster", nodes.address)):
        with messages_server(watched) as (address, record):
            options = ("--base-url", address, "--run", tmp_path / where[0])
            done = hyperagent(*run, *where, *options, environment={"ANTHROPIC_API_KEY": KEY.decode()})
            assert done.returncode == 0, done.stderr
            found[where[0]] = json.loads(done.stdout)
            assert {request["key"] for request in record.requests} == {KEY.decode()}
    assert found["--cluster"]["lineage"] == found["--workers"]["lineage"]
    assert found["--cluster"]["dollars"] == pytest.approx(found["--workers"]["dollars"])
    assert found["--cluster"]["best"]["test"] == 1.0
    assert not holders


def born(folder: Path) -> int:
    """How many children a run has."""
    if not (folder / "run.toml").exists():
        return 0
    archive = reading(folder)
    try:
        return len(archive) - 1
    finally:
        archive.close()


def until(holds: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for something to hold."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold in time"
        time.sleep(0.05)


def raylet(node: Any) -> int:
    """The process of a node below which Ray's own are."""
    return int(node.all_processes["raylet"][0].process.pid)


def workers_below(process: int) -> list[int]:
    """The workers of ours among the descendants of a process."""
    return [one for one in below(process) if WORKER in command_line(one)]


def below(process: int) -> list[int]:
    """A process and its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    return [one for one in parents if is_below(one, process, parents)]


def is_below(one: int, above: int, parents: dict[int, int]) -> bool:
    """Whether a process descends from another."""
    while one in parents and one != above:
        one = parents[one]
    return one == above


def environment(process: int) -> bytes:
    """What a process was started with in its environment."""
    try:
        return Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return b""


def command_line(process: int) -> str:
    """What a process was started as; "" if it has ended."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""
