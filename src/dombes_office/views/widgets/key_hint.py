"""Key labels, alone or inside the button that the key presses ("Examiner  Entrée")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget
from typing_extensions import override

from dombes_office.views.icons import SMALL, icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import BODY, SECONDARY, SMALLEST, text_font

if TYPE_CHECKING:
    from PySide6.QtGui import QFont

_GAP, _HINT_GAP, _KEY_PADDING = 8, 9, 5


class KeyHint(QLabel):
    """A key, as a small label in a frame."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.setProperty("kind", "key")


class ActionButton(QPushButton):
    """A button that may carry an icon and the key that presses it.

    `kind` is "" (outlined), "primary", "quiet", "danger", "good" or "link". `keys` is the text of the key label
    ("Ctrl+Entrée"); `shortcut` binds it here, or is left empty when the page binds it elsewhere.
    """

    def __init__(
        self,
        text: str,
        *,
        kind: str = "",
        icon_name: str = "",
        keys: str = "",
        shortcut: str = "",
        size: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setProperty("kind", kind)
        if size:
            self.setProperty("scale", size)
        self._keys = keys
        self._icon_name = icon_name
        self._name_given = ""
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(text.replace("&", ""))
        if shortcut:
            self.setShortcut(QKeySequence(shortcut))

    @property
    def icon_name(self) -> str:
        """Phosphor's name of the icon, "" without one."""
        return self._icon_name

    def set_icon(self, name: str) -> None:
        """Change the icon."""
        self._icon_name = name
        self.update()

    def set_keys(self, keys: str) -> None:
        """Change the key label, "" for none."""
        self._keys = keys
        self.updateGeometry()
        self.update()

    @override
    def setText(self, text: str) -> None:
        # A shortcut given by hand would be lost: Qt binds the mnemonic of the new text in its place.
        bound = self.shortcut()
        super().setText(text)
        if not bound.isEmpty() and not bound.toString().startswith("Alt+"):
            self.setShortcut(bound)
        self.setAccessibleName(text.replace("&", ""))

    def _text_font(self) -> QFont:
        kind = self.property("kind")
        strong = kind in {"primary", "danger"} or (kind == "good" and self.isChecked())
        font = text_font(SECONDARY if kind == "link" else BODY, strong=strong)
        font.setUnderline(kind == "link")
        return font

    def _key_width(self) -> int:
        if not self._keys:
            return 0
        framed = self.property("kind") != "primary"
        font = text_font(SMALLEST)
        return QFontMetrics(font).horizontalAdvance(self._keys) + (2 * _KEY_PADDING if framed else 0)

    def _text_width(self) -> int:
        return QFontMetrics(self._text_font()).size(Qt.TextFlag.TextShowMnemonic, self.text()).width()

    def _content_width(self) -> int:
        width = self._text_width() + (SMALL + _GAP if self._icon_name and self.text() else 0)
        if self._icon_name and not self.text():
            width = SMALL
        return width + (_HINT_GAP + self._key_width() if self._keys else 0)

    @override
    def sizeHint(self) -> QSize:
        padding = {"link": 0, "primary": 26}.get(
            str(self.property("kind")), 18 if self.property("scale") == "panel" else 26
        )
        if not self.text():
            padding = 14
        return QSize(self._content_width() + padding, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self._paint_content(painter)
        painter.end()

    def text_role(self) -> str:
        """The palette role in which the text is drawn now."""
        kind = self.property("kind")
        if not self.isEnabled():
            return "text2"
        if kind == "good" and self.isChecked():
            return "good"
        return {"primary": "on_accent", "danger": "failure", "link": "accent"}.get(str(kind), "text")

    def _paint_content(self, painter: QPainter) -> None:
        """Icon, text and key label, together in the middle."""
        left = (self.width() - self._content_width()) // 2
        if self.property("kind") == "link":
            left = 0
        role = self.text_role()
        palette = current_palette()
        if self._icon_name:
            box = QRect(left, (self.height() - SMALL) // 2, SMALL, SMALL)
            icon(self._icon_name, role).paint(painter, box)
            left += SMALL + _GAP
        painter.setFont(self._text_font())
        painter.setPen(palette.color(role))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextShowMnemonic
        painter.drawText(QRect(left, 0, self._text_width() + 2, self.height()), int(flags), self.text())
        if self._keys:
            self._paint_keys(painter, left + self._text_width() + _HINT_GAP)

    def _paint_keys(self, painter: QPainter, left: int) -> None:
        """The key label: framed, or plain on the primary button, whose colour would drown a frame."""
        palette = current_palette()
        framed = self.property("kind") != "primary"
        painter.setFont(text_font(SMALLEST))
        height = 16
        box = QRect(left, (self.height() - height) // 2, self._key_width(), height)
        if framed:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(palette.color("border"))
            painter.setBrush(palette.color("raised"))
            painter.drawRoundedRect(box.toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            painter.setPen(palette.color("text2"))
        else:
            painter.setPen(palette.color(self.text_role()))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), self._keys)
