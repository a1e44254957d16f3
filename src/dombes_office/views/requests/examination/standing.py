"""Of a request that is decided already: who decided what, and when, read from its history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from dombes_office.rules.french import hour, numeric_date, office_day, typeset
from dombes_office.rules.requests import OPEN_STATUSES

if TYPE_CHECKING:
    from dombes_office.rules.requests import HistoryEvent
    from dombes_office.views.requests.acts import RequestActs
    from dombes_office.views.requests.examination.draft import Draft
    from dombes_office.views.work import Desk


def standing_decision(events: tuple[HistoryEvent, ...]) -> HistoryEvent | None:
    """The latest decision that nobody took back; `events` are the latest first."""
    undone = 0
    for event in events:
        if event.kind == "undone":
            undone += 1
        elif event.kind == "decided" and undone:
            undone -= 1
        elif event.kind == "decided":
            return event
    return None


def told(event: HistoryEvent) -> str:
    """`Demande validée par Léa Morandat le 23/11/2026 à 9 h 42.`, then the words of the decision."""
    when = f"le {numeric_date(office_day(event.at))} à {hour(event.at)}"
    return typeset(f"{event.what} par {event.who} {when}. {event.words}".strip())


class StandingDecision(QObject):
    """Completes the draft of a decided request with its decision."""

    known = Signal(object)
    """The draft that knows it now."""

    def __init__(self, desk: Desk, acts: RequestActs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._acts = acts
        self._draft: Draft | None = None

    def ask(self, draft: Draft) -> None:
        """Read who decided, unless the request is still open."""
        request = draft.dossier.request
        if request.status not in OPEN_STATUSES:
            self._draft = draft
            read = self._acts.read_history
            self._desk.run(read, request.request_id, done=self._came, refused=self._failed, key="standing")

    @Slot(object)
    def _came(self, events: tuple[HistoryEvent, ...]) -> None:
        draft, event = self._draft, standing_decision(events)
        if draft is not None and event is not None:
            draft.standing = told(event)
            self.known.emit(draft)

    @Slot(object)
    def _failed(self, _error: object) -> None:
        """That the request is decided is said all the same."""
