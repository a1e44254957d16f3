"""The rules: tables of examples and properties."""
