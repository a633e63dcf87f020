"""Whole runs with a model: the real client, a local server with a scripted programmer behind it, real jails."""

import itertools
import json
import os
import re
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from io import RawIOBase
from pathlib import Path

import pytest

import hyperagent as ha
from archive import lineage_digest
from hyperagent.errors import LLMError
from hyperagent.llm.exchanges import Exchanges
from hyperagent.llm.prices import prices
from hyperagent.llm.protocol import Usage
from hyperagent.replay import replay
from tests.hyperagent.conftest import domain_with
from tests.hyperagent.messages_server import Answer, Body, Message, Record, Slow, Status, messages_server, uses
from tests.hyperagent.scripted_programmer import AGENT, programmer, words

KEY = "sk-ant-api03-nobody-may-see-this-0123456789"
MODEL = "claude-haiku-4-5"
PIECE = 1 << 22


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def price(answers: list[Answer]) -> float:
    """What the server's own usage figures come to."""
    known = prices([MODEL], "")[MODEL]
    return sum(known.dollars(Usage(*answer.usage)) for answer in answers if isinstance(answer, Message))


def evolved(address: str, run: Path | None = None, **options: object) -> list[ha.Individual]:
    """A short run with the server at an address."""
    chosen = {"generations": 2, "workers": 1, "base_url": address, "llm": MODEL, **options}
    return list(ha.evolve(domain_with(AGENT), run, **chosen))  # type: ignore[arg-type]


def spent(folder: Path) -> float:
    """What the archive of a run says that it cost."""
    archive = ha.Archive(folder / "archive.sqlite", create=False)
    dollars = float(archive.store.setting("dollars") or 0.0)
    archive.close()
    return dollars


def test_a_model_improves_the_held_out_score_and_costs_what_its_usage_says(tmp_path: Path) -> None:
    with messages_server(programmer) as (address, record):
        population = evolved(address, tmp_path / "run")
    best = max(population, key=lambda child: child.score)
    assert population[0].evaluations["test"].mean == 0.0 and best.evaluations["test"].mean == 1.0
    assert best.patch is not None and best.patch.title == "turn the word round"
    assert {edit.at.split("/")[0] for edit in best.patch.edits} == {"task_agent:answer", "notes:NOTES"}  # type: ignore[union-attr]
    assert f"model {MODEL}" in best.patch.operators
    assert "the expected answers are the words backwards" in str(best.genome["notes.py"])
    assert spent(tmp_path / "run") == pytest.approx(price(record.answers), abs=1e-9)
    assert {request["key"] for request in record.requests} == {KEY}


def test_the_sources_are_marked_for_the_servers_cache_and_equal_for_the_children_of_a_parent(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text("Never use a loop.")
    with messages_server(programmer) as (address, record):
        evolved(address, generations=2, constitution=str(tmp_path / "mine.md"))
    asked = [request for request in record.requests if "tools" in request]
    assert {json.dumps(request["system"]) for request in asked} == {json.dumps(asked[0]["system"])}
    assert "Never use a loop." in asked[0]["system"][0]["text"], "the user's principles"
    assert asked[0]["system"][1]["cache_control"] == {"type": "ephemeral"}
    assert "=== task_agent.py" in asked[0]["system"][1]["text"] and AGENT in asked[0]["system"][1]["text"]
    for request in asked:
        marked = [block for message in request["messages"] for block in message["content"] if "cache_control" in block]
        assert len(marked) == 1 and marked[0] is request["messages"][-1]["content"][-1]


def test_a_slip_is_answered_with_its_place_and_a_rehearsal_with_scores() -> None:
    with messages_server(programmer) as (address, record):
        evolved(address, generations=1)
    told = [str(block.get("content")) for request in record.requests for message in request["messages"]
            for block in message["content"] if block["type"] == "tool_result"]  # fmt: skip
    assert any(text.startswith("task_agent:answer/body[0]: 'result = task[::-1'") and "never closed" in text
               for text in told)  # fmt: skip
    assert any(re.fullmatch(r"\w+: score 1\.0 \(parent 0\.0\), Returned ", text) for text in told)


@pytest.mark.slow
def test_a_cap_is_kept_to_the_cent_and_what_was_paid_is_kept_and_scored(tmp_path: Path) -> None:
    cap, cheap = 0.02, f"{MODEL}=0.04/0.2"
    folder = tmp_path / "run"

    def slow(body: Body) -> Answer:
        answer = programmer(body)
        dear = Message(answer.content, answer.stop_reason, (9000, 900, 0, 0)) if isinstance(answer, Message) else answer
        return Slow(0.02, dear)

    with messages_server(slow) as (address, record), pytest.raises(ha.BudgetExhausted, match=r"dollars of 0\.0200"):
        evolved(address, folder, generations=40, workers=4, dollars=cap, prices=cheap)
    assert cap - 0.01 < spent(folder) <= cap
    known = prices([MODEL], cheap)[MODEL]
    answered = [answer for answer in record.answers if isinstance(answer, Message)]
    assert spent(folder) == pytest.approx(sum(known.dollars(Usage(*answer.usage)) for answer in answered))
    archive = ha.Archive(folder / "archive.sqlite", create=False)
    places = {request["messages"][0]["content"][0]["text"] for request in record.requests}
    assert places and 1 < len(archive) < 40
    for child in [*archive][1:]:
        assert child.evaluations or child.stillborn[0].startswith(("gate: the genome of", "smoke")), child.stillborn
    archive.close()


def test_a_server_that_is_busy_or_gone_is_never_a_mark_against_a_parent(tmp_path: Path) -> None:
    def gone(body: Body) -> Answer:
        return Status(401, "authentication_error", "no") if len(record.answers) > 5 else programmer(body)

    with messages_server(gone) as (address, record), pytest.raises(LLMError, match="AuthenticationError"):
        evolved(address, tmp_path / "run", workers=1)
    archive = ha.Archive(tmp_path / "run" / "archive.sqlite", create=False)
    assert [child.id for child in archive] == [0], "nothing is kept of children that could not be made"
    archive.close()
    with messages_server(programmer) as (_, record):
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [Message((), "refusal"), Message(()), Message(({"type": "text", "text": "hm"},), "max_tokens"), "no tool used",
     Message(({"type": "tool_use", "id": "t", "name": "shell", "input": {"command": "id"}},), "tool_use"),
     Message(({"type": "tool_use", "id": "t", "name": "read", "input": {"wrong": 1}},), "tool_use"),
     Status(400, "invalid_request_error", "too many tools")],
)  # fmt: skip
def test_a_model_that_does_not_help_leaves_the_work_to_the_operators(answer: Answer) -> None:
    with messages_server(lambda _: answer) as (address, record):
        population = evolved(address, generations=1)
    child = population[1]
    assert child.patch is not None and child.patch.edits and child.patch.operators[0].endswith(".py")
    assert len(record.requests) <= 40


