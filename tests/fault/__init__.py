"""Faults and hostile input: nothing crashes, hangs, leaks, or takes more memory than it may."""
