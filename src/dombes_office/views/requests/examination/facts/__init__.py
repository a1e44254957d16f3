"""What is known, at the right: the child, the family, and what the checks said."""
