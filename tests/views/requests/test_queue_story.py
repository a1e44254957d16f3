"""One morning with the queue on a real PostgreSQL: 130 requests, a colleague at another desk, nothing clicked."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtTest import QTest

from dombes_office.database.desk import check_desk
from dombes_office.database.engine import connection_settings
from dombes_office.database.notices import EVERYTHING, Notices
from dombes_office.operations.requests import decisions, dossier, reading
from dombes_office.rules.letters import Letter
from dombes_office.rules.requests import DecisionDraft, DecisionKind
from dombes_office.views.announcements import Announcements
from dombes_office.views.requests.queue_page import QueuePage
from dombes_office.views.window import AgentCard, MainWindow
from dombes_office.views.work import Desk
from tests.builders import SUBMITTED_AT, Office, build_office
from tests.views.requests.queue_desk import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from dombes_office.database.engine import Database
    from dombes_office.rules.requests import RequestRow
    from dombes_office.views.work import WorkLane
    from tests.postgres import MakeAgent, OfficeDatabase

NAMES = ("Lefèvre", "LEFEVRE-Martin", "D’Angelo", "Œuvrard", "Łukasik", "Ștefan")
REFUSAL = DecisionDraft(DecisionKind.REFUSE, (), "service_full")
LETTER = Letter("Votre demande", "Bonjour,\n")


class Bridge(QObject):
    """Brings what the listening thread hears to the window's thread."""

    heard = Signal(object)

    def __init__(self, announcements: Announcements) -> None:
        super().__init__()
        self._announcements = announcements
        self.heard.connect(self._announce)

    @Slot(object)
    def _announce(self, subjects: frozenset[str]) -> None:
        for subject in ("access_request", "request_opening") if subjects == EVERYTHING else subjects:
            self._announcements.changed.emit(subject)


@pytest.fixture
def office(database: OfficeDatabase) -> Office:
    """130 requests to the communauté de communes, and 3 to a commune that is none of Léa's business."""
    made = build_office(database.raw())
    with made.raw.transaction():
        for number in range(130):
            family = NAMES[number] if number < len(NAMES) else f"Famille {number:03}"
            made.add_request(family, by_debit=False)
        elsewhere = made.add_service("SERVICE CANTINE", made.add_authority("Baneins"))
        for _ in range(3):
            made.add_request("Lefèvre", service_id=elsewhere, by_debit=False)
    return made


@pytest.fixture
def anne(database: OfficeDatabase, office: Office, make_agent: MakeAgent) -> Database:
    """A colleague's desk."""
    return database.open(make_agent("anne", groups=["office_reviewer"], authorities=[office.authority_id]))


@pytest.fixture
def page(
    qtbot: QtBot, lane: WorkLane, database: OfficeDatabase, office: Office, make_agent: MakeAgent
) -> Iterator[QueuePage]:
    """Léa's window, which hears what other desks do."""
    login = make_agent("lea", groups=["office_reviewer"], authorities=[office.authority_id])
    own = database.open(login)
    agent = own.transact(check_desk)
    announcements = Announcements()
    bridge = Bridge(announcements)
    made = QueuePage(Desk(lane, own.transact), agent, now=lambda: NOW)
    announcements.changed.connect(made.announced)
    window = MainWindow([made], AgentCard(agent.display_name, ""), lane, announcements)

    def put_away(_window: QWidget) -> None:
        listener.stop()
        qtbot.waitUntil(lambda: not (lane.is_busy or made.reader._pause.isActive()))
        window.hide()

    qtbot.addWidget(window, before_close_func=put_away)
    window.resize(1366, 738)
    with qtbot.waitExposed(window):
        window.show()
    listener = Notices(connection_settings(database.target(login), database.server.password(login)), bridge.heard.emit)
    with listener:
        qtbot.waitUntil(lambda: len(made.table.rows) == 50, timeout=10_000)
        made.view.setFocus()
        yield made


def within_two_seconds(qtbot: QtBot, shown: Callable[[], bool]) -> None:
    """Wait for what another desk did, no longer than was promised."""
    began = time.monotonic()
    qtbot.waitUntil(shown, timeout=2000)
    assert time.monotonic() - began < 2


def names(page: QueuePage) -> list[str]:
    """The families in the table."""
    return [row.family_name for row in page.table.rows]


def search(qtbot: QtBot, page: QueuePage, words: str, expected: list[str]) -> None:
    """Type words into the filter and wait for the families that they find."""
    page.filters.line.field.seize()
    # Put in as an input method does: QTest knows no key for accents.
    page.filters.line.field.insert(words)
    QTest.keyClick(page.filters.line.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.reader.shown.words == words)
    assert names(page) == expected


