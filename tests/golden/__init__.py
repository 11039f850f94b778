"""Golden tests: what motert says, word for word."""
