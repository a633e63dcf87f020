"""What is remembered, and which parent is chosen."""

import math
import random
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seed import child

from genome import memory, selection

counts = st.tuples(st.integers(0, 50), st.integers(0, 50)).map(lambda c: [float(c[0] + c[1]), float(c[1])])
lessons = st.dictionaries(st.text(max_size=6), counts, max_size=6)
topics = st.text(max_size=6)


@given(lessons, topics, st.booleans())
def test_a_try_is_counted_and_the_lessons_it_came_from_are_kept(known: dict, topic: str, won: bool) -> None:  # type: ignore[type-arg]
    before = {name: [*pair] for name, pair in known.items()}
    tries, wins = known.get(topic, (0.0, 0.0))
    assert memory.add(known, topic, won) == {**before, topic: [tries + 1, wins + won]}
    assert known == before


@given(lessons, lessons)
def test_two_memories_add_up_in_either_order(one: dict, other: dict) -> None:  # type: ignore[type-arg]
    both = memory.merge(one, other)
    assert both == memory.merge(other, one) and both.keys() == one.keys() | other.keys()
    assert sum(tries for tries, _ in both.values()) == sum(tries for tries, _ in (*one.values(), *other.values()))


@given(lessons, topics)
def test_what_is_written_can_be_dropped(known: dict, topic: str) -> None:  # type: ignore[type-arg]
    written = memory.update(known, topic, [2.0, 1.0])
    assert written[topic] == [2.0, 1.0]
    assert memory.delete(written, topic) == {name: pair for name, pair in known.items() if name != topic}


@given(lessons)
def test_forgetting_fades_every_lesson_and_keeps_the_firmest(known: dict) -> None:  # type: ignore[type-arg]
    faded = memory.forget(known)
    assert [*faded] == sorted(known)
    assert all(faded[topic] == [round(n * memory.FADING, 2) for n in known[topic]] for topic in known)


def test_where_there_are_too_many_lessons_the_faintest_are_forgotten() -> None:
    known = {f"topic {k}": [float(k), 0.0] for k in range(memory.MOST_LESSONS + 5)}
    assert known.keys() - memory.forget(known).keys() == {f"topic {k}" for k in range(5)}


def test_a_topic_nobody_tried_weighs_one_and_success_weighs_more_than_failure() -> None:
    known = {"everything": [100.0, 10.0], "good": [10.0, 8.0], "bad": [10.0, 0.0], "once": [1.0, 1.0]}
    weights = [memory.weight(known, topic) for topic in ("bad", "unknown", "once", "good")]
    assert weights == sorted(weights) and weights[1] == pytest.approx(1.0) and weights[0] > 0


@given(lessons, topics)
def test_a_weight_is_positive_so_that_nothing_is_given_up_for_good(known: dict, topic: str) -> None:  # type: ignore[type-arg]
    assert 0 < memory.weight(known, topic) < math.inf


def test_the_history_teaches_what_gained_and_what_did_not() -> None:
    history = [child(1, ["a", "b"], 0.5), child(2, ["a"], 0.0), child(3, ["a"], -1.0)]
    assert lessons_on("ab", memory.learned(history)) == {"a": [3.0, 1.0], "b": [1.0, 1.0]}
    assert memory.learned(history)[memory.EVERYTHING] == [3.0, 1.0]


def lessons_on(topics: str, known: dict) -> dict:  # type: ignore[type-arg]
    """What is known of some topics."""
    return {topic: known[topic] for topic in topics}


def test_only_what_came_after_the_last_lesson_is_learned_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LESSONS", {"a": [1.0, 1.0]})
    monkeypatch.setattr(memory, "LEARNED_UNTIL", 1)
    known = memory.learned([child(1, ["a"], 0.5), child(2, ["a"], 0.5)])
    assert lessons_on("a", known) == {"a": [2.0, 2.0]}


@st.composite
def candidates(draw: st.DrawFn) -> SimpleNamespace:
    """Columns of up to eight candidates, as a jail shows them to `select`."""
    ids = draw(st.lists(st.integers(0, 10**6), min_size=1, max_size=8, unique=True))
    numbers = [draw(st.lists(strategy, min_size=len(ids), max_size=len(ids))) for strategy in COLUMNS]
    score, visits, depth, size = (np.array(column) for column in numbers)
    return SimpleNamespace(id=np.array(ids), score=score.astype(float), visits=visits, depth=depth, size=size)


