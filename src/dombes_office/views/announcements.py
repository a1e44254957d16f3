"""Who changed what: one signal that screens listen to, fed by this desk's own acts and by the notices of others."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Announcements(QObject):
    """`changed` carries the subject ("access_request"): a hint to read again, no more."""

    changed = Signal(str)