@pytest.mark.slow
def test_models_and_operators_share_the_work_and_each_keeps_its_credit() -> None:
    with messages_server(programmer) as (address, _):
        population = evolved(address, generations=10, operators=0.5)
    by_model = [f"model {MODEL}" in child.patch.operators for child in population[1:] if child.patch]
    assert 2 <= sum(by_model) <= 8 and len(by_model) >= 7


@pytest.mark.slow
def test_a_run_is_replayed_from_its_recordings_without_key_or_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with messages_server(programmer) as (address, record):
        first = evolved(address, tmp_path / "run", generations=6, workers=3)
        asked = len(record.requests)
        monkeypatch.delenv("ANTHROPIC_API_KEY")
        again = evolved("", tmp_path / "again", generations=6, workers=1, llm=f"recorded:{tmp_path / 'run'}")
        third = evolved("", generations=6, llm=f"recorded:{tmp_path / 'again'}")
        assert len(record.requests) == asked
    assert lineage_digest(first) == lineage_digest(again) == lineage_digest(third)
    assert [found for _, new in replay(domain_with(AGENT), tmp_path / "run", workers=1) for found in new] == []
    assert spent(tmp_path / "again") == 0
    with pytest.raises(LLMError, match=r"no recording of this request of 'propose \d+'"):
        evolved("", generations=20, llm=f"recorded:{tmp_path / 'run'}", seed=1)


def killed_after(process: "subprocess.Popen[str]", record: Record, count: int) -> None:
    """Kill a run once the server has been asked so often."""
    deadline = time.monotonic() + 60
    while len(record.requests) < count and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.communicate(timeout=20)


@pytest.mark.slow
def test_a_killed_run_does_not_pay_twice(
    started: Callable[..., "subprocess.Popen[str]"],
    hyperagent: Callable[..., "subprocess.CompletedProcess[str]"],
    tmp_path: Path,
) -> None:
    source = (
        (Path(__file__).parents[1] / "conftest.py").read_text().partition('DOMAIN_FILE = """')[2].partition('"""')[0]
    )
    (tmp_path / "d.py").write_text(source.format(words=("stressed", "drawer", "lager", "diaper", "reward", "desserts"))
                                   .replace("score)", f"score, seed={AGENT!r})"))  # fmt: skip
    run = ["run", "d.py:backwards", "--generations", 6, "--workers", 2, "--llm", MODEL]
    with messages_server(lambda body: Slow(0.01, programmer(body))) as (address, record):
        whole = json.loads(hyperagent(*run, "--base-url", address, "--run", "a", "--json").stdout)
        once, asked = Counter(map(sent, record.requests)), len(record.requests)
        killed_after(started([*run, "--base-url", address, "--run", "b"]), record, asked + 12)
        for extra in (25, 37):
            killed_after(started(["resume", "b"]), record, asked + extra)
        ended = json.loads(hyperagent("resume", "b", "--json").stdout)
        twice = Counter(map(sent, record.requests[asked:])) - once
        offline = hyperagent(
            *run[:-2], "--llm", "recorded:b", "--run", "c", "--json", environment={"ANTHROPIC_API_KEY": ""}
        )
    assert ended["lineage"] == whole["lineage"] == json.loads(offline.stdout)["lineage"]
    assert sum(twice.values()) <= 3 * 2, "no more than was in flight at each of three kills"
    assert whole["dollars"] == pytest.approx(price(record.answers[:asked]))
    assert ended["dollars"] <= whole["dollars"] + 1e-9


