"""Tests of the ahead-of-time compiler."""
