"""The unit tests' properties run under the project's own profile."""

import properties  # noqa: F401 - importing it loads the profile
