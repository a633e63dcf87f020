"""What is remembered across generations and inherited by children: lessons, and definitions that have helped.

LESSONS are {topic: [tries, wins]}; LEARNED_UNTIL is the last generation that they know of. KNOWN are texts of the task
agent's definitions by address, as they stood where a gain had come from them. The meta agent rewrites all three in its
own genome.
"""

from genome.definitions import definitions, text_of

LESSONS = {}
LEARNED_UNTIL = 0
KNOWN = {}
MOST_KNOWN = 24
LONGEST_KNOWN = 4000
FADING = 0.9
DOUBT = 1.0
EVERYTHING = "everything"
TASK = "task_agent:"
MOST_LESSONS = 120


def add(lessons, topic, won):
    """Count one more try of a topic."""
    tries, wins = lessons.get(topic, (0.0, 0.0))
    return update(lessons, topic, [tries + 1.0, wins + float(won)])


def merge(lessons, others):
    """Add up what two memories know."""
    for topic, (tries, wins) in others.items():
        mine = lessons.get(topic, (0.0, 0.0))
        lessons = update(lessons, topic, [mine[0] + tries, mine[1] + wins])
    return lessons


def update(lessons, topic, counts):
    """Replace what is known of a topic."""
    return {**lessons, topic: counts}


def delete(lessons, topic):
    """Drop a topic."""
    return {key: counts for key, counts in lessons.items() if key != topic}


def forget(lessons):
    """Let every lesson fade, and drop the faintest where there are too many."""
    faded = {topic: [round(tries * FADING, 2), round(wins * FADING, 2)] for topic, (tries, wins) in lessons.items()}
    kept = sorted(faded, key=lambda topic: -faded[topic][0])[:MOST_LESSONS]
    return {topic: faded[topic] for topic in sorted(kept)}


def weight(lessons, topic):
    """How often a topic won, over how often it would have as an average one; close to 1 while there is little evidence.

    DOUBT is how many wins the evidence must outweigh.
    """
    tries, wins = lessons.get(topic, (0.0, 0.0))
    all_tries, all_wins = lessons.get(EVERYTHING, (0.0, 0.0))
    expected = tries * (all_wins + DOUBT) / (all_tries + 10 * DOUBT)
    return (wins + DOUBT) / (expected + DOUBT)


def learned(history, familiar=True):
    """The lessons of this memory, if the task agent is a familiar one, and of all in the history that came after."""
    lessons = LESSONS if familiar else {}
    for child in history:
        if child["id"] > LEARNED_UNTIL:
            for topic in [EVERYTHING, *child["operators"]]:
                lessons = add(lessons, topic, child["gain"] > 0)
    return lessons


def is_familiar(files):
    """Whether the lessons were learned on a task agent like this one: it has one of the definitions they tell of.

    Every task agent has `solve`, which says nothing.
    """
    told = {topic for topic in LESSONS if topic.startswith(TASK) and topic != f"{TASK}solve"}
    here = {f"{TASK}{name}" for name, _ in definitions(files.get("task_agent.py", ""))}
    return not told or bool(told & here)


def known(individuals, history):
    """KNOWN with the definitions of these individuals, each with id, score and files, that gained in their lines.

    Where two have a definition, that of the higher score counts.
    """
    found = dict(KNOWN)
    for one in sorted(individuals, key=lambda one: one["score"]):
        for address in gainful(one["id"], history):
            text = text_of(address.removeprefix(TASK), one["files"].get("task_agent.py", ""))
            if text is not None and len(text) <= LONGEST_KNOWN:
                found = update({key: known for key, known in found.items() if key != address}, address, text)
    return dict([*found.items()][-MOST_KNOWN:])


def gainful(id, history):
    """The task agent's definitions that an individual or one it descends from gained by, the oldest first."""
    found = []
    for child in reversed(history):
        if child["id"] == id:
            id = child["parent"]
            found += [topic for topic in child["operators"] if child["gain"] > 0 and topic.startswith(TASK)]
    return dict.fromkeys(reversed(found))
