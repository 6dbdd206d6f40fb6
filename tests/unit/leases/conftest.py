"""The lease tests are properties; they run under the project's own profile."""

import properties  # noqa: F401 - importing it loads the profile
