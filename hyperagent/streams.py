"""Every random stream of a run, spawned from the run's seed, a purpose and a number."""

import zlib

import numpy as np


def stream_seed(run_seed: int, purpose: str, number: int = 0) -> int:
    """A seed below 2**63 for `random.Random`: `SeedSequence(run_seed, spawn_key=(purpose, number))`."""
    sequence = np.random.SeedSequence(run_seed, spawn_key=(named(purpose), number))
    high, low = sequence.generate_state(2, np.uint32)
    return (int(high) << 31) ^ int(low)


def named(text: str) -> int:
    """A number for a name, the same in every process."""
    return zlib.crc32(text.encode())