def sent(request: Body) -> str:
    """A request as text, without the key."""
    return json.dumps({name: value for name, value in request.items() if name != "key"}, sort_keys=True)


def below(pid: int) -> list[int]:
    """The processes that descend from one."""
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def holds(pid: int, secret: bytes) -> bool:
    """Whether a process has the secret in its environment, its command line or the memory that it can write to."""
    try:
        if secret in Path(f"/proc/{pid}/environ").read_bytes() + Path(f"/proc/{pid}/cmdline").read_bytes():
            return True
        spans = re.findall(r"^(\w+)-(\w+) rw", Path(f"/proc/{pid}/maps").read_text(), re.MULTILINE)
        with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as file:
            return any(secret in part for start, end in spans for part in parts(file, int(start, 16), int(end, 16)))
    except OSError:
        return False


def parts(file: RawIOBase, start: int, end: int) -> Iterator[bytes]:
    """A stretch of memory in pieces that overlap."""
    for at in range(start, end, PIECE):
        file.seek(at)
        yield file.read(min(PIECE + 200, end - at)) or b""


def test_the_key_is_nowhere_but_in_the_client(tmp_path: Path) -> None:
    secret, marker = KEY.encode(), b"You improve a program that improves itself"
    seen: dict[int, tuple[bool, bool]] = {}
    once = threading.Lock()

    def looked(body: Body) -> Answer:
        """Look into every worker, zygote and job while a job waits for this answer."""
        if "tools" in body and len(body["messages"]) > 4 and once.acquire(blocking=False):
            seen.update({pid: (holds(pid, secret), holds(pid, marker)) for pid in below(os.getpid())})
        return programmer(body)

    with messages_server(looked) as (address, _):
        population = evolved(address, tmp_path / "run", generations=1, workers=1)
    assert len(seen) >= 3, "a worker, a zygote and a job at least"
    assert not any(has_key for has_key, _ in seen.values())
    if os.geteuid() == 0:
        assert any(has_marker for _, has_marker in seen.values()), "the search finds what is there"
    for path in (tmp_path / "run").rglob("*"):
        assert secret not in path.read_bytes()
    assert KEY not in repr(population)
    archive = ha.Archive(tmp_path / "run" / "archive.sqlite", create=False)
    assert all(KEY not in repr(exchange) for exchange in archive.store.exchanges())
    archive.close()


ASKING = "def solve(task, tools):\n    return tools.llm('turn round ' + task)\n"


def thinker() -> Callable[[Body], Answer]:
    """A model whose every patch changes what is asked, and that is asked about every task."""
    numbers = itertools.count()

    def answer(body: Body) -> Answer:
        if "tools" not in body:
            last = words(body["messages"][-1])
            said = "SUBMIT" if last.startswith("A patch") else last.split()[-1][::-1]
            return Slow(0.02, Message(({"type": "text", "text": said},), usage=(900, 7500, 0, 0)))
        if any(message["role"] == "assistant" for message in body["messages"]):
            return Slow(0.2, uses("submit", (20_000, 40, 0, 0), title="t", hypothesis="h"))
        source = f"def solve(task, tools):\n    return tools.llm('{next(numbers)} turn round ' + task)"
        return Slow(0.2, uses("replace", (20_000, 200, 0, 0), at="task_agent:solve", source=source))

    return answer


@pytest.mark.slow
def test_where_trials_cost_too_every_child_that_was_paid_for_is_evaluated_within_the_cap(tmp_path: Path) -> None:
    cap, cheap, folder = 0.12, f"{MODEL}=0.04/0.2", tmp_path / "run"
    chosen = {"workers": 8, "dollars": cap, "prices": cheap, "call_tokens": 8000, "generations": 60}
    with messages_server(thinker()) as (address, record), pytest.raises(ha.BudgetExhausted, match=r"of 0\.1200"):
        list(ha.evolve(domain_with(ASKING), folder, llm=MODEL, base_url=address, **chosen))  # type: ignore[arg-type]
    known = prices([MODEL], cheap)[MODEL]
    assert record.most_at_once > 1
    assert cap / 2 < spent(folder) <= cap
    assert spent(folder) == pytest.approx(sum(known.dollars(Usage(*a.usage)) for a in record.answers), abs=1e-9)  # type: ignore[union-attr]
    with closing(ha.Archive(folder / "archive.sqlite", create=False)) as archive:
        paid = {exchange.place for exchange in Exchanges(archive.store) if exchange.dollars}
        proposals = {int(place.split()[1]) for place in paid if place.startswith("propose")}
        assert len(proposals) > 5 and proposals <= set(range(len(archive))), "nothing was paid for in vain"
        children = [child for child in archive if not child.stillborn]
        assert len(children) > 3 and all(child.culled or child.score > 0.9 for child in children)
        assert {t.outcome for child in children for e in child.evaluations.values() for t in e.trials} == {"Returned"}
    again = [found for _, new in replay(domain_with(ASKING), folder, workers=2) for found in new]
    assert again == []
