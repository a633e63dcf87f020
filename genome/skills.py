"""A library of skills: small functions that the agents call. Each has a purpose in its docstring and a test below it.

The meta agent adds what was found useful; a skill without a test does not belong here.
"""

import json
import re


def json_in(text):
    """The first JSON value in some words, or None."""
    decoder = json.JSONDecoder()
    for start in (match.start() for match in re.finditer(r'[\[{"\d-]|true|false|null', text)):
        try:
            return decoder.raw_decode(text, start)[0]
        except ValueError:
            continue
    return None


def test_json_in():
    """Words around it do not matter, and broken values are passed over."""
    assert json_in('so: {"a": [1, 2]} it is') == {"a": [1, 2]}
    assert json_in("{oops} but 7") == 7
    assert json_in("nothing here") is None


def code_in(text):
    """The last fenced block of some words, else the words themselves."""
    blocks = re.findall(r"```[\w+-]*\n(.*?)```", text, re.DOTALL)
    return blocks[-1].rstrip("\n") if blocks else text.strip()


def test_code_in():
    """The last block counts."""
    assert code_in("first\n```python\nx = 1\n```\nthen\n```\ny = 2\n```\n") == "y = 2"
    assert code_in(" bare ") == "bare"


def after(marker, text):
    """What follows the last line that begins with a marker, else the whole text."""
    found = re.split(rf"^{re.escape(marker)}", text, flags=re.MULTILINE)
    return found[-1].strip()


def test_after():
    """Without the marker all of it."""
    assert after("ANSWER:", "because\nANSWER: 4") == "4"
    assert after("ANSWER:", "4") == "4"
