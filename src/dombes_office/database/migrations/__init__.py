"""The revisions of the tables; Alembic finds them by path."""
