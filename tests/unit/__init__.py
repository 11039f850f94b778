"""Unit tests of the firmware in C, reported one by one."""
