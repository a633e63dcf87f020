"""The built-in domain `dataset`: labels for the rows of a table, by a program or by a language model.

`dataset:FILE.csv`, `.jsonl` and `.parquet` bring rows of your own; `dataset` alone makes letters to a shop. A task is a
handful of rows; its score is the metric over them.
"""

import math
import re
import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from hyperagent.domain import Domain, Score, Task
from hyperagent.domains.dataset.features import features
from hyperagent.domains.dataset.metrics import OF_LABELS, accuracy, mean_absolute_error
from hyperagent.domains.dataset.table import Table, read_rows, table
from hyperagent.domains.dataset.tickets import tickets
from hyperagent.domains.sources import source
from hyperagent.errors import DomainError, UsageError
from sandbox_runner import Limits

__all__ = ["domain"]

LIMITS = Limits(wall_seconds=60.0, cpu_seconds=5, memory_bytes=256 << 20, steps=1_000_000)
LETTERS = 900
MAE = "mae"
MOST_LABELS = 20

LISTED = '''

def all_weights():
    """The weights of the features, in order, for each label."""
    return [
{}    ]
'''

SCALED = '''

def scaled(number):
    """A sum as the number that is wanted, for which 0 stands for the median of the training rows."""
    return {!r} + {!r} * number
'''


def domain(
    argument: str | None = None,
    *,
    label: str = "",
    inputs: str = "",
    metric: str = "",
    split: str = "",
    rows: int = 60,
    seed: int = 0,
) -> Domain:
    """The domain of the rows in the file `argument`, or of made letters.

    `label` is the column to be predicted (by default the last), `inputs` are those to predict it from, with commas
    (by default all others), `metric` is accuracy, macro_f1, kappa or mae, `split` is a column that says train,
    validation or test (else rows are dealt out by `seed`), `rows` is how many there are in a task.
    """
    if metric and metric not in (*OF_LABELS, MAE):
        raise UsageError(f"metric is {metric!r}, expected one of {', '.join(OF_LABELS)}, {MAE}")
    if rows < 2:
        raise UsageError(f"rows is {rows}, expected at least 2 in a task")
    where = argument or "dataset"
    found = tickets(seed, LETTERS) if argument is None else read_rows(Path(argument))
    wanted = [name.strip() for name in inputs.split(",") if name.strip()]
    numeric = None if not metric else metric == MAE
    data = table(where, found, label or list(found[0])[-1], wanted, split, numeric, seed)
    return Data(where, data, metric or (MAE if data.numeric else "accuracy"), rows).domain()


