"""Makes a dialog of fixed width as high as its sentences become when they wrap; Qt's own guess is off by lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


def fit_height(window: QWidget) -> None:
    """Fix the height of a window whose width is fixed, once all stands in its layout."""
    layout = window.layout()
    if layout is not None:
        window.ensurePolished()
        layout.activate()
        window.setFixedHeight(layout.totalHeightForWidth(window.width()))
