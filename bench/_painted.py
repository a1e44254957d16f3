"""Watches for the first painting of a window."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from typing_extensions import override


class FirstPaint(QObject):
    """Says on the standard output that a window has been painted, with the Qt modules that are loaded; then quits."""

    def __init__(self, application: QCoreApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)
        self._seen = False

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched.isWidgetType() and not self._seen:
            self._seen = True
            QTimer.singleShot(0, self._say)  # The painting itself is still to come.
        return False

    def _say(self) -> None:
        sys.stdout.write(f"painted {' '.join(sorted(name for name in sys.modules if name.startswith('PySide6.Qt')))}\n")
        sys.stdout.flush()
        QTimer.singleShot(0, QCoreApplication.quit)
