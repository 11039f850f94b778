"""What the tests of WASI share."""

from support.motert import motert  # noqa: F401  (a fixture)
