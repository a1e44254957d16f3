"""What every window owes to those who use a keyboard or a screen reader, checked by walking through its controls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QTextEdit,
    QWidget,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTROLS = (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
)
_INNER_PARTS = (QAbstractSpinBox, QComboBox, QHeaderView, QTabBar)
"""Qt builds small controls inside these; it answers for them itself."""


def controls(root: QWidget) -> Iterator[QWidget]:
    """The controls on screen below `root`."""
    for widget in [root, *root.findChildren(QWidget)]:
        inside = widget.parentWidget()
        if (
            isinstance(widget, _CONTROLS)
            and not isinstance(widget, QHeaderView)
            and not isinstance(inside, _INNER_PARTS)
            and not (widget.objectName().startswith("qt_") or type(widget).__name__ == "QTableCornerButton")
            and widget.isVisibleTo(root)
        ):
            yield widget


def spoken_name(widget: QWidget) -> str:
    """What a screen reader calls a control."""
    return QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name).strip()


def reached_by_tab(root: QWidget) -> set[QWidget]:
    """All that Tab goes through in the window of `root`, in as many steps as there are widgets."""
    reached: set[QWidget] = set()
    widget: QWidget | None = root.window()
    for _ in range(len(root.window().findChildren(QWidget)) + 1):
        widget = None if widget is None else widget.nextInFocusChain()
        if widget is None or widget in reached:
            break
        reached.add(widget)
    return {w for w in reached if w.focusPolicy() & Qt.FocusPolicy.TabFocus}


def assert_accessible(root: QWidget) -> None:
    """Every control on screen below `root` has a name, and Tab reaches every one that is enabled.

    Of radio buttons only the chosen one takes part, and a control may ask to be left out by the property "by_key_only"
    where a key of its own reaches it.
    """
    found = list(controls(root))
    assert found, "there is no control here at all"
    nameless = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in found if not spoken_name(widget)]
    assert not nameless, f"controls without a name: {nameless}"
    reached = reached_by_tab(root)
    lost = [
        spoken_name(widget)
        for widget in found
        if widget.isEnabled()
        and widget not in reached
        and not isinstance(widget, QRadioButton)
        and not widget.property("by_key_only")
    ]
    assert not lost, f"Tab does not reach: {lost}"
