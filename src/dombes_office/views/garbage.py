"""Collects Python's garbage in the window's thread only, between two events.

Python looks for unreachable cycles whenever it has allocated enough: in the middle of a paint event, or in a lane's
thread. A window that is part of such a cycle would then be destroyed while it paints itself, or by the wrong thread,
and Qt answers both with a crash. (Seen: a table destroyed during its own painting, the import of the icon font having
started the collection.)
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

PAUSE = 1000
"""Milliseconds between two looks at how much garbage there may be."""


class GarbageCollection(QObject):
    """Takes the collection over from Python until `stop`; make one at start, the application being its parent."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_on = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self, interval=PAUSE)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect the oldest generation that is due, by Python's own thresholds."""
        ages = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [age for age, (count, limit) in enumerate(ages) if count > limit]
        if due:
            gc.collect(max(due))

    def stop(self) -> None:
        """Give the collection back to Python."""
        self._timer.stop()
        if self._was_on:
            gc.enable()
