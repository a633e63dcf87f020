"""What is wrong with a candidate edit: trusted code, in a clean jail where the operator was a stranger's."""

from collections.abc import Mapping
from typing import Any

from meta import Genome, Patch, PatchError, apply
from meta.places import places

EXPECTED = {
    "applies": "every candidate edit applies and gives source that parses",
    "changes": "every candidate edit changes something",
    "outside": "a candidate edit changes nothing outside its target",
}


def main(_api: object, text: str, offers: list[dict[str, Any]]) -> list[list[str] | None]:
    """In a jail: the fault of each offer, None where there is none."""
    return [fault(text, offer) for offer in offers]


def fault(text: str, offer: Mapping[str, Any]) -> list[str] | None:
    """The law that a candidate edit of the definition in `text` breaks, the text that it makes and why."""
    genome = Genome({"m.py": text})
    try:
        patch = Patch.from_plain({"edits": offer["edits"]})
        new = str(apply(genome, patch)["m.py"])
    except PatchError as error:
        return [EXPECTED["applies"], text, str(error)]
    if new == text:
        return [EXPECTED["changes"], new, "the text is the same as before"]
    start, end = span(text, offer["target"])
    inside = len(new) >= start + len(text) - end
    if not (inside and new.startswith(text[:start]) and new.endswith(text[end:])):
        return [EXPECTED["outside"], new, f"the target reads {text[start:end]!r}"]
    return None


def span(text: str, target: str) -> tuple[int, int]:
    """From where to where a target may change: the innermost expression or statement that it is or lies in."""
    around = [p for p in places("m.py", text.encode()) if target == p.at or target.startswith((f"{p.at}.", f"{p.at}/"))]
    innermost = max(around, key=lambda place: len(place.at), default=None)
    return (innermost.start, innermost.end) if innermost else (0, len(text))
