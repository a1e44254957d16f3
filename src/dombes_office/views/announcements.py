"""Who changed what: one signal that screens listen to, fed by this desk's own acts and by the notices of others."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

EVERYTHING = "*"
"""The subject where changes may have been missed: whatever is shown may be out of date."""


class Announcements(QObject):
    """`changed` carries the subject ("access_request", any table's name, or `EVERYTHING`): a hint to read again."""

    changed = Signal(str)
