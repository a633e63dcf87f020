"""The repository's own packages come first, and Hypothesis has two profiles: short for every run, long for fuzzing."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# The folders below tests/ bear the names of the packages, and `genome` is no installed package.
sys.path.insert(0, str(Path(__file__).parents[1]))

quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("short", max_examples=40, deadline=None, suppress_health_check=quiet, derandomize=True)
settings.register_profile("long", max_examples=2000, deadline=None, suppress_health_check=quiet)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
