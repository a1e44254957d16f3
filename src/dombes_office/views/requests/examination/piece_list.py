"""The list at the left: the pieces that the service requires, given or missing, and what was said of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from dombes_office.rules.french import counted, numeric_date, office_day
from dombes_office.rules.requests import VerdictKind
from dombes_office.views.icons import icon
from dombes_office.views.palette import current_palette
from dombes_office.views.requests.examination.earlier_requests import EarlierLine
from dombes_office.views.style import BODY, SECONDARY, text_font
from dombes_office.views.widgets.labels import words
from dombes_office.views.widgets.marks import STATE_ICONS, State

if TYPE_CHECKING:
    from datetime import datetime

    from dombes_office.rules.requests import EarlierRequest, PieceRow
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.widgets.row_table import Index

WIDTH = 212
_LINE, _ICON, _MARK, _PADDING = 17, 16, 16, 12
_KINDS = {"iban": "bank", "bic": "bank", "text": "text-aa", "date": "calendar-blank"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: a piece, or the photo (`piece` None)."""

    piece: PieceRow | None
    title: str
    lines: tuple[str, ...]
    icon_name: str
    state: State | None
    spoken: str
    dimmed: bool = False


def piece_entry(piece: PieceRow, draft: Draft, papers: Papers) -> Entry:
    """How a piece stands in the list."""
    said = draft.verdict(piece)
    state = None
    spoken = "pas encore jugée"
    if said is not None:
        state = State.GOOD if said.kind is VerdictKind.COMPLIANT else State.FAILURE
        spoken = "conforme" if said.kind is VerdictKind.COMPLIANT else "non conforme"
    elif piece.needed and not piece.given:
        state, spoken = State.VERIFY, "manquante"
    lines = _lines(piece, papers)
    return Entry(
        piece,
        piece.label,
        lines,
        _icon_of(piece, papers),
        state,
        f"{piece.label}, {', '.join(lines)}, {spoken}",
        dimmed=not piece.needed,
    )


def _icon_of(piece: PieceRow, papers: Papers) -> str:
    if piece.kind != "file":
        return _KINDS.get(piece.kind, "file")
    summary = papers.paper(piece.sha256).summary if piece.sha256 else None
    if summary is None:
        return "file-pdf" if (piece.file_name or "").lower().endswith(".pdf") else "file"
    return "file-pdf" if summary.kind.value == "pdf" else "image-square"


def _lines(piece: PieceRow, papers: Papers) -> tuple[str, ...]:
    if not piece.needed and not piece.given:
        return ("pas demandée : ne paie pas", "par prélèvement")
    if not piece.given:
        return ("manquante",)
    if piece.kind == "file":
        return tuple(filter(None, (_file_line(piece, papers), _date_line(piece))))
    first = piece.text_value if piece.kind == "bic" else None
    given = "" if piece.given_at is None else f"saisi le {numeric_date(office_day(piece.given_at))}"
    return (first or given,)


def _file_line(piece: PieceRow, papers: Papers) -> str:
    if piece.sha256 is None:
        return ""
    paper = papers.paper(piece.sha256)
    if paper.refusal is not None:
        return "fichier illisible"
    if paper.summary is None:
        return "fichier"
    return f"{paper.summary.kind.value.upper()}, {counted(paper.summary.page_count, 'page')}"


def _date_line(piece: PieceRow) -> str:
    """A mandate counts by its signature, any other paper by the day to which it is good."""
    if piece.signed_on is not None and (piece.code == "mandate" or piece.valid_until is None):
        return f"signé le {numeric_date(piece.signed_on)}"
    if piece.valid_until is not None:
        return f"jusqu’au {numeric_date(piece.valid_until)}"
    return ""


class _Entries(QAbstractListModel):
    """The entries as Qt's model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Show other entries; as many as before keep the selection where it is."""
        if len(entries) == len(self.entries):
            self.entries = entries
            self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
        else:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    @override
    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.entries)

    @override
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole}:
            return entry.title
        return entry.spoken if role == Qt.ItemDataRole.AccessibleTextRole else None


class _EntryDelegate(QStyledItemDelegate):
    """Paints icon, title, smaller lines and the verdict's mark."""

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        model = index.model()
        entry = model.entries[index.row()] if isinstance(model, _Entries) else None
        return QSize(WIDTH, 31 + _LINE * (len(entry.lines) if entry else 1))

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        if not isinstance(model, _Entries):
            return
        entry, palette = model.entries[index.row()], current_palette()
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(rect, palette.color("select"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), palette.color("accent"))
        quiet = "text2" if entry.dimmed else "text"
        top = rect.top() + 7
        left = rect.left() + _PADDING + _ICON + 11
        icon(entry.icon_name, "text2").paint(painter, QRect(rect.left() + _PADDING, top + 1, _ICON, _ICON))
        room = rect.right() - left - _MARK - 18
        self._write(painter, QRect(left, top, room, 18), entry.title, quiet, strong=True)
        for number, line in enumerate(entry.lines):
            at = QRect(left, top + 18 + number * _LINE, rect.right() - left - 8, _LINE)
            self._write(painter, at, line, "text2", strong=False)
        if entry.state is not None:
            place = QRect(rect.right() - _MARK - 13, top + 1, _MARK, _MARK)
            icon(STATE_ICONS[entry.state], entry.state).paint(painter, place)
        painter.restore()

    @staticmethod
    def _write(painter: QPainter, place: QRect, text: str, role: str, *, strong: bool) -> None:
        font = text_font(BODY if strong else SECONDARY, strong=strong)
        painter.setFont(font)
        painter.setPen(current_palette().color(role))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


