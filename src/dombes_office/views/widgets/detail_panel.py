"""The panel at the right that follows the selection: a title, then sections of labels and values, marks and lines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from dombes_office.views.widgets.emptying import empty
from dombes_office.views.widgets.labels import icon_label, words
from dombes_office.views.widgets.marks import Mark, StateMark

PADDING, LABEL_WIDTH, LEAST, MOST = 16, 86, 252, 416


class DetailSection(QFrame):
    """A titled part of the panel, with a line above it."""

    def __init__(self, title: str, aside: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "part")
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(PADDING, 11, PADDING, 12)
        column.setSpacing(6)
        if title:
            head = QHBoxLayout()
            head.addWidget(words(title, "section"), 1)
            if aside:
                head.addWidget(words(aside, "section"))
            column.addLayout(head)
        self._column = column
        self._pairs: QGridLayout | None = None

    def add_pair(self, label: str, value: str, *, kind: str = "") -> QLabel:
        """A label and its value on one line."""
        if self._pairs is None:
            self._pairs = QGridLayout()
            self._pairs.setVerticalSpacing(4)
            self._pairs.setHorizontalSpacing(6)
            self._pairs.setColumnMinimumWidth(0, LABEL_WIDTH)
            self._pairs.setColumnStretch(1, 1)
            self._column.addLayout(self._pairs)
        row = self._pairs.rowCount()
        shown = words(value, kind, wrap=True)
        shown.setAccessibleName(f"{label}\u00a0: {value}")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._pairs.addWidget(words(label, "context"), row, 0, Qt.AlignmentFlag.AlignTop)
        self._pairs.addWidget(shown, row, 1)
        return shown

    def add_line(
        self, text: str, *, icon_name: str = "", role: str = "text2", right: str = "", kind: str = ""
    ) -> QLabel:
        """An icon, words, and smaller words at the right."""
        self._pairs = None
        line = QHBoxLayout()
        line.setSpacing(8)
        if icon_name:
            line.addWidget(icon_label(icon_name, role))
        shown = words(text, kind)
        line.addWidget(shown, 1)
        if right:
            line.addWidget(words(right, "secondary"))
        self._column.addLayout(line)
        return shown

    def add_mark(self, mark: Mark) -> StateMark:
        """A state, in its icon and words."""
        self._pairs = None
        made = StateMark(mark)
        # Marks have room of their own above and below, so lines stand 26 pixels apart as in the drawings.
        last = self._column.itemAt(self._column.count() - 1)
        if last is not None and isinstance(last.widget(), StateMark):
            self._column.addSpacing(-2)
        self._column.addWidget(made)
        return made

    def add_text(self, text: str, *, kind: str = "") -> QLabel:
        """A paragraph."""
        self._pairs = None
        shown = words(text, kind, wrap=True)
        self._column.addWidget(shown)
        return shown

    def add_widget(self, widget: QWidget) -> None:
        """Anything else, over the whole width."""
        self._pairs = None
        self._column.addWidget(widget)


class DetailPanel(QFrame):
    """Title, sections that scroll, and a footer for what can be done with what is shown."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setAccessibleName(name)
        self.setMinimumWidth(LEAST)
        self.setMaximumWidth(MOST)
        self._sections = QVBoxLayout()
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName(name)
        self._footer = QFrame()
        self._footer.setProperty("kind", "part")
        self._footer.setFixedHeight(51)
        self.footer = QHBoxLayout(self._footer)
        self.footer.setContentsMargins(PADDING, 0, PADDING, 0)
        self._footer.hide()
        self._title = words("", "panel-title")
        self._title.setWordWrap(True)
        self._subtitle = words("", "secondary")
        self._subtitle.setWordWrap(True)
        self._mark = StateMark()
        self._lay_out()

    def _lay_out(self) -> None:
        head = QGridLayout()
        head.setContentsMargins(PADDING, 11, PADDING, 12)
        head.setVerticalSpacing(1)
        head.addWidget(self._title, 0, 0)
        head.addWidget(self._mark, 0, 1)
        head.addWidget(self._subtitle, 1, 0, 1, 2)
        head.setColumnStretch(0, 1)
        inside = QWidget()
        inside.setProperty("kind", "raised")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        self._sections.setSpacing(0)
        column.addLayout(self._sections)
        column.addStretch(1)
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._scroll, 1)
        whole.addWidget(self._footer)

    def set_title(self, title: str, subtitle: str = "", mark: Mark | None = None) -> None:
        """Name what is shown, in one line and a smaller one, with its state."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._mark.set_mark(mark)

    def add_section(self, title: str, aside: str = "") -> DetailSection:
        """A new section below the others."""
        section = DetailSection(title, aside)
        self._sections.addWidget(section)
        return section

    def show_footer(self, *, shown: bool = True) -> None:
        """Show the footer, once something was put into `footer`."""
        self._footer.setVisible(shown)

    def clear(self) -> None:
        """Take away title and sections, before another row is shown."""
        self.set_title("")
        empty(self._sections)
