"""Rows with a label: read from CSV, JSON lines or Parquet, and dealt out to splits by seed or by a column."""

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from hyperagent.domain import SPLITS
from hyperagent.errors import DomainError

Cell: TypeAlias = float | str | None
Row: TypeAlias = Mapping[str, Cell]
SHARES = {"train": 0.25, "validation": 0.4, "test": 0.35}
FEW_LABELS = 12


@dataclass(frozen=True)
class Table:
    """What is shown of each row, and its label: text, or a number where `numeric`."""

    rows: Sequence[Row]
    labels: Sequence[str | float]
    splits: Mapping[str, Sequence[int]]

    @property
    def numeric(self) -> bool:
        """Whether the labels are numbers to be estimated."""
        return isinstance(self.labels[0], float)


def read_rows(path: Path) -> list[dict[str, Cell]]:
    """The rows of a file, numbers as numbers; `DomainError` names the line that is not as it must be."""
    if path.suffix not in (".csv", ".jsonl", ".parquet"):
        raise DomainError(f"{path}: expected a file NAME.csv, NAME.jsonl or NAME.parquet")
    rows = from_parquet(path) if path.suffix == ".parquet" else from_text(path)
    if not rows:
        raise DomainError(f"{path}: no rows, expected some")
    return rows


def from_text(path: Path) -> list[dict[str, Cell]]:
    """The rows of a CSV file, or of one with a JSON object a line."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return from_csv(path, file.read()) if path.suffix == ".csv" else from_lines(path, file.read())
    except (OSError, UnicodeDecodeError) as error:
        raise DomainError(f"{path}: cannot be read: {error}") from None


def from_parquet(path: Path) -> list[dict[str, Cell]]:
    """The rows of a Parquet file; what is neither number nor text becomes text."""
    try:
        from pyarrow.parquet import ParquetFile
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        wanted = "Parquet needs pyarrow, which is not installed: pip install 'hyperagent[parquet]'"
        raise DomainError(f"{path}: {wanted}") from None
    try:
        with ParquetFile(path) as file:
            rows = file.read().to_pylist()
    # pyarrow's own errors are among these.
    except (OSError, ValueError, NotImplementedError) as error:
        raise DomainError(f"{path}: cannot be read: {error}") from None
    return [{name: plain_cell(value) for name, value in row.items()} for row in rows]


def from_csv(path: Path, text: str) -> list[dict[str, Cell]]:
    """The rows of a CSV file with a line of names."""
    reader = csv.reader(text.splitlines(keepends=True))
    names = next(reader, [])
    if len(set(names)) < len(names) or not all(names):
        raise DomainError(f"{path}:1: the columns are {', '.join(names)}, expected names that differ")
    rows = []
    for row in reader:
        if row and len(row) != len(names):
            raise DomainError(f"{path}:{reader.line_num}: {len(row)} cells, expected {len(names)}")
        if row:
            rows.append({name: cell(value) for name, value in zip(names, row, strict=True)})
    return rows


def from_lines(path: Path, text: str) -> list[dict[str, Cell]]:
    """The rows of a file with a JSON object on each line."""
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line) if line.strip() else {}
        except ValueError as error:
            raise DomainError(f"{path}:{number}: is no JSON: {error}") from None
        if not isinstance(row, dict):
            raise DomainError(f"{path}:{number}: is {line[:60]}, expected a JSON object")
        if row:
            rows.append({str(name): plain_cell(value) for name, value in row.items()})
    return rows


def cell(text: str) -> Cell:
    """A cell of a CSV file as a number if it is one, None if it is empty."""
    try:
        return float(text) if text else None
    except ValueError:
        return text


def plain_cell(value: object) -> Cell:
    """A value of a JSON object or a Parquet file as a number, text, or None."""
    match value:
        case None | str():
            return value
        case bool() | list() | dict():
            return json.dumps(value, default=str)
        case int() | float() | Decimal():
            return float(value)
    return str(value)


def table(
    where: str, rows: Sequence[Row], label: str, inputs: Sequence[str], split: str, numeric: bool | None, seed: int
) -> Table:
    """The rows with the column `label` taken out, and the columns `inputs` left in (all, if there are none)."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    for name in (label, *inputs, *([split] if split else [])):
        if name not in names:
            raise DomainError(f"{where}: no column {name!r}, expected one of {', '.join(names)}")
    shown = inputs or [name for name in names if name not in (label, split)]
    missing = next((number for number, row in enumerate(rows, 1) if row.get(label) is None), None)
    if missing is not None:
        raise DomainError(f"{where}: row {missing} has no {label}, expected a label")
    labels = labels_of(where, [row[label] for row in rows], label, numeric)
    dealt = by_column(where, rows, split) if split else by_seed(len(rows), seed)
    return Table([{name: row.get(name) for name in shown} for row in rows], labels, dealt)


def labels_of(where: str, values: Sequence[Cell], label: str, numeric: bool | None) -> list[str] | list[float]:
    """The labels as numbers or as text; unless it is said, numbers with many values are numbers."""
    numbers = [value for value in values if isinstance(value, float)]
    if numeric is None:
        numeric = len(numbers) == len(values) and len(set(numbers)) > FEW_LABELS
    if not numeric:
        return [f"{value:g}" if isinstance(value, float) else str(value).strip() for value in values]
    if len(numbers) < len(values):
        raise DomainError(f"{where}: {label} is not a number in every row, as the metric needs")
    return numbers


def by_column(where: str, rows: Sequence[Row], split: str) -> dict[str, list[int]]:
    """The splits that a column names."""
    found: dict[str, list[int]] = {name: [] for name in SPLITS}
    for number, row in enumerate(rows):
        name = str(row.get(split))
        if name not in found:
            raise DomainError(f"{where}: row {number + 1} has the split {name!r}, expected one of {', '.join(SPLITS)}")
        found[name].append(number)
    return found


def by_seed(count: int, seed: int) -> dict[str, list[int]]:
    """Splits drawn by a seed, in the shares of `SHARES`."""
    order = random.Random(f"rows {seed}").sample(range(count), count)
    first, second = round(count * SHARES["train"]), round(count * (SHARES["train"] + SHARES["validation"]))
    return {"train": order[:first], "validation": order[first:second], "test": order[second:]}
