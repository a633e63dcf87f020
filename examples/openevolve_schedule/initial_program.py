"""Which of the jobs that wait is done next on one machine, in the layout of OpenEvolve."""


# EVOLVE-BLOCK-START
def urgency(minutes, weight):
    """The job of the highest urgency goes first."""
    return weight * minutes


# EVOLVE-BLOCK-END


def order(jobs):
    """The jobs, pairs of minutes and weight, in the order in which they are done."""
    return sorted(jobs, key=lambda job: -urgency(*job))
