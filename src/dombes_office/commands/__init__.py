"""The commands, one file for each subject; cli.py is the door to them."""

DONE, REFUSED, WRONG_USAGE, OUTAGE, INTERRUPTED = 0, 1, 2, 3, 130
"""What the exit status tells. A bug counts as an outage: the same command may work later, or with another version."""

NBSP = "\u00a0"
"""The no-break space of `rules.french`, whose other needs cost the start 13 ms."""
