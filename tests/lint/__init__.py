"""Rules of the house that a program can check by reading the tree."""
