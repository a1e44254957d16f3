"""The one look of the application: Fusion, the shipped fonts and one style sheet made from the palette.

Screens set the property "kind" on a widget (see `KINDS`) and never write a style sheet of their own.
"""

from __future__ import annotations

import sys
from string import Template

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QProxyStyle, QStyle, QStyleOption, QWidget
from typing_extensions import override

from dombes_office import settings
from dombes_office.views.palette import DARK, LIGHT, Palette, to_qpalette

TITLE, PANEL_TITLE, BODY, MEDIUM, SECONDARY, SMALLEST, FIGURE = 14.25, 11.25, 9.75, 9.375, 9.0, 8.25, 18.0
"""Sizes of type, in points so that they follow the scale of the screen."""

BUTTON_HEIGHT, FILTER_HEIGHT, PANEL_BUTTON_HEIGHT = 30, 28, 26
ROW_HEIGHT, DENSE_ROW_HEIGHT, TOUCH_ROW_HEIGHT, HEADER_HEIGHT = 32, 29, 39, 28
MARGIN_LEFT, MARGIN_RIGHT = 20, 16
"""Sizes in logical pixels."""

_SHEET = Template("""
QWidget { font-size: 9.75pt; }
QToolTip { background: $raised; color: $text; border: 1px solid $control; padding: 4px 6px; }
QLabel[kind="title"] { font-size: 14.25pt; font-weight: 600; }
QLabel[kind="panel-title"] { font-size: 11.25pt; font-weight: 600; }
QLabel[kind="name"] { font-size: 11.25pt; font-weight: 600; }
QLabel[kind="typed"] { font-family: "$mono"; font-size: 12pt; }
QLabel[kind="mono-small"] { font-family: "$mono"; font-size: 8.25pt; }
QLabel[kind="failure-title"] { font-weight: 600; color: $failure; }
QFrame[kind="failure-box"] { background: $failure_soft; border: none; border-radius: 4px; }
QFrame[kind="verdict"] { background: $surface; border: none; border-top: 1px solid $border; }
QListView[kind="pieces"] { background: transparent; border: none; outline: 0; }
QLabel[kind="figure"] { font-size: 18pt; font-weight: 600; }
QLabel[kind="section"] { font-size: 9pt; font-weight: 600; color: $text2; }
QLabel[kind="strong"] { font-weight: 600; }
QLabel[kind="context"] { color: $text2; }
QLabel[kind="secondary"] { font-size: 9pt; color: $text2; }
QLabel[kind="field-error"] { font-size: 9pt; color: $failure; }
QLabel[kind="mono"], QLineEdit[kind="mono"] { font-family: "$mono"; }
QLabel[kind="key"] { font-size: 8.25pt; color: $text2; background: $raised; border: 1px solid $border;
    border-radius: 3px; padding: 0 4px; }
QFrame[kind="surface"] { background: $surface; border: none; }
QFrame[kind="raised"] { background: $raised; border: none; }
QFrame[kind="line"] { background: $border; border: none; }
QFrame[kind="card"] { background: $surface; border: 1px solid $border; border-radius: 6px; }
QFrame[kind="outage"], QFrame[kind="notice"] { background: $verify_soft; border: none;
    border-bottom: 1px solid $border; }
QFrame[kind="refusal"] { background: $failure_soft; border: none; border-bottom: 1px solid $border; }
QFrame[kind="tabs"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[kind="panel"] { background: $raised; border: none; }
QFrame[kind="part"] { background: $raised; border: none; border-top: 1px solid $border; }
QFrame[kind="undo"] { background: $raised; border: none; border-top: 1px solid $border; }
QFrame[kind="frame"] { background: $window; border: none; }
QFrame[kind="menu-row"] { background: $window; border: none; border-bottom: 1px solid $border; }
QListView[kind="pages"] { background: transparent; border: none; }
QFrame[kind="filters"] { background: $surface; border: none; border-bottom: 1px solid $border; }
QFrame[kind="navigation"] { background: $window; border: none; border-right: 1px solid $border; }
QPushButton { background: $surface; color: $text; border: 1px solid $control; border-radius: 4px; padding: 0 12px;
    min-height: 28px; }
QPushButton[scale="panel"] { min-height: 24px; padding: 0 8px; }
QPushButton:hover, QToolButton[kind="filter"]:hover { background: $hover; }
QPushButton:pressed { background: $select; }
QPushButton:checked { background: $accent_soft; border-color: $accent; }
QPushButton:disabled { color: $text2; background: $raised; border-color: $border; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border: 1px solid $accent; font-weight: 600; }
QPushButton[kind="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[kind="primary"]:disabled { background: $neutral_soft; color: $text2; border-color: $border; }
QPushButton[kind="danger"] { color: $failure; border-color: $failure; font-weight: 600; }
QPushButton[kind="danger"]:checked { background: $failure_soft; border-color: $failure; }
QPushButton[kind="good"]:checked { background: $good_soft; color: $good; border-color: $good; font-weight: 600; }
QPushButton[kind="quiet"], QToolButton[kind="quiet"] { background: transparent; border: 1px solid transparent; }
QPushButton[kind="quiet"]:hover, QToolButton[kind="quiet"]:hover { background: $hover; border-radius: 4px; }
QPushButton[kind="quiet"]:disabled { color: $text2; }
QPushButton[kind="link"] { background: transparent; color: $accent; border: none; padding: 0; min-height: 18px;
    font-size: 9pt; text-decoration: underline; }
QToolButton[kind="filter"] { background: $surface; border: 1px solid $control; border-radius: 4px; }
QToolButton[kind="filter"][active="true"] { background: $accent_soft; border-color: $accent; }
QToolButton[kind="status"] { background: transparent; border: none; color: $text2; font-size: 9pt; padding: 0 4px; }
QToolButton[kind="status"]:hover { color: $text; }
QToolButton::menu-indicator { image: none; }
QLineEdit, QPlainTextEdit, QComboBox, QDateEdit, QSpinBox { background: $surface; color: $text;
    border: 1px solid $control; border-radius: 4px; padding: 0 8px; min-height: 26px;
    selection-background-color: $accent; selection-color: $on_accent; }
QPlainTextEdit { padding: 4px; }
QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled { background: $raised; color: $text2;
    border-color: $border; }
QLineEdit[kind="large"], QComboBox[kind="large"], QPushButton[scale="large"] { min-height: 32px; }
QLineEdit[invalid="true"], QPlainTextEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $failure; }
QComboBox::drop-down { border: none; width: 28px; }
QComboBox::down-arrow { image: url("$caret"); width: 16px; height: 16px; }
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $control;
    background: $surface; }
QCheckBox::indicator { border-radius: 3px; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QRadioButton::indicator:checked { background: $accent; border-color: $accent; image: url("$dot"); }
QMenu { background: $surface; border: 1px solid $control; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 28px; border-radius: 4px; color: $text; }
QMenu::item:selected { background: $select; color: $text; }
QMenu::item:disabled { color: $text2; }
QMenu::separator { height: 1px; background: $border; margin: 4px 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 7px; border: 1px solid $control; border-radius: 3px; }
QMenu::indicator:exclusive { border-radius: 8px; }
QMenu::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QMenuBar { background: transparent; }
QMenuBar::item { padding: 6px 9px; border-radius: 4px; background: transparent; color: $text; }
QMenuBar::item:selected { background: $accent_soft; color: $text; }
QMenuBar::item:disabled { color: $text2; }
QTableView { background: $surface; border: none; selection-background-color: $select; selection-color: $text; }
QHeaderView { background: $raised; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="raised"] { border: none; background: $raised; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $control; border-radius: 3px; margin: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text2; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: none; }
QSplitter::handle { background: $border; }
QStatusBar { background: $window; border-top: 1px solid $border; }
QStatusBar::item { border: none; }
QDialog, QMessageBox { background: $surface; }
""")


