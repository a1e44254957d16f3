"""The line of filters above a table: what it is narrowed to, how many rows remain, and the way back to all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.style import FILTER_HEIGHT, MARGIN_LEFT, MARGIN_RIGHT, MEDIUM, set_kind, text_font
from dombes_office.views.widgets.elided import ElidedLabel
from dombes_office.views.widgets.key_hint import ActionButton
from dombes_office.views.widgets.search_field import SearchField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

HEIGHT, _PADDING, _GAP, _CARET = 45, 8, 5, 12
TYPING_PAUSE = 250
"""Milliseconds without a key before typed words are searched for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that a filter can be set to; `key` is stable, `words` are shown."""

    key: str
    words: str


class _StayingMenu(QMenu):
    """A menu of ticks that stays open while several are chosen."""

    @override
    def mouseReleaseEvent(self, arg__1: QMouseEvent) -> None:
        if not self._ticked():
            super().mouseReleaseEvent(arg__1)

    @override
    def keyPressEvent(self, arg__1: QKeyEvent) -> None:
        if not (arg__1.key() == Qt.Key.Key_Space and self._ticked()):
            super().keyPressEvent(arg__1)

    def _ticked(self) -> bool:
        """Tick or untick the entry under the mouse or the cursor; False where there is none to tick."""
        # Qt answers with nothing where no entry is active, which its stubs do not say.
        active = [action for action in self.actions() if action is self.activeAction() and action.isCheckable()]
        for action in active:
            action.trigger()
        return bool(active)


class FilterButton(QToolButton):
    """One filter: its name, then what it lets through ("Collectivité 2 sur 4"); nothing chosen means everything."""

    changed = Signal()

    def __init__(
        self, label: str, everything: str = "Tous", *, many: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._label = label
        self._everything = everything
        self._many = many
        self._choices: tuple[Choice, ...] = ()
        self.setProperty("kind", "filter")
        self.setFixedHeight(FILTER_HEIGHT)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = _StayingMenu(self) if many else QMenu(self)
        self._group = QActionGroup(self)
        self._group.setExclusive(not many)
        self.setMenu(self._menu)
        self._tell_words()

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """What can be chosen; what was chosen and is still there stays chosen."""
        if self._menu.actions() and tuple(choices) == self._choices:
            # The menu may be open: nothing moves in it without need.
            return
        kept = self.values()
        self._choices = tuple(choices)
        self._menu.clear()
        for old in self._group.actions():
            self._group.removeAction(old)
        if not self._many:
            self._add("", self._everything, ticked=not kept)
        for choice in self._choices:
            self._add(choice.key, choice.words, ticked=choice.key in kept)
        self._tell_words()

    def _add(self, key: str, words: str, *, ticked: bool) -> None:
        action = QAction(words, self._menu)
        action.setCheckable(True)
        action.setChecked(ticked)
        action.setData(key)
        action.triggered.connect(self._chosen)
        self._group.addAction(action)
        self._menu.addAction(action)

    def values(self) -> tuple[str, ...]:
        """The keys that are chosen; empty lets everything through."""
        chosen = (action for action in self._menu.actions() if action.isChecked())
        return tuple(str(action.data()) for action in chosen if action.data())

    def set_values(self, keys: Sequence[str]) -> None:
        """Choose without telling: for a remembered filter, or to let everything through again."""
        for action in self._menu.actions():
            action.setChecked(action.data() in keys or (not self._many and not keys and not action.data()))
        self._tell_words()

    @property
    def value_words(self) -> str:
        """What stands behind the label."""
        chosen = [choice for choice in self._choices if choice.key in self.values()]
        if not chosen or (self._many and len(chosen) == len(self._choices) > 1):
            return self._everything
        return chosen[0].words if len(chosen) == 1 else f"{len(chosen)} sur {len(self._choices)}"

    @Slot()
    def _chosen(self) -> None:
        self._tell_words()
        self.changed.emit()

    def _tell_words(self) -> None:
        """Say in words, colour and accessible name what is let through."""
        set_kind(self, "true" if self.values() else "false", name="active")
        self.setAccessibleName(f"{self._label}\u00a0: {self.value_words}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(text_font(MEDIUM))
        width = metrics.horizontalAdvance(self._label) + metrics.horizontalAdvance(self.value_words)
        return QSize(width + 2 * _PADDING + 2 * _GAP + _CARET + 2, FILTER_HEIGHT)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def paintEvent(self, arg__1: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        palette = current_palette()
        flags = int(Qt.AlignmentFlag.AlignVCenter)
        room = self.rect().adjusted(_PADDING + 1, 0, -_PADDING, 0)
        painter.setFont(text_font(MEDIUM))
        painter.setPen(palette.color("text2"))
        painter.drawText(room, flags, self._label)
        room.adjust(QFontMetrics(text_font(MEDIUM)).horizontalAdvance(self._label) + _GAP, 0, 0, 0)
        painter.setPen(palette.color("text"))
        painter.drawText(room, flags, self.value_words)
        box = room.adjusted(room.width() - _CARET, (self.height() - _CARET) // 2, 0, 0)
        box.setSize(QSize(_CARET, _CARET))
        icon("caret-down", "text2").paint(painter, box)
        painter.end()


class FilterLine(QFrame):
    """Filters, a field for words (Ctrl+F), "Effacer les filtres", and the number of rows at the right.

    `changed` follows each choice at once, and typed words after a pause of a quarter of a second.
    """

    changed = Signal()

    def __init__(self, placeholder: str = "", *, name: str = "Filtrer", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "filters")
        self.setFixedHeight(HEIGHT)
        self._filters: dict[str, FilterButton] = {}
        self._said = ("", "")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(MARGIN_LEFT, 0, MARGIN_RIGHT, 0)
        self._row.setSpacing(8)
        self.field = SearchField(placeholder, name=name, keys="Ctrl+F", icon_name="funnel")
        self.field.setFixedWidth(156)
        self.field.setVisible(bool(placeholder))
        self._pause = QTimer(self, singleShot=True, interval=TYPING_PAUSE)
        self._pause.timeout.connect(self._tell)
        self.field.textChanged.connect(self._typed)
        self._clear = ActionButton("Effacer les filtres", kind="link")
        self._clear.clicked.connect(self.clear)
        self._clear.hide()
        self._count = ElidedLabel("secondary")
        for widget in (self.field, self._clear):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(self._count)

    def add_filter(self, key: str, label: str, everything: str = "Tous", *, many: bool = True) -> FilterButton:
        """A filter at the right of those before it; `many` lets several choices be ticked at once."""
        made = FilterButton(label, everything, many=many)
        made.changed.connect(self._tell)
        self._row.insertWidget(len(self._filters), made)
        self._filters[key] = made
        previous = self.field if len(self._filters) == 1 else None
        if previous is not None:
            QWidget.setTabOrder(made, self.field)
        return made

    def add_widget(self, widget: QWidget) -> None:
        """Something else after the filters, such as a tick box."""
        self._row.insertWidget(self._row.indexOf(self._clear), widget)

    def button(self, key: str) -> FilterButton:
        """The filter of that key."""
        return self._filters[key]

    def values(self, key: str) -> tuple[str, ...]:
        """What a filter is set to; empty lets everything through."""
        return self._filters[key].values()

    @property
    def words(self) -> str:
        """The words typed, without blanks around them."""
        return self.field.text().strip()

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered out."""
        return bool(self.words) or any(f.values() for f in self._filters.values())

    def set_count(self, sentence: str, more: str = "") -> None:
        """Say at the right how many rows there are ("38 demandes"), and `more` where there is room for it."""
        self._said = (sentence, more)
        self._write_count()

    def _write_count(self) -> None:
        sentence, more = self._said
        self._count.set_words(sentence + more)
        if self._row.sizeHint().width() > self.width():
            self._count.set_words(sentence)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._write_count()

    def state(self) -> dict[str, tuple[str, ...]]:
        """What is chosen, to be remembered; the words typed are forgotten on purpose: they name people."""
        return {key: made.values() for key, made in self._filters.items()}

    def restore(self, state: Mapping[str, Sequence[str]]) -> None:
        """Choose again what was remembered, without telling."""
        for key, values in state.items():
            if key in self._filters:
                self._filters[key].set_values(tuple(values))
        self._clear.setVisible(self.is_active)

    @Slot()
    def clear(self) -> None:
        """Let everything through again."""
        for made in self._filters.values():
            made.set_values(())
        self.field.clear()
        self._pause.stop()
        self._tell()

    @Slot()
    def _typed(self) -> None:
        self._pause.start()

    @Slot()
    def _tell(self) -> None:
        self._clear.setVisible(self.is_active)
        self._write_count()
        self.changed.emit()
