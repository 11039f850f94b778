"""What a person may do wrong or find broken, as one line: where, what, and what to do about it.

Everything else that is raised is our own mistake and shows a traceback.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of `mote`; `mote run` gives the guest's own code instead."""

    OK = 0
    FAILED = 1
    USAGE = 2
    NO_DEVICE = 3
    LINK = 4
    INCOMPATIBLE = 5
    SIGNATURE = 6
    INTERRUPTED = 130


class UserError(Exception):
    """Shown as one line, without a traceback: the person can act on it."""

    def __init__(self, what: str, where: str = "", remedy: str = "", code: int = ExitCode.FAILED) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.code = code

    def __str__(self) -> str:
        line = f"{self.where}: {self.what}" if self.where else self.what
        return f"{line}. {self.remedy}" if self.remedy else line


def reason(error: OSError) -> str:
    """The operating system's words for an error, without number and path."""
    return (error.strerror or str(error)).lower()
