"""The list at the left: the pieces that the service requires, given or missing, and what was said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from dombes_office.views.requests.examination.pieces.earlier_requests import EarlierLine
from dombes_office.views.requests.examination.pieces.entry_list import PADDING, WIDTH, EntryList
from dombes_office.views.requests.examination.pieces.piece_entry import Entry, piece_entry
from dombes_office.views.widgets.emptying import empty
from dombes_office.views.widgets.labels import words

if TYPE_CHECKING:
    from datetime import datetime

    from dombes_office.rules.requests import EarlierRequest, PieceRow
    from dombes_office.views.papers.cache import Papers
    from dombes_office.views.requests.examination.draft import Draft


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
        self.view = EntryList("Pièces demandées")
        self._also_head = words("Aussi au dossier", "section")
        self._also = EntryList("Aussi au dossier")
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
        head.setContentsMargins(PADDING, 11, PADDING, 3)
        head.addWidget(self._head, 1)
        head.addWidget(self._count)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view)
        for label, widget in ((self._also_head, self._also),):
            label.setContentsMargins(PADDING, 14, PADDING, 4)
            column.addWidget(label)
            column.addWidget(widget)
        self._earlier_head.setContentsMargins(PADDING, 14, PADDING, 6)
        column.addWidget(self._earlier_head)
        self._earlier.setContentsMargins(PADDING, 0, PADDING, 0)
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
        empty(self._earlier)
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
