"""Demandes: the requests in the agent's scope, narrowed, ordered, read as the list scrolls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Slot

from dombes_office.rules.requests import OPEN_STATUSES, Cursor, RequestFilter, RequestRow
from dombes_office.views.lists.page import ListPage
from dombes_office.views.page import PageEntry, Shortcut
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.requests.queue_columns import OPENED_COLUMN, STATE_COLUMN
from dombes_office.views.requests.queue_detail import QueueDetail
from dombes_office.views.requests.queue_plan import EVERY_STATE, queue_plan, queue_source

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping, Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from dombes_office.rules.agents import Agent
    from dombes_office.views.lists.plan import Chosen
    from dombes_office.views.work import Desk

ENTRY = PageEntry("requests", "Demandes", "tray")
EXAMINATION = "examination"


class QueuePage(ListPage[RequestRow, RequestFilter, Cursor]):
    """Opens the page "examination" with a `QueuePosition`; `open` takes one back and selects its request."""

    detail: QueueDetail

    def __init__(
        self,
        desk: Desk,
        agent: Agent,
        *,
        now: Callable[[], datetime],
        acts: RequestActs | None = None,
        remembered: MutableMapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        acts = acts or RequestActs()
        super().__init__(
            ENTRY,
            desk,
            queue_plan(now),
            queue_source(acts, everything=agent.sees_everything),
            detail=QueueDetail(desk, acts, now=now, reads_pieces=agent.may_decide),
            remembered=remembered,
            parent=parent,
        )
        # The pieces are read by those who decide: PostgreSQL gives the others no right on them.
        self._may_decide = agent.may_decide
        self.examine = self.add_opening("Examiner")
        self.examine.setVisible(self._may_decide)
        self.view.row_changed.connect(self._name_opening)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The keys of the queue."""
        return (
            Shortcut("↑ ↓", "Demande précédente, suivante"),
            Shortcut("Entrée", "Examiner la demande"),
            Shortcut("Ctrl+Tab", "Onglet suivant"),
            Shortcut("Ctrl+Maj+Tab", "Onglet précédent"),
            Shortcut("Ctrl+F", "Chercher un nom ou un numéro"),
        )

    def left_out(self, shown: Chosen) -> frozenset[str]:
        """Where a request stands matters in the list of all of them only; there it says who has it open as well."""
        return frozenset({OPENED_COLUMN if shown.tab == EVERY_STATE else STATE_COLUMN})

    def open(self, what: object) -> None:
        """Come back from the examination at a `QueuePosition`: its request is selected, if it is still here."""
        if isinstance(what, QueuePosition):
            self.choose(what.request_id)

    def open_row(self, row: RequestRow) -> None:
        """Examine a request, the others of the list behind it."""
        if self._may_decide and self.shown is not None:
            ids = tuple(known.request_id for known in self.table.rows)
            total = max(self.number_of(self.shown), len(ids))
            self.open_wanted.emit(EXAMINATION, QueuePosition(row.request_id, ids, total, self.reader.shown))

    @Slot(object)
    def _name_opening(self, row: RequestRow | None) -> None:
        decides = row is None or (self._may_decide and row.status in OPEN_STATUSES)
        self.examine.setText("Examiner" if decides else "Consulter")
