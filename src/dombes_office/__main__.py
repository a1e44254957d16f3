"""`python -m dombes_office` is the command line."""

import sys

from dombes_office.cli import main

if __name__ == "__main__":
    sys.exit(main())