class _FittingList(QListView):
    """A list as high as its entries."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = _Entries(self)
        self.setModel(self.entries)
        self.setItemDelegate(_EntryDelegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setProperty("kind", "pieces")

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        self.entries.show(entries)
        heights = (self.sizeHintForRow(row) for row in range(len(entries)))
        self.setFixedHeight(sum(heights))
        self.setVisible(bool(entries))


class PieceList(QFrame):
    """Required pieces, what else is in the file, and the earlier requests of the child."""

    chosen = Signal(object)
    """A `PieceRow` was chosen, or None for the photo."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Pièces demandées")
        self._head = words("Pièces demandées", "section")
        self._count = words("", "section")
        self.view = _FittingList("Pièces demandées")
        self._also_head = words("Aussi au dossier", "section")
        self._also = _FittingList("Aussi au dossier")
        self._earlier_head = words("Demandes précédentes", "section")
        self._earlier = QVBoxLayout()
        self.view.selectionModel().currentChanged.connect(self._chosen)
        self._also.clicked.connect(self._photo_chosen)
        self._also.activated.connect(self._photo_chosen)
        self.foot = QFrame()
        self.foot.setProperty("kind", "part")
        self.foot.setFixedHeight(40)
        self._lay_out()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(_PADDING, 11, _PADDING, 3)
        head.addWidget(self._head, 1)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view)
        for label, widget in ((self._also_head, self._also),):
            label.setContentsMargins(_PADDING, 14, _PADDING, 4)
            column.addWidget(label)
            column.addWidget(widget)
        self._earlier_head.setContentsMargins(_PADDING, 14, _PADDING, 6)
        column.addWidget(self._earlier_head)
        self._earlier.setContentsMargins(_PADDING, 0, _PADDING, 0)
        self._earlier.setSpacing(8)
        column.addLayout(self._earlier)
        column.addStretch(1)
        column.addWidget(self.foot)

    @property
    def pieces(self) -> tuple[PieceRow, ...]:
        """The pieces in their order."""
        return tuple(entry.piece for entry in self.view.entries.entries if entry.piece is not None)

    def show_draft(self, draft: Draft, papers: Papers) -> None:
        """Show the pieces of a draft with what was said of each."""
        pieces = draft.dossier.pieces
        self.view.show_entries(tuple(piece_entry(piece, draft, papers) for piece in pieces))
        needed = [piece for piece in pieces if piece.needed]
        self._count.setText(f"{sum(p.given for p in needed)} sur {len(needed)}")
        photo = draft.dossier.child.photo_sha256
        self._also_head.setVisible(photo is not None)
        if photo is None:
            self._also.show_entries(())
        else:
            summary = papers.paper(photo).summary
            size = "" if summary is None else "{:.0f} × {:.0f}".format(*summary.page_sizes[0])
            kind = "image" if summary is None else summary.kind.value.upper()
            line = ", ".join(filter(None, (kind, size)))
            self._also.show_entries(
                (Entry(None, "Photo d’identité", (line,), "image-square", None, "Photo d’identité"),)
            )

    def show_earlier(self, earlier: tuple[EarlierRequest, ...], now: datetime) -> None:
        """Show the child's earlier requests."""
        while (item := self._earlier.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._earlier_head.setVisible(bool(earlier))
        for request in earlier[:4]:
            self._earlier.addWidget(EarlierLine(request, now))

    def select(self, piece: PieceRow) -> None:
        """Select a piece, and tell that it was chosen."""
        pieces = self.pieces
        at = next((n for n, p in enumerate(pieces) if p.requirement_id == piece.requirement_id), None)
        if at is not None:
            self._also.clearSelection()
            self.view.setCurrentIndex(self.view.entries.index(at))

    def current(self) -> PieceRow | None:
        """The selected piece as it stands now."""
        index = self.view.currentIndex()
        entries = self.view.entries.entries
        return entries[index.row()].piece if index.isValid() and index.row() < len(entries) else None

    def unselect(self) -> None:
        """Select nothing, between two requests."""
        self.view.entries.show(())

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._also.clearSelection()
            self.chosen.emit(self.current())

    def _photo_chosen(self) -> None:
        # No piece is current any more: a verdict must speak of what is on the screen.
        self.view.setCurrentIndex(QModelIndex())
        self.chosen.emit(None)
