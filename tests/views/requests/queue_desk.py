"""A queue without a database: plain functions that answer as the operations do, and remember what they were asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from dombes_office.rules.agents import RECEPTION, REVIEWER, Agent
from dombes_office.rules.requests import (
    CheckResult,
    ChildRow,
    Cursor,
    EarlierRequest,
    FamilyRow,
    Outcome,
    PieceRow,
    QueueChoices,
    RequestDossier,
    RequestFilter,
    RequestPage,
    RequestRow,
    RequestStatus,
    ServiceRow,
    SortKey,
)
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.queue_page import QueuePage

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from dombes_office.errors import OfficeError
    from dombes_office.views.work import Desk

NOW = datetime(2026, 11, 23, 8, 42, tzinfo=UTC)
NO_MODIFIER = Qt.KeyboardModifier.NoModifier


def row(number: int, **changes: Any) -> RequestRow:  # noqa: ANN401 - any field of the row.
    """A request of the family "Famille 007", older the smaller its number is."""
    made = RequestRow(
        request_id=number,
        number=f"2026-{number:04}",
        status=RequestStatus.PENDING,
        version=1,
        submitted_at=NOW - timedelta(days=8) + timedelta(hours=number),
        household_id=number,
        family_name=f"Famille {number:03}",
        child_last_name=f"Famille {number:03}",
        child_first_name="Manon",
        born_on=date(2019, 3, 12),
        school_level="CE1",
        service_id=1,
        service_name="Mercredis sportifs",
        authority_id=1,
        authority_name="CC Dombes",
        by_debit=True,
        pieces_given=4,
        pieces_needed=4,
        check_failures=0,
        check_warnings=0,
        opened_by=None,
    )
    return replace(made, **changes)


def agent(*groups: str, everything: bool = False) -> Agent:
    """Léa, who may do what her groups allow."""
    authorities = ((1, "CC de la Dombes"), (2, "Baneins"))
    return Agent("lea", "Léa Morandat", frozenset(groups or {REVIEWER}), authorities, everything, "18.0")


RECEPTIONIST = agent(RECEPTION)


@dataclass
class FakeQueue:
    """Answers from `rows`. `asked` holds every reading of rows; `log` the names of all operations in their order."""

    rows: list[RequestRow] = field(default_factory=list)
    asked: list[tuple[RequestFilter, Cursor | None, int]] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    services: tuple[tuple[int, str], ...] = ((1, "Mercredis sportifs"), (2, "Service cantine"))
    checked: bool = True
    failure: OfficeError | None = None
    dossier_failure: OfficeError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    """Answers to readings of rows wait while it is not set."""
    dossier_gate: threading.Event = field(default_factory=threading.Event)
    """The same for the panel's reading."""

    def __post_init__(self) -> None:
        self.gate.set()
        self.dossier_gate.set()

    def acts(self) -> RequestActs:
        """The operations that the page is given."""
        return RequestActs(
            list_requests=self.list_requests,
            count_by_status=self.count_by_status,
            count_unfiltered=self.count_unfiltered,
            read_choices=self.read_choices,
            open_dossier=self.open_dossier,
        )

    def list_requests(
        self, _db: None, wanted: RequestFilter, after: Cursor | None = None, *, limit: int, everything: bool
    ) -> RequestPage:
        """Like the operation: ordered, from the cursor on."""
        assert everything is False
        self.log.append("list_requests")
        self.asked.append((wanted, after, limit))
        assert self.gate.wait(10)
        if self.failure is not None:
            raise self.failure
        found = [r for r in self._matching(wanted) if wanted.status in {None, r.status}]
        key = {SortKey.FAMILY: _by_family, SortKey.CHECKS: _by_checks}.get(wanted.sort, _by_age)
        found.sort(key=key, reverse=wanted.descending)
        if after is not None:
            at = next((n for n, r in enumerate(found) if r.submitted_at > after.submitted_at), len(found))
            found = found[at:]
        page = tuple(found[:limit])
        if len(page) < limit:
            return RequestPage(page, None)
        return RequestPage(page, Cursor(page[-1].submitted_at, page[-1].submitted_at, page[-1].request_id))

    def _matching(self, wanted: RequestFilter) -> list[RequestRow]:
        """All but the status."""
        return [
            r
            for r in self.rows
            if wanted.words in f"{r.family_name} {r.number}"
            and (not wanted.authority_ids or r.authority_id in wanted.authority_ids)
            and (not wanted.incomplete or r.pieces_given < r.pieces_needed)
        ]

    def count_by_status(self, _db: None, wanted: RequestFilter) -> dict[RequestStatus, int]:
        """The tabs."""
        self.log.append("count_by_status")
        return {s: sum(r.status is s for r in self._matching(wanted)) for s in RequestStatus}

    def count_unfiltered(self, _db: None) -> dict[RequestStatus, int]:
        """The navigation."""
        self.log.append("count_unfiltered")
        return self.count_by_status(None, RequestFilter())

    def read_choices(self, _db: None) -> QueueChoices:
        """The filters."""
        self.log.append("read_choices")
        if self.failure is not None:
            raise self.failure
        return QueueChoices(self.services, ((1, "CC Dombes"), (2, "Baneins"), (3, "Villars")))

    def open_dossier(self, _db: None, request_id: int) -> RequestDossier:
        """The panel."""
        self.opened.append(request_id)
        assert self.dossier_gate.wait(10)
        if self.dossier_failure is not None:
            raise self.dossier_failure
        found = dossier(next(r for r in self.rows if r.request_id == request_id))
        return found if self.checked else replace(found, checks=())


