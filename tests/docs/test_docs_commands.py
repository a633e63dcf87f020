"""docs/commands.md is current."""

from pathlib import Path

from commands_page import page


def test_the_page_of_commands_is_made_from_the_commands() -> None:
    assert (Path(__file__).parents[2] / "docs" / "commands.md").read_text("utf-8") == page()
