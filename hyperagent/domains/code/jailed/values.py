"""Values between hidden tests and an answer, as JSON: data by its exact type, everything else as a number for it.

Runs on both sides. What is read here from the answer's side may be anything: it makes plain data or an exception.
"""

import datetime
import decimal
import fractions
import json

SCALARS = (type(None), bool, int, float, str)
SERIES = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}
TEXTS = {
    "bytes": (bytes, bytes.hex, bytes.fromhex),
    "complex": (complex, str, complex),
    "fraction": (fractions.Fraction, str, fractions.Fraction),
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "datetime": (datetime.datetime, datetime.datetime.isoformat, datetime.datetime.fromisoformat),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "time": (datetime.time, datetime.time.isoformat, datetime.time.fromisoformat),
}
LONGEST = 4 << 20


def encoded(value, reference):
    """The value as JSON data; `reference(value)` gives that of what is no data."""
    kind = type(value)
    if kind in SCALARS:
        return value
    if kind is dict:
        return ["dict", [[encoded(key, reference), encoded(item, reference)] for key, item in value.items()]]
    for name, series in SERIES.items():
        if kind is series:
            return [name, [encoded(item, reference) for item in value]]
    for name, (type_, write, _) in TEXTS.items():
        if kind is type_:
            return [name, write(value)]
    return reference(value)


def decoded(data, referred):
    """The value of JSON data; `referred(data)` gives what a reference stands for."""
    if not isinstance(data, list):
        return data
    name, content = data[0], data[1]
    if name == "dict":
        return {decoded(key, referred): decoded(item, referred) for key, item in content}
    if name in SERIES:
        return SERIES[name](decoded(item, referred) for item in content)
    if name in TEXTS:
        return TEXTS[name][2](content)
    return referred(data)


def written(message):
    """A message as a line of bytes."""
    return json.dumps(message).encode() + b"\n"


def read(line):
    """The message of a line; ValueError for anything that is none."""
    if len(line) > LONGEST or not line.endswith(b"\n"):
        raise ValueError("no whole message")
    return json.loads(line)
