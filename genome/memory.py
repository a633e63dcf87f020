"""What is remembered across generations: lessons as {topic: [tries, wins]}, inherited by children.

The meta agent rewrites LESSONS in its own genome; LEARNED_UNTIL is the last generation that they know of.
"""

LESSONS = {}
LEARNED_UNTIL = 0
FADING = 0.9
DOUBT = 1.0
EVERYTHING = "everything"
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


def learned(history):
    """The lessons of this memory and of everything in the history that came after them."""
    lessons = LESSONS
    for child in history:
        if child["id"] > LEARNED_UNTIL:
            for topic in [EVERYTHING, *child["operators"]]:
                lessons = add(lessons, topic, child["gain"] > 0)
    return lessons
