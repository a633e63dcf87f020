"""Arithmetic with whole numbers."""

import random

from hyperagent.domains.repair.corpus.draw import cases, text
from hyperagent.domains.repair.corpus.entry import entries


def greatest_common_divisor(values: list[int]) -> int:
    """Return the largest number that divides every value, 0 for none."""
    divisor = 0
    for value in values:
        a, b = divisor, abs(value)
        while b > 0:
            a, b = b, a % b
        divisor = a
        if divisor == 1:
            break
    return divisor


def primes_up_to(limit: int) -> list[int]:
    """Return the primes from 2 to the limit, which is included."""
    prime = [True] * (limit + 1)
    found = []
    for number in range(2, limit + 1):
        if prime[number]:
            found.append(number)
            for multiple in range(number * number, limit + 1, number):
                prime[multiple] = False
    return found


def prime_factors(number: int) -> list[int]:
    """Return the prime factors of a number in ascending order, repeated ones repeated."""
    factors = []
    divisor = 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        else:
            divisor += 1
    if number > 1:
        factors.append(number)
    return factors


def power_modulo(base: int, exponent: int, modulus: int) -> int:
    """Return base to the exponent, modulo the modulus, by a squaring for each binary digit."""
    result = 1 % modulus
    for digit in bin(exponent)[2:]:
        result = result * result % modulus
        if digit == "1":
            result = result * base % modulus
    return result


def square_root(number: int) -> list[int]:
    """Return the largest whole number whose square is not larger, and the rest, by subtracting odd numbers."""
    root = 0
    odd = 1
    rest = number
    while rest >= odd:
        rest -= odd
        odd += 2
        root += 1
    return [root, rest]


def to_base(number: int, base: int) -> str:
    """Write a whole number in a base from 2 to 16, with a sign if it is negative."""
    digits = "0123456789abcdef"
    if number == 0:
        return "0"
    rest = abs(number)
    text = ""
    while rest > 0:
        text = digits[rest % base] + text
        rest //= base
    if number < 0:
        text = "-" + text
    return text


def from_base(text: str, base: int) -> int | None:
    """Read a whole number in a base from 2 to 16, or return None if the text is none."""
    digits = "0123456789abcdef"[:base]
    sign = 1
    if text[:1] == "-":
        sign = -1
        text = text[1:]
    if not text:
        return None
    number = 0
    for letter in text:
        digit = digits.find(letter)
        if digit < 0:
            return None
        number = number * base + digit
    return sign * number


def digital_root(number: int, base: int) -> list[int]:
    """Sum the digits until one is left; return it and how many sums that took."""
    rounds = 0
    while number >= base:
        total = 0
        while number > 0:
            total += number % base
            number //= base
        number = total
        rounds += 1
    return [number, rounds]


def collatz_peak(start: int) -> list[int]:
    """Return how many steps the 3n + 1 sequence takes to reach 1 and the largest number on the way."""
    number = start
    steps = 0
    peak = start
    while number != 1:
        if number % 2 == 0:
            number //= 2
        else:
            number = 3 * number + 1
        peak = max(peak, number)
        steps += 1
    return [steps, peak]


def leap_days(first: int, last: int) -> int:
    """Return how many leap years there are from the first to the last year, both included."""
    count = 0
    for year in range(first, last + 1):
        if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
            count += 1
    return count


def perfect_kind(number: int) -> str:
    """Say whether the proper divisors of a number add up to less than it, to it, or to more."""
    total = 0
    divisor = 1
    while divisor * divisor <= number:
        if number % divisor == 0:
            if divisor != number:
                total += divisor
            other = number // divisor
            if other != divisor and other != number:
                total += other
        divisor += 1
    if total == number:
        return "perfect"
    return "abundant" if total > number else "deficient"


