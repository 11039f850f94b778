"""The official test suite, run through the driver."""
