"""The command of the build under test, for this room."""

from support.motert import motert  # noqa: F401  (a fixture)