COLUMNS: tuple[st.SearchStrategy[float], ...] = (
    st.floats(-1e6, 1e6), st.integers(0, 500), st.integers(0, 50), st.integers(0, 10**6),
)  # fmt: skip


@given(candidates(), st.integers(0, 2**32))
def test_selection_returns_an_id_that_it_was_offered(shown: SimpleNamespace, seed: int) -> None:
    pick = int(selection.select(shown, random.Random(seed)))
    assert pick in shown.id
    assert int(selection.select(shown, random.Random(seed))) == pick


@given(candidates(), st.integers(0, 2**32), st.data())
def test_selection_prefers_the_unvisited_among_equals(shown: SimpleNamespace, seed: int, data: st.DataObject) -> None:
    shown.score[:] = 0.5
    shown.visits[:] = shown.visits + 1
    fresh = data.draw(st.integers(0, len(shown.id) - 1))
    shown.visits[fresh] = 0
    assert int(selection.select(shown, random.Random(seed))) == shown.id[fresh]


@given(candidates(), st.integers(0, 2**32))
def test_selection_prefers_the_better_among_the_equally_visited(shown: SimpleNamespace, seed: int) -> None:
    shown.visits[:] = 3
    assert (
        shown.score[list(shown.id).index(int(selection.select(shown, random.Random(seed))))] >= shown.score.max() - 1e-3
    )


def test_equals_are_picked_by_chance() -> None:
    shown = SimpleNamespace(id=np.arange(3), score=np.ones(3), visits=np.zeros(3, int))
    assert {int(selection.select(shown, random.Random(seed))) for seed in range(40)} == {0, 1, 2}


def agent(text: str) -> dict[str, str]:
    """Files with this task agent."""
    return {"task_agent.py": text}


def test_the_definitions_that_a_line_gained_by_are_known_as_its_last_one_has_them() -> None:
    history = [
        child(1, ["task_agent.py", "task_agent:WIDTH", "scale_number"], 0.2),
        child(2, ["task_agent.py", "task_agent:lost", "drop"], -0.2, parent=1),
        child(3, ["task_agent.py", "task_agent:other", "drop"], -0.1, parent=1),
        child(4, ["task_agent.py", "task_agent:other", "drop"], 0.1, parent=2),
        child(5, ["task_agent.py", "task_agent:solve", "drop"], 0.1, parent=3),
    ]
    text = "WIDTH = 5\n\n\ndef solve(task, tools):\n    return WIDTH\n\n\ndef other(): pass\n"
    individual = {"id": 5, "score": 0.5, "files": agent(text)}
    expected = {"task_agent:WIDTH": "WIDTH = 5", "task_agent:solve": "def solve(task, tools):\n    return WIDTH"}
    assert memory.known([individual], history) == expected
    assert memory.known([{**individual, "id": 0}], history) == {}
    better = {"id": 1, "score": 0.6, "files": agent("WIDTH = 7\n")}
    assert memory.known([better, individual], history) == {**expected, "task_agent:WIDTH": "WIDTH = 7"}


def test_what_is_known_stays_known_and_the_latest_if_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "KNOWN", {f"task_agent:D{k}": f"D{k} = 1" for k in range(memory.MOST_KNOWN)})
    history = [child(1, ["task_agent:LONG"], 1.0), child(2, ["task_agent:D3"], 1.0, parent=1)]
    files = agent(f"LONG = '{'x' * memory.LONGEST_KNOWN}'\nD3 = 2\n")
    found = memory.known([{"id": 2, "score": 1.0, "files": files}], history)
    assert found == {**memory.KNOWN, "task_agent:D3": "D3 = 2"}
    new = memory.known([{"id": 1, "score": 1.0, "files": agent("LONG = 1\n")}], history)
    assert len(new) == memory.MOST_KNOWN and new["task_agent:LONG"] == "LONG = 1" and "task_agent:D0" not in new


def test_lessons_count_for_task_agents_like_the_one_they_were_learned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = [2.0, 1.0]
    monkeypatch.setattr(memory, "LESSONS", {"swap": counts, "task_agent:solve": counts, "task_agent:WIDTH": counts})
    assert memory.is_familiar(agent("WIDTH = 1\ndef solve(task, tools): pass\n"))
    stranger = agent("HEIGHT = 1\ndef solve(task, tools): pass\n")
    assert not memory.is_familiar(stranger)
    assert memory.learned([], memory.is_familiar(stranger)) == {}
    monkeypatch.setattr(memory, "LESSONS", {"swap": counts, "task_agent:solve": counts})
    assert memory.is_familiar(stranger), "nothing is known of where they were learned"
