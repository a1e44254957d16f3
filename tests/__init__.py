"""The tests mirror the package; `stories/` holds whole use cases through the real window."""
