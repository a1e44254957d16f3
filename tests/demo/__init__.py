"""Tests of the demonstration's people, papers and data."""