def luhn_valid(number: str) -> bool:
    """Say whether the digits of a card number pass the Luhn check; spaces are skipped, one digit is too few."""
    total = 0
    seen = 0
    for letter in number[::-1]:
        if letter == " ":
            continue
        if letter < "0" or letter > "9":
            return False
        digit = int(letter)
        if seen % 2 == 1:
            digit *= 2
            if digit > 9:
                digit -= 9
        total += digit
        seen += 1
    return seen > 1 and total % 10 == 0


def _several(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[[]], [[0]], [[-6]], [[0, 4]], [[3, 5, 9]], [[12, 18]], [[7, 7]]]

    def one() -> list[object]:
        common = rng.randint(1, 12)
        return [[common * rng.randint(-12, 30) for _ in range(rng.randint(2, 4))]]

    return cases(edges, one)


def _limits(rng: random.Random) -> list[list[object]]:
    return cases([[0], [1], [2], [3], [4], [9], [25]], lambda: [rng.randint(5, 60)])


def _positive(rng: random.Random) -> list[list[object]]:
    return cases([[1], [2], [3], [4], [6], [9], [28]], lambda: [rng.randint(5, 200)])


def _powers(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[2, 0, 5], [3, 1, 1], [0, 3, 7], [5, 0, 1], [2, 2, 3], [7, 3, 10]]
    return cases(edges, lambda: [rng.randint(0, 20), rng.randint(0, 40), rng.randint(2, 30)])


def _squares(rng: random.Random) -> list[list[object]]:
    return cases([[0], [1], [2], [3], [4], [8], [9]], lambda: [rng.randint(5, 400)])


def _bases(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[0, 2], [1, 2], [2, 2], [-1, 10], [15, 16], [16, 16], [-255, 16]]
    return cases(edges, lambda: [rng.randint(-500, 2000), rng.randint(2, 16)])


def _written(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        ["", 2],
        ["-", 2],
        ["0", 2],
        ["2", 2],
        ["-101", 2],
        ["ff", 16],
        ["1-1", 10],
        ["--1", 10],
    ]
    return cases(edges, lambda: [rng.choice(["", "-"]) + text(rng, "01234567", 5), rng.choice([6, 7, 8, 10, 16])])


def _digits(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [[0, 10], [9, 10], [10, 10], [99, 10], [2, 2], [1, 2]]
    return cases(edges, lambda: [rng.randint(10, 9999), rng.choice([3, 8, 10])])


def _starts(rng: random.Random) -> list[list[object]]:
    return cases([[1], [2], [3], [4], [7]], lambda: [rng.randint(5, 26)], 18)


def _years(rng: random.Random) -> list[list[object]]:
    def one() -> list[object]:
        first = rng.choice([rng.randint(1590, 2010), rng.choice([1600, 1700, 1900, 2000]) - rng.randint(0, 8)])
        return [first, first + rng.randint(0, 14)]

    return cases([[2000, 2000], [1900, 1900], [2024, 2024], [2023, 2023], [2001, 2000], [1896, 1904]], one)


def _cards(rng: random.Random) -> list[list[object]]:
    edges: list[list[object]] = [
        [""],
        ["0"],
        ["00"],
        ["1 8"],
        ["59"],
        ["4539 3195 0343 6467"],
        ["18a"],
        ["1/8"],
        ["1:"],
    ]

    def one() -> list[object]:
        digits = text(rng, "0123456789", 8)
        last = [str(d) for d in range(10) if luhn_valid(digits + str(d))]
        return [digits + rng.choice([*last, str(rng.randint(0, 9))])]

    return cases(edges, one)


ENTRIES = entries(
    "numbers",
    {
        greatest_common_divisor: _several,
        primes_up_to: _limits,
        prime_factors: _positive,
        power_modulo: _powers,
        square_root: _squares,
        to_base: _bases,
        from_base: _written,
        digital_root: _digits,
        collatz_peak: _starts,
        leap_days: _years,
        perfect_kind: _positive,
        luhn_valid: _cards,
    },
)
