"""Tables: read as they are or refused by line, scored as textbooks say, and predicted better than by the majority."""

import json
import statistics
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hyperagent as ha
from hyperagent.domains import load_domain
from hyperagent.domains.dataset.features import features
from hyperagent.domains.dataset.metrics import accuracy, kappa, macro_f1, mean_absolute_error
from hyperagent.domains.dataset.table import by_seed, read_rows
from hyperagent.domains.dataset.tickets import tickets

pytestmark = pytest.mark.slow

CSV = 'size,colour,"what it is"\n1.5,red,apple\n,green,"pear, ripe"\n3,red,apple\n4,blue,plum\n'
HOUSES = "".join(f"{size},{'north' if size % 2 else 'south'},{3 * size + size % 2}\n" for size in range(1, 241))
answers = st.lists(st.sampled_from("abc"), min_size=1, max_size=30)


def written(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return f"dataset:{path}"


def tasks_of(domain: ha.Domain, split: str) -> list[ha.Task]:
    return domain.split(0)[split]


def shown(task: ha.Task) -> dict[str, Any]:
    assert isinstance(task.input, dict)
    return task.input


def test_numbers_and_text_and_gaps_are_read(tmp_path: Path) -> None:
    written(tmp_path / "fruit.csv", CSV)
    rows = read_rows(tmp_path / "fruit.csv")
    assert rows[0] == {"size": 1.5, "colour": "red", "what it is": "apple"}
    assert rows[1] == {"size": None, "colour": "green", "what it is": "pear, ripe"}
    written(tmp_path / "fruit.jsonl", '{"size": 1, "good": true}\n\n{"size": null, "tags": ["a"]}\n')
    assert read_rows(tmp_path / "fruit.jsonl") == [{"size": 1.0, "good": "true"}, {"size": None, "tags": '["a"]'}]


def test_parquet_is_read_as_the_same_rows_in_json_lines_are(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed: pip install 'hyperagent[parquet]'")
    from pyarrow.parquet import write_table

    rows = [{"size": k, "price": Decimal(k) / 4, "good": k > 1, "name": f"n{k}" if k else None, "tags": ["a"]}
            for k in range(30)]  # fmt: skip
    write_table(arrow.Table.from_pylist(rows), tmp_path / "fruit.parquet")
    lines = "".join(json.dumps({**row, "price": float(row["price"])}) + "\n" for row in rows)  # type: ignore[arg-type]
    written(tmp_path / "fruit.jsonl", lines)
    assert read_rows(tmp_path / "fruit.parquet") == read_rows(tmp_path / "fruit.jsonl")
    (seed,) = ha.evolve(load_domain(f"dataset:{tmp_path / 'fruit.parquet'}", {"label": "good"}), generations=0)
    assert seed.score > 0.5
    write_table(arrow.table({"day": [date(2020, 1, 2)]}), tmp_path / "days.parquet")
    assert read_rows(tmp_path / "days.parquet") == [{"day": "2020-01-02"}]
    (tmp_path / "cut.parquet").write_bytes((tmp_path / "fruit.parquet").read_bytes()[:-9])
    with pytest.raises(ha.DomainError, match=r"cut\.parquet: cannot be read"):
        read_rows(tmp_path / "cut.parquet")


def test_without_pyarrow_a_parquet_file_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pyarrow", "pyarrow.parquet"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ha.DomainError, match=r"pip install 'hyperagent\[parquet\]'"):
        load_domain(f"dataset:{tmp_path / 'a.parquet'}", {})


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("a.csv", "x,y\n1,2\n1,2,3\n", {}, r"a.csv:3: 3 cells, expected 2"),
        ("a.csv", "x,x\n1,2\n", {}, "the columns are x, x, expected names that differ"),
        ("a.csv", "x,y\n", {}, "no rows, expected some"),
        ("a.jsonl", '{"x": 1}\n{"x": \n', {}, "a.jsonl:2: is no JSON"),
        ("a.jsonl", "[1, 2]\n", {}, r"a.jsonl:1: is \[1, 2\], expected a JSON object"),
        ("a.xlsx", "", {}, "expected a file NAME.csv, NAME.jsonl or NAME.parquet"),
        ("a.csv", CSV, {"label": "weight"}, "no column 'weight', expected one of size, colour, what it is"),
        ("a.csv", CSV, {"inputs": "size,age"}, "no column 'age'"),
        ("a.csv", CSV, {"label": "size"}, "row 2 has no size, expected a label"),
        ("a.csv", CSV, {"split": "colour"}, "row 1 has the split 'red', expected one of train, validation, test"),
        ("a.csv", CSV, {"metric": "mae"}, "what it is is not a number in every row"),
        ("a.csv", "x,y\n" + "".join(f"1,name{k}\n" for k in range(200)), {}, "labels, expected at most 20"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, options: dict[str, str], message: str
) -> None:
    with pytest.raises(ha.DomainError, match=message):
        load_domain(written(tmp_path / name, text), options)


@pytest.mark.parametrize("options", [{"metric": "auc"}, {"rows": "1"}])
def test_options_that_cannot_be_are_mistakes_of_the_user(options: dict[str, str]) -> None:
    with pytest.raises(ha.UsageError, match="expected"):
        load_domain("dataset", options)


def test_a_column_may_say_the_split_and_is_shown_to_nobody(tmp_path: Path) -> None:
    text = "x,y,part\n" + "".join(f"{k},{'ab'[k % 2]},{('train', 'validation', 'test')[k % 3]}\n" for k in range(30))
    domain = load_domain(written(tmp_path / "a.csv", text), {"split": "part", "label": "y", "rows": "5"})
    for at, split in enumerate(("train", "validation", "test")):
        rows = [row for task in tasks_of(domain, split) for row in shown(task)["rows"]]
        assert sorted(row["x"] for row in rows) == list(range(at, 30, 3))
        assert set(rows[0]) == {"x"}


def test_no_row_is_in_two_splits_and_another_seed_deals_others() -> None:
    dealt = by_seed(100, 0)
    assert sorted(number for numbers in dealt.values() for number in numbers) == list(range(100))
    assert dealt != by_seed(100, 1) and dealt == by_seed(100, 0)


@given(answers)
def test_metrics_are_1_where_all_agree(labels: list[str]) -> None:
    assert accuracy(labels, labels) == macro_f1(labels, labels) == kappa(labels, labels) == 1.0


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", None])), min_size=1, max_size=30))
def test_metrics_keep_their_bounds(pairs: list[tuple[str, str | None]]) -> None:
    labels, predictions = zip(*pairs, strict=True)
    assert 0 <= accuracy(labels, predictions) <= 1
    assert 0 <= macro_f1(labels, predictions) <= 1
    assert -1 <= kappa(labels, predictions) <= accuracy(labels, predictions)


def test_metrics_are_those_of_a_table_worked_by_hand() -> None:
    labels, predictions = ["a"] * 25 + ["b"] * 25, ["a"] * 20 + ["b"] * 5 + ["a"] * 10 + ["b"] * 15
    assert kappa(labels, predictions) == pytest.approx(0.4)
    assert macro_f1(labels, predictions) == pytest.approx((40 / 55 + 30 / 45) / 2)
    assert kappa(labels, ["a"] * 50) == 0.0
    assert mean_absolute_error([1.0, 2.0, 3.0], [1.0, 4.0, None], 10.0) == pytest.approx(4.0)


def test_features_are_made_of_training_rows_alone_and_survive_gaps() -> None:
    rows = [{"n": float(k), "c": "ab"[k % 2], "t": f"word{'x' * k} alpha {'beta' * (k % 2)}"} for k in range(20)]
    found = dict(features(rows))
    assert statistics.fmean(found["n"](row) for row in rows) == pytest.approx(0, abs=1e-3)
    assert {found["c is a"](row) + found["c is b"](row) for row in rows} == {1.0}
    assert "t says beta" in found and "t says alpha" not in found
    assert [measure({"n": None, "c": "z", "t": None}) for measure in found.values()][1:] == [0.0] * (len(found) - 1)


def test_format_errors_are_told_apart_from_wrong_answers() -> None:
    domain = load_domain("dataset", {"rows": "6"})
    task = tasks_of(domain, "train")[0]
    assert isinstance(task.target, list) and domain.score is not None
    right, wrong = list(task.target), ["repair" if label != "repair" else "refund" for label in task.target]
    count = len(right)
    for answer, score, words in (
        (right, 1.0, f"{count} right, 0 not of the right form"),
        ([f" {label}\n" for label in right], 1.0, "0 not of the right form"),
        (wrong, 0.0, "0 right, 0 not of the right form"),
        (["I think it is a repair", None, 3, *right[3:]], (count - 3) / count, "3 not of the right form"),
        (right[:-1], 0.0, f"expected a list of {count} predictions"),
        ("repair", 0.0, "expected a list of"),
    ):
        found: Any = domain.score(task, answer)
        assert found[0] == pytest.approx(score) and words in found[1]


def test_the_seed_says_the_usual_label_for_every_row() -> None:
    domain = load_domain("dataset", {})
    (seed,) = ha.evolve(domain, generations=0, workers=1)
    labels = [label for task in tasks_of(domain, "train") for label in task.target]  # type: ignore[attr-defined]
    usual = statistics.mode(labels)
    for evaluation in seed.evaluations.values():
        assert {label for trial in evaluation.trials for label in trial.answer} == {usual}  # type: ignore[attr-defined]


def test_labels_never_reach_the_agent() -> None:
    for task in load_domain("dataset", {}).tasks.values():
        assert all("wants" not in row for row in shown(task)["rows"])


def test_numbers_are_estimated_and_the_median_scores_nothing(tmp_path: Path) -> None:
    domain = load_domain(written(tmp_path / "houses.csv", f"size,side,price\n{HOUSES}"), {"rows": "30"})
    population = ha.evolve(domain, generations=80, workers=1)
    start = next(population).score
    assert abs(start) < 0.25 and "the median" in domain.about
    assert next(child for child in population if child.score > start + 0.1)
    task = tasks_of(domain, "test")[0]
    assert domain.score is not None
    assert domain.score(task, task.target)[0] == 1.0  # type: ignore[index]
    assert domain.score(task, ["much"] * len(task.target))[0] == -1.0  # type: ignore[index, arg-type]


def test_letters_are_the_same_everywhere_and_of_every_kind() -> None:
    letters = tickets(0, 300)
    assert letters == tickets(0, 300) != tickets(1, 300)
    assert {letter["wants"] for letter in letters} == {"refund", "repair", "question"}
    assert not [letter for letter in letters if "{" in str(letter["message"])]


def test_a_program_comes_to_beat_the_usual_label_on_rows_that_it_has_not_seen() -> None:
    population = ha.evolve(load_domain("dataset", {}), generations=150, workers=1)
    usual = next(population).evaluations["test"].mean
    better = next(child for child in population if "test" in child.evaluations and child.score > 0.55)
    assert better.evaluations["test"].mean > usual + 0.05
