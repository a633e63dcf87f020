"""What a host makes of the answers of a hostile genome."""

from hyperagent.contract import Failure, proposed
from meta import Patch
from sandbox_runner import Returned

EDIT = {"kind": "delete", "at": "task_agent:solve", "expect": ""}


def test_the_words_of_a_patch_are_cut_before_later_proposals_are_shown_them() -> None:
    words = {"title": "t" * 10**6, "hypothesis": "h" * 10**6, "operators": ["o" * 10**6] * 1000}
    found = proposed(Returned({"edits": [dict(EDIT)], **words}))
    assert isinstance(found, Patch)
    assert len(repr(found)) < 10_000
    assert found.edits


def test_a_patch_without_edits_is_a_failure_of_bounded_length() -> None:
    found = proposed(Returned({"edits": [], "title": "t" * 10**6}))
    assert isinstance(found, Failure)
    assert len(found.text) < 1000
