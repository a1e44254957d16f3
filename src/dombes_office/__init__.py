"""The back office of the family services: one package, built in floors from errors up to the command line."""
