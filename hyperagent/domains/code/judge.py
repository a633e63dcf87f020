"""The score of an answer to an exercise: its files beside the hidden tests, in clean jails, judged by data.

Python: the tests run in a process that no code of the answer enters (see jailed/near.py). Cases: what a program writes
is compared here. C test programs share a process with the answer, which is the weakest of the three; see
docs/code.md.
"""

import math
import re
import secrets
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as resources

from hyperagent.domain import Jail, JudgeFunction, Score, Task
from hyperagent.domains.code.exercises import FRAMEWORK, Exercise
from hyperagent.program import trusted
from sandbox_runner import Call, Limits, Module, Outcome, Plain, Returned, TimedOut

MOST_BYTES = 200_000
SHOWN_FAILURES = 6
START_SECONDS = 0.5
"""Processor time that a fresh process may take before the answer's own."""

ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
"""What differs from run to run in the words of a failure, and would make a run that cannot be repeated."""

PROGRAM = ("./program",)
MAIN = """#include <stdio.h>
static char word[80];
int hidden_main(int argc, char **argv);
int main(int argc, char **argv) {
    if (!fgets(word, sizeof word, stdin)) return 1;
    int status = hidden_main(argc, argv);
    if (status == 0) printf("\\n%s", word);
    return status;
}
"""
"""Runs the main function of a test program and says so: an end before its end is no pass."""


def code_judge(exercises: Mapping[str, Exercise], seconds: float, *, whole: bool) -> JudgeFunction:
    """A judge that gives the share of the tests that hold, or with `whole` 1 for all of them and else 0."""

    async def judge(task: Task, answer: object, jail: Jail) -> Score:
        exercise = exercises[task.id.partition("#")[0]]
        given = proper(exercise, answer)
        if isinstance(given, str):
            return 0.0, given
        verdicts = await tried(exercise, given, jail, seconds)
        held = sum(not verdict for verdict in verdicts)
        score = float(held == len(verdicts)) if whole else held / len(verdicts)
        failures = [ADDRESS.sub("0x...", verdict) for verdict in verdicts if verdict][:SHOWN_FAILURES]
        return score, "\n".join([f"{held} of {len(verdicts)} hidden tests hold", *failures])

    return judge


def proper(exercise: Exercise, answer: object) -> dict[str, bytes] | str:
    """The files of an answer, those of the exercise and no others, or why it is none."""
    if isinstance(answer, str) and len(exercise.files) == 1:
        answer = {next(iter(exercise.files)): answer}
    if not isinstance(answer, dict) or not all(isinstance(content, str) for content in answer.values()):
        return f"the answer is a {type(answer).__name__}, expected the text of {', '.join(exercise.files)}"
    strange = [name for name in answer if name not in exercise.files]
    if strange:
        return f"the answer has a file {strange[0]!r:.60}, expected {', '.join(exercise.files)}"
    try:
        encoded = {name: str(text).encode() for name, text in {**exercise.files, **answer}.items()}
    except UnicodeEncodeError:
        return "the answer is text that cannot be encoded"
    size = sum(map(len, encoded.values()))
    return encoded if size <= MOST_BYTES else f"the answer has {size} bytes, expected at most {MOST_BYTES}"


async def tried(exercise: Exercise, files: Mapping[str, bytes], jail: Jail, seconds: float) -> list[str]:
    """A verdict on each hidden test: "" if it holds, else why it does not."""
    verdicts: list[str] = []
    if exercise.names:
        verdicts += of_tests(exercise, await jail.submit(tests_call(exercise, files, seconds)))
    elif exercise.tests:
        for name in test_programs(exercise):
            word = secrets.token_hex(16)
            verdicts += of_program(name, word, await jail.submit(program_call(exercise, files, name, word, seconds)))
    if exercise.cases:
        verdicts += of_cases(exercise, await jail.submit(cases_call(exercise, files, seconds)))
    return verdicts


def tests_call(exercise: Exercise, files: Mapping[str, bytes], seconds: float) -> Call:
    """The Python tests, each with a process of the answer of its own."""
    modules = [name.removesuffix(".py").replace("/", ".") for name in files if name.endswith(".py")]
    put: dict[str, Plain] = {**exercise.beside, **files}
    names: list[Plain] = [[file, test] for file, test in exercise.names]
    return Call(
        entry="near:main",
        harness={name: harness(name) for name in ("near", "values")},
        arguments=([*modules], put, dict(exercise.tests), names, far(), seconds),
        limits=limits(len(names), seconds),
        profile="tools",
    )


def cases_call(exercise: Exercise, files: Mapping[str, bytes], seconds: float) -> Call:
    """The answer as a program, run once for each case."""
    put: dict[str, Plain] = {**exercise.beside, **files}
    language, names = exercise.language, list(exercise.files)
    build: list[Plain] = [*language.building(names)]
    inputs: list[Plain] = [[[*arguments], stdin.encode()] for arguments, stdin, _ in exercise.cases]
    return Call(
        entry="programs:main",
        harness={"programs": harness("programs")},
        arguments=([[put, build]], [*language.running(names)], not build, inputs, seconds),
        limits=limits(len(inputs), seconds),
        profile="tools",
    )


