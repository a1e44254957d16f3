"""Tests of the documents on the screen."""
