"""Everything the staff sees: the only Qt package, one folder per screen."""
