"""What the test rooms share: where things lie, the builds under test, the driver and its oracle."""
