"""Uploaded files: what each one really is, and its pages read by a separate process that can be killed."""
