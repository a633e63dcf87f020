"""Text: reading, writing and comparing it."""

import random

from hyperagent.domains.repair.corpus.draw import cases, text
from hyperagent.domains.repair.corpus.entry import entries


def is_palindrome(text: str) -> bool:
    """Say whether the letters and digits of a text read the same backwards, whatever their case."""
    left = 0
    right = len(text) - 1
    while left < right:
        if not text[left].isalnum():
            left += 1
        elif not text[right].isalnum():
            right -= 1
        elif text[left].lower() != text[right].lower():
            return False
        else:
            left += 1
            right -= 1
    return True


def run_lengths(text: str) -> str:
    """Write each run of a letter as the letter and, from two on, how often it is repeated."""
    result = ""
    start = 0
    for i in range(len(text)):
        if i + 1 == len(text) or text[i + 1] != text[start]:
            length = i + 1 - start
            result += text[start]
            if length > 1:
                result += str(length)
            start = i + 1
    return result


def expand_runs(text: str) -> str:
    """Undo a run-length encoding: a letter with a number after it stands for so many letters."""
    result = ""
    i = 0
    while i < len(text):
        letter = text[i]
        i += 1
        count = 0
        while i < len(text) and text[i].isdigit():
            count = count * 10 + int(text[i])
            i += 1
        result += letter * max(count, 1)
    return result


def caesar_shift(text: str, shift: int) -> str:
    """Shift each letter along the alphabet, around its end, and keep the case and everything else."""
    result = []
    for letter in text:
        if "a" <= letter <= "z":
            first = ord("a")
        elif "A" <= letter <= "Z":
            first = ord("A")
        else:
            result.append(letter)
            continue
        result.append(chr((ord(letter) - first + shift) % 26 + first))
    return "".join(result)


def common_prefix(words: list[str]) -> str:
    """Return the longest text that every word begins with."""
    if not words:
        return ""
    shortest = min(len(word) for word in words)
    for i in range(shortest):
        for word in words[1:]:
            if word[i] != words[0][i]:
                return words[0][:i]
    return words[0][:shortest]


