"""`python -m mote` is the same as the command `mote`."""

import sys

from mote.cli import main

if __name__ == "__main__":
    sys.exit(main())
