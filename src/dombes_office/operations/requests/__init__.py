"""Requests for access: reading the queue, opening a dossier, deciding, undoing, and telling what happened."""
