"""How many examples the property tests try: one profile for every run, a longer one for a quiet hour.

Importing it is enough. The usual profile draws the same examples on every machine, so that a red build can be repeated;
`HYPOTHESIS_PROFILE=thorough` draws fresh ones, and ten times as many where a test names no number of its own.
"""

import os

from hypothesis import HealthCheck, settings

SLOW_ON_PURPOSE = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)
"""An example is often a whole afternoon of several people; its wall time says nothing."""

settings.register_profile(
    "usual", derandomize=True, deadline=None, database=None, max_examples=100, suppress_health_check=SLOW_ON_PURPOSE
)
settings.register_profile("thorough", parent=settings.get_profile("usual"), derandomize=False, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def examples(usual: int) -> settings:
    """For a test whose examples are dear: so many in the usual run, ten times as many in a thorough one."""
    thorough = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
    return settings(max_examples=usual * 10 if thorough else usual)
