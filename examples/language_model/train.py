"""A language model of one hidden layer that sees a few letters and guesses the next; prints its loss on new text."""

import numpy
from corpus import text

LETTERS = sorted(set(text(0, 400)))
UPDATES = 300

# EVOLVE-BLOCK-START
CONTEXT = 1
WIDTH = 16
BATCH = 32
RATE = 0.03
DECAY = 0.0


def rate(update):
    """The step size of an update."""
    return RATE * (1.0 - DECAY * update / UPDATES)


def hidden(sums):
    """What the hidden units make of their sums, and its slope."""
    return numpy.tanh(sums), 1.0 - numpy.tanh(sums) ** 2


# EVOLVE-BLOCK-END


def examples(seed, sentences):
    """Contexts as rows of ones and zeros, and the number of the letter that follows each."""
    numbers = numpy.array([LETTERS.index(letter) for letter in text(seed, sentences)])
    one_hot = numpy.eye(len(LETTERS))[numbers]
    count = len(numbers) - CONTEXT
    return numpy.hstack([one_hot[k : k + count] for k in range(CONTEXT)]), numbers[CONTEXT:]


def guessed(inputs, weights):
    """The probabilities of each letter, the hidden units and their slope."""
    units, slope = hidden(inputs @ weights[0])
    scores = units @ weights[1]
    powers = numpy.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True), units, slope


def loss(inputs, letters, weights):
    """The mean surprise at the letters, in bits."""
    return -numpy.log2(guessed(inputs, weights)[0][numpy.arange(len(letters)), letters] + 1e-12).mean()


def train():
    """The weights after so many updates."""
    rng = numpy.random.default_rng(0)
    inputs, letters = examples(1, 300)
    weights = [rng.normal(0, 0.3, (inputs.shape[1], WIDTH)), rng.normal(0, 0.3, (WIDTH, len(LETTERS)))]
    for update in range(UPDATES):
        rows = rng.integers(0, len(letters), BATCH)
        error, units, slope = guessed(inputs[rows], weights)
        error[numpy.arange(BATCH), letters[rows]] -= 1.0
        back = (error @ weights[1].T) * slope
        weights[1] -= rate(update) * units.T @ error
        weights[0] -= rate(update) * inputs[rows].T @ back
    return weights


if __name__ == "__main__":
    print("validation_loss:", loss(*examples(2, 60), train()))
