"""Lessons in words, inherited by children: added, merged, updated, deleted, found by relevance, and forgotten.

A note is {"text", "evidence": ids of individuals, "strength", "at": the generation that last confirmed it}. It fades
with the generations by the forgetting curve and is made strong again by being confirmed.
"""

import json
import math
import re

NOTES = []
MOST_NOTES = 40
LONGEST = 400
SAME = 0.6
MEMORY = 60.0
FAINT = 0.05


def added(notes, text, evidence, now):
    """The notes with one more; one that says the same already is confirmed instead."""
    new = {"text": text[:LONGEST], "evidence": list(evidence), "strength": 1.0, "at": now}
    for index, old in enumerate(notes):
        if likeness(old["text"], text) >= SAME:
            return updated(notes, index, merged(old, new))
    return [*notes, new]


def merged(old, new):
    """Two notes that say the same as one: the newer words, the evidence of both, and more strength than either."""
    evidence = sorted({*old["evidence"], *new["evidence"]})
    return {**new, "evidence": evidence, "strength": old["strength"] + new["strength"]}


def updated(notes, index, note):
    """The notes with one of them replaced."""
    return [*notes[:index], note, *notes[index + 1 :]]


def deleted(notes, text):
    """The notes without those that say so."""
    return [note for note in notes if likeness(note["text"], text) < SAME]


def retention(note, now):
    """How much of a note is left, from its strength down to 0: exp(-age / (MEMORY * strength)) of it."""
    age = max(0, now - note["at"])
    return note["strength"] * math.exp(-age / (MEMORY * note["strength"]))


def forgotten(notes, now):
    """The notes that are not too faint, at most MOST_NOTES of them, the firmest."""
    kept = [note for note in notes if retention(note, now) >= FAINT]
    return sorted(kept, key=lambda note: -retention(note, now))[:MOST_NOTES]


def relevant(notes, text, now, most=8):
    """The notes that share the most words with a text, weighed by how firm they are; without a common word none."""
    worth = {index: likeness(note["text"], text) * retention(note, now) for index, note in enumerate(notes)}
    best = sorted((index for index in worth if worth[index] > 0), key=lambda index: -worth[index])[:most]
    return [notes[index] for index in best]


def likeness(one, other):
    """The share of the words of the shorter text that are in the other too."""
    first, second = words(one), words(other)
    return len(first & second) / max(1, min(len(first), len(second)))


def words(text):
    """The longer words of a text, in small letters."""
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}


def source(notes):
    """The text of NOTES that holds these notes."""
    return f"NOTES = {json.dumps(notes, indent=4)}"
