"""Uploaded files: what each one really is, and its pages read by a separate process that can be killed."""

RENDERER_CHILD = "--renderer-child"
"""The argument with which a bundle starts its own program as the reading process."""
