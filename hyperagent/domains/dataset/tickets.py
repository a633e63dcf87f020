"""A data set to begin with: made-up letters to a shop, by what their writers want. Ours, and free for any use."""

import random

from hyperagent.domains.dataset.table import Cell

WANTS = {
    "refund": (
        "I want my money back for the {thing}",
        "please refund the {thing}, it cost {amount:.0f}",
        "the {thing} was not what I ordered and I would like a refund",
        "you charged me twice for the {thing}",
    ),
    "repair": (
        "the {thing} is broken and does not start",
        "my {thing} stopped working after {days} days",
        "there is a crack in the {thing}, can it be mended",
        "the {thing} makes a noise and then stops",
    ),
    "question": (
        "how do I clean the {thing}?",
        "can you tell me when the {thing} will arrive?",
        "does the {thing} come with a manual?",
        "what is the size of the {thing}?",
    ),
}
THINGS = ("kettle", "lamp", "radio", "bicycle", "heater", "clock", "printer", "blender")
BEFORE = ("", "", "", "Hello, ")
AFTER = ("", "", " Thank you.", " Order {number}.")
SHARES = {"refund": 0.25, "repair": 0.3, "question": 0.45}
NOISE = 0.05


def tickets(seed: int, count: int) -> list[dict[str, Cell]]:
    """So many letters: message, amount paid, days since the order, customer; and the label `wants`.

    One label in twenty is wrong, so that no program is right about all of them.
    """
    rng = random.Random(f"tickets {seed}")
    return [ticket(rng) for _ in range(count)]


def ticket(rng: random.Random) -> dict[str, Cell]:
    """One letter."""
    wants = rng.choices(list(SHARES), list(SHARES.values()))[0]
    days = rng.randint(20, 400) if wants == "repair" else rng.randint(0, 60)
    amount = round(rng.lognormvariate(4.2 if wants == "refund" else 3.6, 0.6), 2)
    facts = {"thing": rng.choice(THINGS), "amount": amount, "days": days, "number": rng.randint(1000, 9999)}
    message = f"{rng.choice(BEFORE)}{rng.choice(WANTS[wants])}{rng.choice(AFTER)}".format(**facts)
    said = rng.choice(list(WANTS)) if rng.random() < NOISE else wants
    customer = rng.choice(("new", "known", "company"))
    return {"message": message, "amount": amount, "days": float(days), "customer": customer, "wants": said}
