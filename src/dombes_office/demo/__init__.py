"""Believable, invented data, and the guided tour."""