def _by_age(r: RequestRow) -> tuple[datetime, int]:
    return r.submitted_at, r.request_id


def _by_family(r: RequestRow) -> tuple[str, int]:
    return r.family_name, r.request_id


def _by_checks(r: RequestRow) -> tuple[int, datetime]:
    return -(r.check_failures or 0), r.submitted_at


def dossier(request: RequestRow) -> RequestDossier:
    """What is read for the panel: four pieces of which the mandate is missing, two checks, one earlier request."""
    pieces = (
        PieceRow(1, "health_form", "Fiche", "file", "health", True, 12, 1, "a" * 64, "fiche.pdf", 184_000),
        PieceRow(2, "iban", "IBAN", "iban", "bank", True, 12, 2, text_value="FR7630006000011234567890189"),
        PieceRow(3, "bic", "BIC", "bic", "bank", True, 12, 3, text_value="AGRIFRPP"),
        PieceRow(4, "mandate", "Mandat", "file", "bank", True, 12),
    )
    checks = (
        CheckResult("iban", Outcome.FAIL, "IBAN du mandat ≠ IBAN saisi", "Deux chiffres diffèrent."),
        CheckResult("age", Outcome.PASS, "Âge admis"),
    )
    earlier = (EarlierRequest(900, "2025-0900", "Cantine", RequestStatus.VALIDATED, NOW, NOW, "Anne"),)
    return RequestDossier(
        request,
        pieces,
        ChildRow(1, request.child_last_name, "Manon", request.born_on, "mère", "CE1", "Client", None, None),
        FamilyRow(1, request.family_name, "B", "Claire", "c@example.org", "", "", "", "Baneins", 2),
        ServiceRow(1, request.service_name, 1, "CC", "", "", 6, 11),
        earlier,
        checks=checks,
    )


class Screen:
    """The page on a screen, and hands on its keyboard."""

    def __init__(
        self,
        qtbot: QtBot,
        desk: Desk,
        queue: FakeQueue,
        *,
        who: Agent | None = None,
        remembered: MutableMapping[str, Any] | None = None,
    ) -> None:
        self.qtbot = qtbot
        self.queue = queue
        self.page = QueuePage(desk, who or agent(), now=lambda: NOW, acts=queue.acts(), remembered=remembered)
        qtbot.addWidget(self.page, before_close_func=self.put_away)
        self.page.resize(1190, 674)
        with qtbot.waitExposed(self.page):
            self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)
        self.page.view.setFocus()
        self.page.activated()
        self.settle()

    def settle(self) -> None:
        """Wait until nothing is under way or about to be."""
        lane, reader = self.page._desk.lane, self.page.reader
        self.qtbot.waitUntil(
            lambda: not (lane.is_busy or reader._again or reader._pause.isActive() or self.typing), timeout=5000
        )

    def put_away(self, _page: QWidget) -> None:
        """Hide the page once nothing is left to ask of its lane, which ends before it."""
        self.queue.gate.set()
        self.queue.dossier_gate.set()
        self.settle()
        self.page.hide()

    @property
    def typing(self) -> bool:
        """Whether typed words have not been searched for yet."""
        return self.page.filters.line._pause.isActive()

    @property
    def ids(self) -> list[int]:
        """The requests in the table."""
        return [r.request_id for r in self.page.table.rows]

    @property
    def selected(self) -> int | None:
        """The request that is selected."""
        current = self.page.view.current_row()
        return None if current is None else current.request_id

    @property
    def top(self) -> int:
        """The request at the top of what is visible."""
        return self.ids[self.page.view.rowAt(0)]

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """Press a key where the focus is."""
        QTest.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    def scroll_to(self, value: int) -> None:
        """Scroll to a height in pixels, at most to the end."""
        self.page.view.verticalScrollBar().setValue(value)
        self.settle()

    def scroll_to_end(self) -> None:
        """Scroll as far as one can now."""
        self.scroll_to(self.page.view.verticalScrollBar().maximum())

    def change(self, request_id: int, **changes: Any) -> None:  # noqa: ANN401 - any field of the row.
        """Somebody else changes a request."""
        self.queue.rows = [replace(r, **changes) if r.request_id == request_id else r for r in self.queue.rows]

    def refresh(self) -> None:
        """Something was announced; wait until it shows."""
        self.page.refresh()
        self.settle()
