"""The examination of one request: its pieces, the file itself, what is known of the family, and the decision."""
