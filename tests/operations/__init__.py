"""What the staff can do, against the real database."""
