"""Tests of the list page on a list that has nothing to do with requests."""
