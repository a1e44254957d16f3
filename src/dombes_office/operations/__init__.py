"""What the staff can do: one function for each act, inside one transaction that somebody else opens and commits."""
