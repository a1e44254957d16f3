"""A button while its work runs: disabled, saying so, and as wide as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shiboken6

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton


class Busy:
    """A button that waits for its work: disabled, saying so, and as wide as before."""

    def __init__(self, button: QAbstractButton, words: str = "") -> None:
        self._button = button
        self._words = button.text()
        self._least, self._most = button.minimumWidth(), button.maximumWidth()
        self._enabled = button.isEnabled()
        self._had_focus = button.hasFocus()
        button.setFixedWidth(button.width())
        button.setEnabled(False)
        if words:
            button.setText(words)

    def end(self) -> None:
        """Give the button back; does nothing when its window has been closed meanwhile, or the second time."""
        button = self._button
        if not shiboken6.isValid(button) or not self._enabled:
            return
        self._enabled = False
        button.setText(self._words)
        button.setMinimumWidth(self._least)
        button.setMaximumWidth(self._most)
        button.setEnabled(True)
        if self._had_focus and button.window().focusWidget() is None:
            button.setFocus()


def busy(button: QAbstractButton, words: str = "") -> Busy:
    """Disable `button` until `end()` is called; `words` ("Envoi…") stand on it meanwhile."""
    return Busy(button, words)
