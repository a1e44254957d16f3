"""Writes down what an agent had before her eyes beyond the opening: an IBAN in full, and what is said of the child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.work import Desk


class Trace(QObject):
    """Once for each time that a request is opened, and after it was shown: nobody waits for it.

    What could not be written down for an outage is written when it is shown again.
    """

    def __init__(self, desk: Desk, acts: RequestActs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._request_id: int | None = None
        self._noted: set[int | None] = set()

    def begin(self, request_id: int) -> None:
        """This request is before her eyes now."""
        self._request_id = request_id
        self._noted = set()

    def end(self) -> None:
        """Nothing is any more."""
        self._request_id = None

    def note(self, document_id: int | None) -> None:
        """The IBAN of this document was shown, or without one what is said of the child."""
        if self._request_id is None or document_id in self._noted:
            return
        self._noted.add(document_id)
        self._desk.run(
            self._acts.note_revealed,
            self._request_id,
            document_id,
            done=self._written,
            refused=self._not_written,
            must_finish=True,
        )

    @Slot(object)
    def _written(self, _nothing: object) -> None:
        """Nothing follows from having written it down."""

    @Slot(object)
    def _not_written(self, _error: object) -> None:
        self._noted = set()