def text_family() -> str:
    """The family of all text: the system's own on Windows, the shipped one elsewhere."""
    return "Segoe UI" if sys.platform == "win32" else "Open Sans"


def mono_family() -> str:
    """The family in which IBANs are read, all digits of one width."""
    return "Consolas" if sys.platform == "win32" else "DejaVu Sans Mono"


def text_font(points: float = BODY, *, strong: bool = False) -> QFont:
    """The text font for painting code, in points."""
    font = QFont(text_family())
    font.setPointSizeF(points)
    font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
    # Said aloud, since a painter fills in what a font leaves open from the widget that it paints on.
    font.setUnderline(False)
    return font


def mono_font(points: float = SECONDARY) -> QFont:
    """The fixed-width font for painting code, in points."""
    font = QFont(mono_family())
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    return font


def style_sheet(palette: Palette) -> str:
    """The style sheet in the colours of `palette`."""
    scheme = "dark" if palette == DARK else "light"
    drawings = {
        name: settings.resource(f"icons/style-{name}-{scheme}.svg").as_posix() for name in ("caret", "check", "dot")
    }
    return _SHEET.substitute(palette.as_names(), mono=mono_family(), **drawings)


class _OfficeStyle(QProxyStyle):
    """Fusion with room around a control for the focus ring."""

    @override
    def pixelMetric(
        self, metric: QStyle.PixelMetric, option: QStyleOption | None = None, widget: QWidget | None = None
    ) -> int:
        if metric in {QStyle.PixelMetric.PM_FocusFrameHMargin, QStyle.PixelMetric.PM_FocusFrameVMargin}:
            return 3
        return super().pixelMetric(metric, option, widget)


