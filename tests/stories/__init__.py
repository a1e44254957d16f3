"""Stories: a clerk at the real window on a real PostgreSQL, clicking and typing; what she sees and what is stored."""