def test_programs(exercise: Exercise) -> list[str]:
    """The C files that have a main function, each a test; the others are linked to every one."""
    own = {name: source for name, source in exercise.tests.items() if not name.startswith(FRAMEWORK)}
    found = [name for name, source in own.items() if name.endswith(".c") and "main(" in source]
    return found or [next(iter(exercise.tests))]


def program_call(exercise: Exercise, files: Mapping[str, bytes], test: str, word: str, seconds: float) -> Call:
    """A C test program: the answer is compiled before the tests are there, and run after they are gone."""
    programs = test_programs(exercise)
    hidden: dict[str, Plain] = {**exercise.beside}
    hidden |= {name: text.encode() for name, text in exercise.tests.items() if name == test or name not in programs}
    common = [name for name in hidden if name.endswith(".c") and name != test]
    headers: dict[str, Plain] = {name: content for name, content in files.items() if name.endswith(".h")}
    sources = [name for name in files if name.endswith(".c")]
    compiled = [f"{name.replace('/', '_')}.o" for name in sources]
    stages: list[Plain] = [[{**files}, []]]
    stages += [[{}, ["gcc", "-O1", "-c", "-o", made, name]] for name, made in zip(sources, compiled, strict=True)]
    stages += [
        [{**headers, **hidden}, ["gcc", "-O1", "-I.", "-Dmain=hidden_main", "-c", "-o", "hidden.o", test]],
        [{"said.c": MAIN.encode()}, ["gcc", "-I.", "-o", "program", "said.c", "hidden.o", *common, *compiled, "-lm"]],
    ]
    return Call(
        entry="programs:main",
        harness={"programs": harness("programs")},
        arguments=(stages, [*PROGRAM], False, [[[], f"{word}\n".encode()]], seconds),
        limits=limits(1, seconds),
        profile="tools",
    )


def limits(count: int, seconds: float) -> Limits:
    """What all tests of an exercise may use together; the building of a program is in it."""
    whole = math.ceil(10 + count * (START_SECONDS + seconds))
    return Limits(wall_seconds=2 * whole, cpu_seconds=whole, memory_bytes=1 << 30, file_bytes=64 << 20)


def of_tests(exercise: Exercise, outcome: Outcome) -> list[str]:
    """The verdicts of the tests' own process."""
    match outcome:
        case Returned(value=list() as found) if len(found) == len(exercise.names):
            named = zip(exercise.names, found, strict=True)
            return [f"{test}: {verdict}" if verdict else "" for (_, test), verdict in named]
    return [ended(outcome)] * len(exercise.names)


def of_program(name: str, word: str, outcome: Outcome) -> list[str]:
    """Whether a test program came to its own end."""
    match outcome:
        case Returned(value=[[int(status), bytes(written), bytes(errors)]]):
            passed = status == 0 and written.endswith(f"\n{word}\n".encode())
            told = last_line(errors) or last_line(written)
            return ["" if passed else f"{name}: exit status {status} {told}".strip()]
        case Returned(value=str(fault)):
            return [f"{name}: cannot be built: {fault}"]
        case Returned():
            return [f"{name}: out of time"]
    return [ended(outcome)]


def of_cases(exercise: Exercise, outcome: Outcome) -> list[str]:
    """Whether what was written is what should have been, but for white space at the end."""
    match outcome:
        case Returned(value=list() as found) if len(found) == len(exercise.cases):
            return [
                verdict(k, case[2], ran) for k, (case, ran) in enumerate(zip(exercise.cases, found, strict=True), 1)
            ]
        case Returned(value=str(fault)):
            return [f"cannot be built: {fault}"] * len(exercise.cases)
    return [ended(outcome)] * len(exercise.cases)


def verdict(number: int, expected: str, ran: Plain) -> str:
    """The verdict on one case."""
    match ran:
        case [int(status), bytes(written), bytes(errors)]:
            found = written.decode(errors="replace")
            if status == 0 and found.rstrip() == expected.rstrip():
                return ""
            return f"case {number}: wrote {found!r:.80} with exit status {status} {last_line(errors)}".strip()
    return f"case {number}: out of time"


def ended(outcome: Outcome) -> str:
    """How a call without verdicts ended."""
    match outcome:
        case TimedOut(limit=limit):
            return f"out of {limit}"
        case Returned():
            return "no verdict on every hidden test"
        case _:
            return f"ended by {getattr(outcome, 'reason', None) or getattr(outcome, 'type', '')}"


def last_line(written: bytes) -> str:
    """The end of what a program wrote."""
    lines = written.decode(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else ""


@cache
def harness(name: str) -> Module:
    """A module of ours in the jail."""
    return trusted(source(name), f"<{name}>")


@cache
def far() -> str:
    """The program that serves the answer's modules."""
    values = f"values = type(sys)('values')\nexec({source('values')!r}, vars(values))\nsys.modules['values'] = values\n"
    return f"import sys\n{values}{source('far')}\n\nmain()\n"


def source(name: str) -> str:
    """The source of a module of this package that runs in jails."""
    return resources("hyperagent.domains.code").joinpath("jailed", f"{name}.py").read_text("utf-8")
