"""Tests of the Python package behind the command `mote`."""
