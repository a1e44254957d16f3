"""The windows, driven as a person drives them, with plain functions in place of the database."""
