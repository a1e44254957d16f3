"""The database and its guards, on real servers."""
