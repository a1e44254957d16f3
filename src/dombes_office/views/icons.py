"""Icons by name and colour role: Phosphor's glyphs once signed in, a few shipped drawings before that.

Colours are read when an icon is painted, so icons follow a change of scheme without being made again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from typing_extensions import override

from dombes_office import settings
from dombes_office.views.palette import Role, current_palette

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = 16
"""The size of an icon in logical pixels; navigation uses 18, an empty state 32."""


class _RoleIcon(QIconEngine):
    """Draws one shape in the colour that its role has now; a disabled icon is half as strong."""

    def __init__(self, role: str, draw: Callable[[QPainter, QRect, QColor], None]) -> None:
        super().__init__()
        self._role = role
        self._draw = draw

    @override
    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = current_palette()
        painter.save()
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(0.55)
        self._draw(painter, rect, palette.color(self._role))
        painter.restore()

    @override
    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return pixmap

    @override
    def clone(self) -> QIconEngine:
        return _RoleIcon(self._role, self._draw)


@cache
def _phosphor() -> tuple[str, dict[str, str]]:
    """The family of the glyph font and its characters by name; reading it costs 0.2 s, so the first icon pays."""
    # Imported late: qtawesome costs 0.15 to 0.2 s and the sign-in window does without it.
    from importlib.resources import files  # noqa: PLC0415

    from qtawesome.iconic_font import IconicFont  # noqa: PLC0415

    # The folder is named because QtAwesome would otherwise install all its fonts into the user's Windows folder.
    folder = str(files("qtawesome") / "fonts")
    font = IconicFont(("ph", "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json", folder))
    return str(font.fontname["ph"]), dict(font.charmap["ph"])


@cache
def icon(name: str, role: str = Role.TEXT) -> QIcon:
    """Phosphor's icon `name` ("check-circle", "warning-fill") in the colour of `role`, a field of `Palette`.

    Raises KeyError for a name that the font does not have.
    """
    family, characters = _phosphor()
    character = characters[name]

    def draw(painter: QPainter, rect: QRect, color: QColor) -> None:
        font = QFont(family)
        font.setPixelSize(rect.height())
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        painter.setFont(font)
        painter.setPen(color)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, character)

    return QIcon(_RoleIcon(role, draw))


@cache
def shipped_icon(name: str, role: str = Role.TEXT) -> QIcon:
    """Our own drawing `resources/icons/<name>.svg`, for windows that open before Phosphor is loaded.

    In the drawing, `currentColor` stands for the role's colour and `#fff` for what is cut out of it.
    """
    source = settings.resource(f"icons/{name}.svg").read_text(encoding="utf-8")

    def draw(painter: QPainter, rect: QRect, color: QColor) -> None:
        coloured = source.replace("currentColor", color.name()).replace("#fff", current_palette().on_accent)
        svg = QSvgRenderer(QByteArray(coloured.encode()))
        svg.render(painter, QRectF(rect))

    return QIcon(_RoleIcon(role, draw))


@cache
def application_icon() -> QIcon:
    """The application's drop, for title bars and the task bar."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        svg = QSvgRenderer(str(settings.resource("icons/dombes-office.svg")))
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        svg.render(painter)
        painter.end()
        made.addPixmap(pixmap)
    return made
