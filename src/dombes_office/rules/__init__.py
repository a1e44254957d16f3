"""What is allowed, and what it means: pure functions and frozen rows; no Qt, no database, no clock, no disk."""
