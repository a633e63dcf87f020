"""A genome: names that mean the same on every system, exact bytes, and a digest of both."""

import hashlib

import pytest
from hypothesis import given
from strategies import genomes

from meta import Genome
from meta.genome import GenomeFileError

CLIMBING = ("../a.py", "a/../b.py", "..", ".", "./a.py", "a/./b.py", "a//b.py", "a/", "/etc/passwd", "/")
UNPORTABLE = ("a\\b.py", "C:a.py", "a\0.py", "a\n.py", "a?.py", "con.py", "lib/NUL", "a.", "a /b.py", "\ud800.py", "")


@pytest.mark.parametrize("name", CLIMBING + UNPORTABLE)
def test_a_name_that_leads_elsewhere_on_some_system_is_refused(name: str) -> None:
    with pytest.raises(GenomeFileError, match="file name"):
        Genome({name: ""})


@pytest.mark.parametrize("name", ["x" * 201, "\N{GRINNING FACE}" * 60])
def test_a_name_too_long_for_a_file_system_is_refused_by_its_bytes(name: str) -> None:
    with pytest.raises(GenomeFileError, match="at most 200"):
        Genome({name: ""})


@pytest.mark.parametrize("name", ["a.py", "pkg/a.py", ".hidden", "a..b", "console.py", "été.py", "with space.txt"])
def test_an_ordinary_name_is_kept(name: str) -> None:
    assert list(Genome({name: "1"})) == [name]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.py", "A.py"),
        ("straße", "STRASSE"),
        ("\u00e9.py", "e\u0301.py"),
        ("lib/a.py", "LIB/b.py"),
        ("lib", "Lib/a.py"),
    ],
)
def test_names_that_one_system_takes_for_the_same_are_refused(one: str, other: str) -> None:
    with pytest.raises(GenomeFileError, match="differ only in case"):
        Genome({one: "", other: ""})


def test_a_file_cannot_be_a_folder_too() -> None:
    with pytest.raises(GenomeFileError, match="'a' is both a file and a folder"):
        Genome({"a": "", "a/b.py": ""})


@pytest.mark.parametrize("files", [{1: "x"}, {1: "x", "a": "y"}, {b"a": "x"}, {"a": 3}, {"a": None}, {"a": "\ud800"}])
def test_what_is_not_text_or_bytes_is_refused(files: dict) -> None:  # type: ignore[type-arg]
    with pytest.raises(GenomeFileError):
        Genome(files)


def test_text_and_its_bytes_are_the_same_file() -> None:
    assert Genome({"a": "é"}) == Genome({"a": "é".encode()})


def test_a_file_reads_as_text_where_it_is_text_and_always_as_its_bytes() -> None:
    genome = Genome({"text": "é\r\n", "image": b"\x89\xff"})
    assert genome["text"] == "é\r\n" and genome["image"] == b"\x89\xff"
    assert genome.raw("text") == "é\r\n".encode() and genome.raw("image") == b"\x89\xff"


def test_a_file_is_written_and_removed_without_changing_the_genome_it_came_from() -> None:
    genome = Genome({"a": "1", "b": "2"})
    assert dict(genome.with_files({"a": None, "c": b"3", "nowhere": None})) == {"b": "2", "c": "3"}
    assert dict(genome) == {"a": "1", "b": "2"}


def test_the_digest_is_the_documented_one() -> None:
    lines = "".join(f"{name}\0{hashlib.sha256(text.encode()).hexdigest()}\n" for name, text in [("a", "1"), ("b", "2")])
    assert Genome({"b": "2", "a": "1"}).digest == hashlib.sha256(lines.encode()).hexdigest()


@given(genomes, genomes)
def test_genomes_are_equal_exactly_where_their_digests_are(one: Genome, other: Genome) -> None:
    assert (one == other) == (one.digest == other.digest) == (hash(one) == hash(other))


@given(genomes)
def test_a_genome_is_made_again_from_its_files(genome: Genome) -> None:
    assert Genome(dict(genome)) == genome == Genome({name: genome.raw(name) for name in reversed([*genome])})