class Data:
    """A table as tasks, with what a program needs to know of it and how its predictions are scored."""

    def __init__(self, where: str, data: Table, metric: str, rows: int) -> None:
        self._where, self._data, self._metric, self._rows = where, data, metric, rows
        train = data.splits["train"]
        if not train:
            raise DomainError(f"{where}: no row for training, expected some")
        self._features = features([data.rows[number] for number in train])
        known = [data.labels[number] for number in train]
        self._labels = [str(label) for label, _ in Counter(known).most_common()] if not data.numeric else []
        if len(self._labels) > MOST_LABELS:
            raise DomainError(
                f"{where}: {len(self._labels)} labels, expected at most {MOST_LABELS}; is the column right?"
            )
        numbers = [label for label in known if isinstance(label, float)]
        self._middle = statistics.median(numbers) if numbers else 0.0
        self._spread = statistics.fmean(abs(n - self._middle) for n in numbers) or 1.0 if numbers else 1.0

    def domain(self) -> Domain:
        """The domain."""
        splits = {split: list(self._tasks(split, numbers)) for split, numbers in self._data.splits.items()}
        tasks = [task for made in splits.values() for task in made]
        return Domain(
            "dataset" if self._where == "dataset" else f"dataset:{self._where}",
            tasks,
            self.score,
            seed=self.agent(),
            splits={split: [task.id for task in made] for split, made in splits.items()},
            limits=LIMITS,
            worst=-1.0 if self._metric in (MAE, "kappa") else 0.0,
            about=f"{self._where}: the score is {self._named()}; on the test rows: {self._beside(splits['test'])}",
        )

    def score(self, task: Task, answer: object) -> Score:
        """The metric over the rows of a task, and how many predictions were not of the right form."""
        assert isinstance(task.target, list)
        if not isinstance(answer, list) or len(answer) != len(task.target):
            return (
                -1.0 if self._metric in (MAE, "kappa") else 0.0
            ), f"expected a list of {len(task.target)} predictions"
        predictions = [self._prediction(one) for one in answer]
        odd = sum(one is None for one in predictions)
        value = self._value(task.target, predictions)
        right = "" if self._data.numeric else f", {round(accuracy(task.target, predictions) * len(answer))} right"  # type: ignore[arg-type]
        return value, f"{self._named()} {value:.3f} on {len(answer)} rows{right}, {odd} not of the right form"

    def agent(self) -> str:
        """The seed agent with a named weight, 0, for each feature and label, and functions that list and scale them."""
        groups = [constants(label, [name for name, _ in self._features]) for label in self._labels or ["estimate"]]
        if len({name for group in groups for name in group}) < len(groups) * len(groups[0]):
            groups = [[f"WEIGHT_{k}_{j}" for j in range(len(groups[0]))] for k in range(len(groups))]
        rows = "".join(f"        [{', '.join(group)}],\n" for group in groups)
        head, marker, rest = source(__name__, "seed_agent.py").partition("\n\n\ndef solve")
        zeros = "\n".join(f"{name} = 0" for group in groups for name in group)
        return f"{head}\n\n{zeros}{marker}{rest}{LISTED.format(rows)}{SCALED.format(self._middle, self._spread)}"

    def _tasks(self, split: str, numbers: Sequence[int]) -> list[Task]:
        count = max(1, round(len(numbers) / self._rows))
        made = [numbers[k::count] for k in range(count)] if numbers else []
        return [self._task(f"{split}-{k}", group) for k, group in enumerate(made, 1)]

    def _task(self, id: str, numbers: Sequence[int]) -> Task:
        rows = [dict(self._data.rows[number]) for number in numbers]
        shown = {
            "rows": rows,
            "features": [[measure(row) for _, measure in self._features] for row in rows],
            "names": [name for name, _ in self._features],
            "labels": self._labels,
        }
        return Task(id, shown, [self._data.labels[number] for number in numbers])

    def _prediction(self, found: object) -> str | float | None:
        """A prediction if it is of the right form: a number, or one of the labels."""
        if self._data.numeric:
            good = isinstance(found, (int, float)) and not isinstance(found, bool) and math.isfinite(found)
            return float(found) if good else None  # type: ignore[arg-type]
        text = found.strip() if isinstance(found, str) else f"{found:g}" if isinstance(found, float) else str(found)
        return text if text in self._labels else None

    def _value(self, labels: Sequence[object], predictions: Sequence[object]) -> float:
        if self._metric != MAE:
            metric: Callable[..., float] = OF_LABELS[self._metric]
            return metric(labels, predictions)
        error = mean_absolute_error(labels, predictions, 2 * self._spread * 10)  # type: ignore[arg-type]
        return max(-1.0, 1 - error / self._spread)

    def _named(self) -> str:
        return "1 - mae / that of the median" if self._metric == MAE else self._metric

    def _beside(self, tasks: Sequence[Task]) -> str:
        """What one answer for all rows gets: the median, or the usual label."""
        answer: object = self._middle if self._data.numeric else self._labels[0]
        found = [
            self._value(task.target, [answer] * len(task.target)) for task in tasks if isinstance(task.target, list)
        ]
        name = "the median" if self._data.numeric else f"{answer!r} for all"
        return f"{name} {statistics.fmean(found) if found else math.nan:.3f}"


def constants(label: str, features: Sequence[str]) -> list[str]:
    """The names of the weights of a label, as far as letters and figures go."""
    words = [re.findall(r"[A-Z0-9]+", f"{label} {feature}".upper()) for feature in features]
    return ["_".join(["W", *found] if not found or found[0][0].isdigit() else found) for found in words]
