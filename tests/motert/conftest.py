"""What the tests of the command motert share."""

from support.motert import motert  # noqa: F401  (a fixture)
