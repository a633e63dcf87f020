"""Sources made to break whoever reads them are read in a jail: each costs one call, and the next one is served."""

from collections.abc import Iterator

import pytest

from hyperagent.contract import Built, Failure, build_call, built
from hyperagent.preloads import preloads
from hyperagent.seeds import seed_genome
from meta import Genome, Patch, Policy, Replace
from sandbox_runner import Done, Outcome, Pool
from tests.hyperagent.conftest import domain_with

DEEP, LONG = 100_000, 10_000_000
SOURCES = {
    "brackets": "x = " + "[" * DEEP + "]" * DEEP,
    "open brackets": "x = " + "(" * DEEP,
    "signs": "x = " + "-" * DEEP + "1",
    "attributes": "x = a" + ".b" * DEEP,
    "sums": "x = 1" + " + 1" * DEEP,
    "lambdas": "x = " + "lambda: " * DEEP + "1",
    "conditions": "x = " + "a if b else " * DEEP + "c",
    "branches": "if a: pass\n" + "elif a: pass\n" * DEEP,
    "indentation": "".join(" " * at + "if a:\n" for at in range(2_000)) + " " * 2_000 + "pass\n",
    "formats": "x = " + "f'{" * 1_000 + "1" + "}'" * 1_000,
    "decorators": "@a\n" * (DEEP // 5) + "def f(): pass\n",
    "statements": "x = 1\n" * (DEEP // 5),
    # As large as a file may be, so that the parser itself has to meet them.
    "brackets, nearly too many": "x = " + "[" * 99_000 + "]" * 99_000,
    "attributes, nearly too many": "x = a" + ".b" * 99_000,
    "sums, nearly too many": "x = 1" + " + 1" * 49_000,
    "lambdas, nearly too many": "x = " + "lambda: " * 24_000 + "1",
    "conditions, nearly too many": "x = " + "a if b else " * 16_000 + "c",
    "branches, nearly too many": "if a: pass\n" + "elif a: pass\n" * 15_000,
    "a number of many digits": "x = " + "9" * 190_000 + "\n",
    "a line of ten megabytes": "x = '" + "a" * LONG + "'\n",
    "a comment of ten megabytes": "#" + "a" * LONG + "\n",
    "a number of a million digits": "x = " + "9" * 1_000_000 + "\n",
    "an open string": "x = '''" + "a\n" * DEEP,
    "backslashes": "x = 1 + \\\n" * DEEP + "1\n",
    "NUL in the middle": "x = '\0'\n",
    "NUL at the end": "x = 1\n\0",
    "lone surrogate": b"x = '\xed\xa0\x80'\n",
    "BOM": "\ufeffx = 1\n",
    "two BOMs": "\ufeff\ufeffx = 1\n",
    "UTF-16": "x = 1\n".encode("utf-16"),
    "mixed newlines": "x = 1\r\ny = 2\rz = 3\n\x0cw = 4\n\ru = 5\r\n",
    "a codec that moves letters": "# coding: rot13\nk = 1\n",
    "a codec of seven bits": b"# coding: utf-7\nx = +AGE-\n",
    "a codec that is none": "# coding: no-such-codec\nx = 1\n",
    "noise": bytes(range(256)) * 40,
    "nothing": "",
}
# These are sound: strange, and Python all the same.
SOUND = {"BOM", "mixed newlines", "nothing", "decorators", "statements"}
POLICY = Policy()
Results = dict[str, list[Built | Failure]]


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2, preloads(domain_with())) as pool:
        yield pool


@pytest.fixture(scope="module")
def results(pool: Pool) -> Results:
    """What became of each source: as a file of a genome, and as the new text of a statement."""
    seed = seed_genome().with_files({"small.py": "x = 1\n"})
    jobs: dict[int, tuple[str, Genome]] = {}
    for name, source in SOURCES.items():
        genome = seed.with_files({"extra.py": source})
        jobs[pool.submit(build_call(genome, None, POLICY, [*seed]))] = name, genome
        if isinstance(source, str):
            patch = Patch((Replace("small:x", "x = 1", source),))
            jobs[pool.submit(build_call(seed, patch, POLICY, [*seed]))] = name, seed
    found: Results = {}
    for job, outcome in sorted(ended(pool, len(jobs)).items()):
        name, genome = jobs[job]
        found.setdefault(name, []).append(built(outcome, genome))
    return found


def ended(pool: Pool, count: int) -> dict[int, Outcome]:
    """The outcomes of all jobs that were submitted."""
    found: dict[int, Outcome] = {}
    while len(found) < count:
        events = pool.wait(90.0)
        assert events, "a build has not ended"
        found |= {event.job: event.outcome for event in events if isinstance(event, Done)}
    return found


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_made_to_break_its_reader_costs_one_build(
    results: dict[str, list[Built | Failure]], name: str
) -> None:
    for result in results[name]:
        assert isinstance(result, Built) or len(result.text) < 3_000
    as_a_file = results[name][0]
    unharmed = isinstance(as_a_file, Built) and not as_a_file.violations
    assert unharmed == (name in SOUND), as_a_file


def test_the_machinery_is_not_to_blame(results: Results) -> None:
    blamed = [result.text for found in results.values() for result in found if isinstance(result, Failure)]
    assert [text for text in blamed if "machinery" in text or "worker" in text] == []
    assert len(blamed) > 10


def test_after_all_that_a_sound_genome_is_built(pool: Pool, results: Results) -> None:
    assert results
    seed = seed_genome()
    pool.submit(build_call(seed, None, POLICY, []))
    [outcome] = ended(pool, 1).values()
    assert isinstance(built(outcome, seed), Built)
