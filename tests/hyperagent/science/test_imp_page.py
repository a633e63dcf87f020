"""The page of imp@k and transfer, and the words for what came of them."""

import json
import math

import pytest
from measurements import measurement

from hyperagent.errors import UsageError
from hyperagent.science.imp import looks
from hyperagent.science.imp_page import imp_page
from hyperagent.science.intervals import interval_over_runs
from hyperagent.science.measurement import data
from hyperagent.science.plain import nullable
from hyperagent.science.verdict import verdict

MORE = [0.02 + 0.001 * seed for seed in range(8)]
LESS = [0.01] * 8


def test_each_look_is_paid_for() -> None:
    rows = measurement(MORE, LESS).rows
    assert [row.comparison.p for row in rows] == [2 / 2**8] * 2
    assert [row.corrected for row in rows] == [4 / 2**8] * 2
    assert measurement(MORE, LESS, ks=(4,)).rows[0].corrected == 2 / 2**8


def test_what_is_looked_at_can_be_said_beforehand() -> None:
    assert looks(100) == [25, 50, 100]
    assert looks(100, (100, 50)) == [50, 100]
    with pytest.raises(UsageError, match="cannot be read at 101, expected 1 to 100"):
        looks(100, (101,))


def test_a_difference_is_told_with_its_corrected_p() -> None:
    said = verdict(measurement(MORE, LESS, ks=(4,)))
    assert said.startswith(
        "The frozen meta agent improves a fresh agent more than the seed's does: +0.094 beside +0.040 "
    )
    assert said.endswith("at k = 4 (p 0.008 after correction).")


def test_a_worse_one_is_called_worse() -> None:
    assert "improves a fresh agent less than the seed's does" in verdict(measurement(LESS, MORE))


def test_a_null_result_is_called_one() -> None:
    said = verdict(measurement([0.02, 0.01] * 4, [0.01, 0.02] * 4))
    assert said.startswith("A null result: no difference beyond chance. At k = 4 the mean difference is +0.000, 95% ")
    assert "more seeds" not in said


def test_too_few_pairs_are_said_to_be_too_few() -> None:
    assert "With 3 pairs and 2 looks p cannot be below 0.500: more seeds are needed" in verdict(
        measurement(MORE[:3], LESS[:3])
    )


def test_the_page_has_figures_pairs_choice_and_record() -> None:
    page = imp_page(measurement(MORE, LESS))
    head = page[: page.index("<script>")]
    assert "From control:cartpole+pendulum to control:acrobot" in head
    for text in ("+0.062", ">40<", ">17<", "p (Holm)", "0.016", "ef" * 32, f"{3:064x}", "lag = 8", "0.6 to the power"):
        assert text in head, text
    assert "&lt;b&gt;lost" in head and "<b>lost" not in head
    assert "<i>" not in head


def test_the_file_has_what_the_page_has() -> None:
    found = json.loads(json.dumps(nullable(data(measurement(MORE, LESS)))))
    assert found["rows"][0]["corrected"] == 4 / 2**8
    assert found["taken"]["3"] == {
        "run": "from-3", "id": 23, "digest": "cd" * 32, "head": "ef" * 32, "without_history": "", "lessons_only": False,
        "changed": ["memory.py"], "growth": 0.0625, "descendants": 40, "scored": 17,
    }  # fmt: skip
    assert len(found["curves"]["frozen"]["0"]) == 5
    assert found["heads"]["seed"]["3"] == f"{3:064x}"


def test_gains_that_are_all_nothing_have_no_interval_of_a_rate() -> None:
    found = interval_over_runs([0.0, 0.0, 0.0])
    assert (found.low, found.high) == (0.0, 0.0)
    assert math.isnan(interval_over_runs([0.5]).low)
