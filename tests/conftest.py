"""Settings of all tests."""

import os

from hypothesis import settings

# A build is red for the change it tests, not for the luck of a draw; by hand every run draws anew.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