def scroll_through(qtbot: QtBot, page: QueuePage) -> None:
    """Scroll until every request has been read."""
    bar = page.view.verticalScrollBar()
    while not page.table.exhausted:
        loaded = len(page.table.rows)
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda before=loaded: len(page.table.rows) > before)  # type: ignore[misc] # A default binds it.


def test_scrolling_reads_every_request_of_the_scope_once(qtbot: QtBot, page: QueuePage) -> None:
    scroll_through(qtbot, page)
    assert len(page.table.rows) == 130
    assert len({row.request_id for row in page.table.rows}) == 130
    assert {row.authority_name for row in page.table.rows} == {"Communauté de communes de la Dombes"}
    tabs = page.filters.tabs.bar
    qtbot.waitUntil(lambda: tabs.accessibleTabName(0) == "À examiner, 130")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lefevre", ["Lefèvre", "LEFEVRE-Martin"]),
        ("LEFÈVRE", ["Lefèvre", "LEFEVRE-Martin"]),
        ("martin lefè", ["LEFEVRE-Martin"]),
        ("oeuvrard", ["Œuvrard"]),
        ("luk", ["Łukasik"]),
        ("stef", ["Ștefan"]),
        ("zzz", []),
    ],
)
def test_names_are_found_whatever_their_accents_and_case(
    qtbot: QtBot, page: QueuePage, words: str, expected: list[str]
) -> None:
    search(qtbot, page, words, expected)
    assert page.empty.isVisible() == (not expected)


def test_a_request_is_found_by_its_number(qtbot: QtBot, page: QueuePage) -> None:
    wanted = page.table.row(17)
    search(qtbot, page, wanted.number, [wanted.family_name])


def test_what_a_colleague_does_shows_without_a_click(qtbot: QtBot, page: QueuePage, anne: Database) -> None:
    scroll_through(qtbot, page)
    page.view.select(page.table.row(70).request_id)
    page.view.verticalScrollBar().setValue(60 * 32 + 7)
    beside, selected, after = (page.table.row(at) for at in (62, 70, 71))

    def act(operation: Callable[..., Any], **arguments: object) -> Any:  # noqa: ANN401 - whatever it answers.
        return anne.transact(partial(operation, **arguments))

    def now(request: RequestRow) -> RequestRow | None:
        return next((row for row in page.table.rows if row.request_id == request.request_id), None)

    def opened_by(request: RequestRow) -> str | None:
        row = now(request)
        return None if row is None else row.opened_by

    act(reading.note_opening, request_id=beside.request_id)
    within_two_seconds(qtbot, lambda: opened_by(beside) == "Anne")
    assert page.view.verticalScrollBar().value() == 60 * 32 + 7
    assert page.view.current_row() == selected

    act(reading.note_closing, request_id=beside.request_id)
    within_two_seconds(qtbot, lambda: opened_by(beside) is None)

    hers = act(dossier.open_dossier, request_id=selected.request_id)
    act(decisions.decide, dossier=hers, draft=REFUSAL, letter=LETTER)
    within_two_seconds(qtbot, lambda: now(selected) is None)
    assert page.view.current_row() == after
    assert page.view.verticalScrollBar().value() == 60 * 32 + 7
    tabs = page.filters.tabs.bar
    qtbot.waitUntil(lambda: tabs.accessibleTabName(4) == "Refusées, 1")
    assert tabs.accessibleTabName(0) == "À examiner, 129"


def test_a_request_that_a_family_sends_arrives_by_itself(qtbot: QtBot, page: QueuePage, office: Office) -> None:
    scroll_through(qtbot, page)
    sent = office.add_request("Nouvelle", by_debit=False, submitted_at=SUBMITTED_AT)
    within_two_seconds(qtbot, lambda: page.table.rows[-1].request_id == sent.request_id)
    assert len(page.table.rows) == 131


def test_a_service_that_a_colleague_makes_can_be_chosen(qtbot: QtBot, page: QueuePage, office: Office) -> None:
    office.add_service("GARDERIE - 1 PARENT")
    button = page.filters.line.button("service")
    within_two_seconds(qtbot, lambda: "GARDERIE - 1 PARENT" in [action.text() for action in button.menu().actions()])
    assert button.isVisible()


def test_the_panel_reads_the_file_and_logs_no_opening(qtbot: QtBot, page: QueuePage, office: Office) -> None:
    qtbot.waitUntil(lambda: page.detail._read is not None)
    assert office.one("select count(*) from office.reading") == 0
    assert office.one("select count(*) from office.request_opening") == 0