class Look(QObject):
    """Keeps the application in the colours of the system, or of the scheme that was asked for."""

    def __init__(self, app: QApplication, scheme: Qt.ColorScheme) -> None:
        super().__init__(app)
        self._app = app
        self._wanted = scheme
        app.setStyle(_OfficeStyle("Fusion"))
        app.styleHints().colorSchemeChanged.connect(self.follow)

    def want(self, scheme: Qt.ColorScheme) -> None:
        """Choose light or dark; `Unknown` follows the system."""
        self._wanted = scheme
        self._app.styleHints().setColorScheme(scheme)
        self.follow(self._app.styleHints().colorScheme())

    @Slot(Qt.ColorScheme)
    def follow(self, system: Qt.ColorScheme) -> None:
        """Put on the colours for the system's scheme, unless another one was asked for."""
        if high_contrast():
            # Windows' own contrast themes are chosen by people who need them: nothing of ours goes on top.
            self._app.setPalette(self._app.style().standardPalette())
            self._app.setStyleSheet("")
            return
        scheme = system if self._wanted == Qt.ColorScheme.Unknown else self._wanted
        palette = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
        self._app.setPalette(to_qpalette(palette))
        self._app.setStyleSheet(style_sheet(palette))


def high_contrast() -> bool:
    """Whether Windows shows one of its contrast themes."""
    if sys.platform == "win32":
        # Windows only, and needed once per change of scheme.
        import ctypes  # noqa: PLC0415

        class HighContrast(ctypes.Structure):
            _fields_ = (("size", ctypes.c_uint), ("flags", ctypes.c_uint), ("scheme", ctypes.c_wchar_p))

        get_high_contrast, is_on = 0x0042, 0x1
        asked = HighContrast(ctypes.sizeof(HighContrast), 0, None)
        ctypes.windll.user32.SystemParametersInfoW(get_high_contrast, asked.size, ctypes.byref(asked), 0)
        return bool(asked.flags & is_on)
    return False


def apply_style(app: QApplication, scheme: Qt.ColorScheme = Qt.ColorScheme.Unknown) -> Look:
    """Dress the application; calling it again changes the scheme. `Unknown` follows the system."""
    look = app.findChild(Look)
    if look is None:
        load_fonts()
        app.setFont(text_font())
        look = Look(app, scheme)
    look.want(scheme)
    return look


def load_fonts() -> None:
    """Make the shipped fonts known to Qt; Windows has its own."""
    if sys.platform == "win32":
        return
    names = ("OpenSans-Regular", "OpenSans-Semibold", "OpenSans-Bold", "OpenSans-Italic", "DejaVuSansMono")
    for name in names:
        QFontDatabase.addApplicationFont(str(settings.resource(f"fonts/{name}.ttf")))


def set_kind(widget: QWidget, kind: str, *, name: str = "kind") -> None:
    """Give a widget its kind and redraw it in that look; for a widget that changes kind while it is shown."""
    if widget.property(name) == kind:
        return
    widget.setProperty(name, kind)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