def word_counts(text: str) -> dict[str, int]:
    """Count the words of a text in lower case; whatever is not a letter parts two words."""
    counts: dict[str, int] = {}
    word = ""
    for letter in text.lower() + " ":
        if letter.isalpha():
            word += letter
        elif word:
            counts[word] = counts.get(word, 0) + 1
            word = ""
    return counts


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral."""
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
    total = 0
    for i in range(len(numeral)):
        value = values[numeral[i]]
        if i + 1 < len(numeral) and value < values[numeral[i + 1]]:
            total -= value
        else:
            total += value
    return total


def roman_numeral(number: int) -> str:
    """Write a number from 1 to 3999 as a Roman numeral."""
    values = [1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1]
    numerals = ["M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"]
    result = ""
    for i in range(len(values)):
        while number >= values[i]:
            result += numerals[i]
            number -= values[i]
    return result


def find_all(text: str, pattern: str) -> list[int]:
    """Return every index at which the pattern begins, overlapping ones too; an empty pattern begins nowhere."""
    found: list[int] = []
    if not pattern:
        return found
    for start in range(len(text) - len(pattern) + 1):
        matched = 0
        while matched < len(pattern) and text[start + matched] == pattern[matched]:
            matched += 1
        if matched == len(pattern):
            found.append(start)
    return found


def prefix_table(pattern: str) -> list[int]:
    """For each position, the length of the longest proper prefix that is a suffix there (Knuth, Morris, Pratt)."""
    table = [0] * len(pattern)
    length = 0
    for i in range(1, len(pattern)):
        while length > 0 and pattern[i] != pattern[length]:
            length = table[length - 1]
        if pattern[i] == pattern[length]:
            length += 1
        table[i] = length
    return table


def unbalanced_bracket(text: str) -> int:
    """Return the index of the first bracket that does not match, the length if one is left open, or -1."""
    pairs = {")": "(", "]": "[", "}": "{"}
    opened = []
    for i in range(len(text)):
        if text[i] in "([{":
            opened.append(text[i])
        elif text[i] in pairs:
            if not opened or opened[-1] != pairs[text[i]]:
                return i
            opened.pop()
    if opened:
        return len(text)
    return -1


def longest_palindrome(text: str) -> str:
    """Return the longest stretch that reads the same backwards, the first of several."""
    best = ""
    for center in range(2 * len(text) - 1):
        left = center // 2
        right = left + center % 2
        while left >= 0 and right < len(text) and text[left] == text[right]:
            left -= 1
            right += 1
        if right - left - 1 > len(best):
            best = text[left + 1 : right]
    return best


def wrap_words(text: str, width: int) -> list[str]:
    """Break a text into lines of whole words no longer than the width, unless a single word is."""
    lines = []
    line = ""
    for word in text.split():
        if not line:
            line = word
        elif len(line) + 1 + len(word) <= width:
            line += " " + word
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return lines


def compare_versions(left: str, right: str) -> int:
    """Return -1, 0 or 1 as a version such as 1.10.2 comes before, equals or comes after another."""
    a = [int(part) for part in left.split(".")]
    b = [int(part) for part in right.split(".")]
    for i in range(max(len(a), len(b))):
        x = a[i] if i < len(a) else 0
        y = b[i] if i < len(b) else 0
        if x < y:
            return -1
        if x > y:
            return 1
    return 0


def _maybe_palindromes(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        half = text(rng, "abB1 ,", 4)
        return [rng.choice([half + half[::-1].upper(), "1" + half + half[::-1] + "2", half + text(rng, "abB1 ,", 3)])]

    return cases([[""], ["a"], ["ab"], ["aA"], [",a"], ["a,"], ["a b"], ["No lemon, no melon"]], one)


def _repetitive(rng: random.Random) -> list[list[object]]:
    return cases([[""], ["a"], ["aa"], ["ab"], ["aab"], ["abb"], ["aaaaaaaaaaaa"]], lambda: [text(rng, "ab", 10)])


def _encoded(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        return [
            "".join(rng.choice("abc") + rng.choice(["", "2", "3", "5", "10", "12"]) for _ in range(rng.randint(1, 4)))
        ]

    return cases([[""], ["a"], ["a2"], ["ab"], ["a12"], ["a2b"], ["ab3"], ["a1"]], one)


def _shifts(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["", 3], ["a", 1], ["z", 1], ["Z", 1], ["A", -1], ["a-z", 0], ["`{@[", 5], ["az", 26]]
    return cases(edges, lambda: [text(rng, "aAbmMyzZ !", 7), rng.randint(-30, 30)])


def _prefixes(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        start = text(rng, "ab", 4)
        return [[start + text(rng, "ab", 4) for _ in range(rng.randint(1, 4))]]

    return cases(
        [[[]], [[""]], [["ab"]], [["ab", "ab"]], [["ab", "a"]], [["a", "ab"]], [["a", "b"]], [["ab", ""]]], one
    )


def _sentences(rng: random.Random) -> list[list[object]]:
    words = ["a", "an", "A", "to", "be", "To", "x"]

    def one() -> list[object]:
        return ["".join(rng.choice(words) + rng.choice([" ", ", ", ".", "-", ""]) for _ in range(rng.randint(1, 6)))]

    return cases([[""], ["a"], ["a a"], [" a"], ["a "], ["a, A"], ["a1b"], ["..."]], one)


def _numerals(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["I"], ["IV"], ["VI"], ["IX"], ["MCMXCIV"], ["XL"], ["MM"]]
    return cases(edges, lambda: [roman_numeral(rng.randint(1, 3999))])


def _roman(rng: random.Random) -> list[list[object]]:
    return cases([[1], [3], [4], [5], [9], [40], [1994], [3999]], lambda: [rng.randint(1, 3999)])


def _patterns(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["", ""], ["a", ""], ["", "a"], ["a", "a"], ["aaa", "aa"], ["ab", "b"], ["a", "ab"]]
    return cases(edges, lambda: [text(rng, "ab", 9), text(rng, "ab", 3)])


def _brackets(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[""], ["("], [")"], ["()"], ["(]"], ["([)]"], ["{[()]}"], ["a(b)c"], ["(()"], ["())"]]

    def one() -> list[object]:
        inside = "".join(rng.choice(["()", "[]", "{}", "x", "(", "]"]) for _ in range(rng.randint(0, 3)))
        return [rng.choice(["({})", "[{}]", "{}", "x{}()", "[[{}]]"]).replace("{}", inside)]

    return cases(edges, one)


def _texts(rng: random.Random) -> list[list[object]]:
    return cases([[""], ["a"], ["ab"], ["aa"], ["aba"], ["abba"], ["xabay"]], lambda: [text(rng, "abc", 9)])


def _paragraphs(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [["", 5], ["a", 1], ["ab", 1], ["a b", 3], ["a b", 2], ["ab cd ef", 5], ["  a  b ", 9]]
    return cases(edges, lambda: [" ".join(text(rng, "xy", 5) for _ in range(rng.randint(1, 6))), rng.randint(3, 9)])


def _versions(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        ["1", "1"],
        ["1", "1.0"],
        ["1", "1.0.1"],
        ["1.10", "1.9"],
        ["2.0", "10.0"],
        ["0.1", "0"],
    ]

    def one() -> list[object]:
        parts = [rng.choice(["0", "1", "2", "10"]) for _ in range(rng.randint(1, 3))]
        other = parts[: rng.randint(1, 3)] + [rng.choice(["0", "1"]) for _ in range(rng.randint(0, 2))]
        return rng.sample([".".join(parts), ".".join(other)], 2)

    return cases(edges, one)


ENTRIES = entries(
    "strings",
    {
        is_palindrome: _maybe_palindromes,
        run_lengths: _repetitive,
        expand_runs: _encoded,
        caesar_shift: _shifts,
        common_prefix: _prefixes,
        word_counts: _sentences,
        roman_value: _numerals,
        roman_numeral: _roman,
        find_all: _patterns,
        prefix_table: _repetitive,
        unbalanced_bracket: _brackets,
        longest_palindrome: _texts,
        wrap_words: _paragraphs,
        compare_versions: _versions,
    },
)
