"""What planners and administrators do with the catalogue."""
