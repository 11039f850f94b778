"""Problems that the person at the keyboard can solve: shown as one line, without a traceback."""


class Problem(Exception):
    """What failed, where, and what to do about it, in one line."""
