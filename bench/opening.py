"""From the wish to open a request to its first page painted, with the real page, database and reading process."""

from __future__ import annotations

import contextlib
import hashlib
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from bench import Figure
from bench._office import installed_office, running_server
from bench._papers import form, scan
from dombes_office import settings
from dombes_office.documents.renderer import Renderer
from dombes_office.rules.agents import REVIEWER, Agent
from dombes_office.rules.letters import TEMPLATES
from dombes_office.views.garbage import GarbageCollection
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.style import apply_style
from dombes_office.views.work import Desk, WorkLane

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench._office import Office

LIMIT = 150.0
"""Milliseconds within which 95 of 100 openings end."""
OPENINGS = 40
LOOK = 1000
"""Milliseconds that the agent looks at a request before she goes on."""
GIVE_UP = 20_000
SCREEN = (1366, 768)
AGENT = "agent_opening"

PIECE = """
insert into office.supporting_document
       (request_id, requirement_id, authority_id, sensitivity, file_sha256, file_name, byte_count, text_value,
        valid_until)
select r.id, q.id, r.authority_id, q.sensitivity, %(sha256)s, %(file_name)s, %(size)s, %(text)s, current_date + 300
  from office.access_request r join office.document_requirement q on q.service_id = r.service_id
 where r.id = %(request)s and q.code = %(code)s
"""


class Screen(QObject):
    """Watches the page's paper until the first page of the wanted file has been painted on it."""

    def __init__(self, page: ExaminationPage) -> None:
        super().__init__()
        self._page = page
        self._wanted = ""
        self._loop = QEventLoop()
        self._give_up = QTimer(self, interval=GIVE_UP, singleShot=True)
        self._give_up.timeout.connect(self._loop.quit)
        self._painted = 0.0
        page.bench.viewer.installEventFilter(self)
        for child in page.bench.viewer.findChildren(QObject):
            child.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._wanted and self._page.bench.viewer.shown == self._wanted:
            # The painting itself is still to come: the clock stops when it has been done.
            self._wanted = ""
            QTimer.singleShot(0, self._stop)
        return False

    def _stop(self) -> None:
        self._painted = time.perf_counter()
        self._loop.quit()

    def open(self, position: QueuePosition, sha256: str) -> float:
        """Open a request; the milliseconds until its first page is on the screen."""
        self._wanted, self._painted = sha256, 0.0
        self._give_up.start()
        start = time.perf_counter()
        self._page.open(position)
        self._loop.exec()
        if not self._painted:
            raise TimeoutError(f"Request {position.request_id} did not appear.")
        return (self._painted - start) * 1000

    def look(self) -> None:
        """Do what an agent does who reads: nothing."""
        pause = QEventLoop()
        QTimer.singleShot(LOOK, pause.quit)
        pause.exec()


def run() -> list[Figure]:
    """Through the queue, looking at each request for a second; then as fast as the pages appear."""
    application = QApplication.instance() or QApplication(["bench"])
    if not isinstance(application, QApplication):
        raise TypeError(type(application))
    apply_style(application)
    collection = GarbageCollection(application)
    with contextlib.ExitStack() as stack:
        office = stack.enter_context(installed_office(stack.enter_context(running_server()), "opening"))
        office.fill(10 * OPENINGS)
        office.add_agent(AGENT, [1])
        first_files = give_files(office, 2 * OPENINGS + 2)
        screen = Screen(stack.enter_context(open_page(office)))
        ids = tuple(first_files)
        half = OPENINGS + 1
        unhurried = go_through(screen, ids[:half], first_files, look=True)
        hurried = go_through(screen, ids[half:], first_files, look=False)
    collection.stop()
    return [
        figure("a request opened, the one before looked at for a second", unhurried, 1.0),
        figure("a request opened as soon as the one before is shown", hurried, None),
        for_the_record("a request opened, the one before looked at for a second: median", unhurried),
        for_the_record("a request opened as soon as the one before is shown: median", hurried),
    ]


def figure(subject: str, times: list[float], budget: float | None) -> Figure:
    """The time within which 95 of 100 openings end."""
    return Figure(
        subject=f"{subject}: p95",
        measured=statistics.quantiles(times, n=20)[-1],
        against="the limit",
        baseline=LIMIT,
        budget=budget,
    )


def for_the_record(subject: str, times: list[float]) -> Figure:
    """The median."""
    return Figure(subject=subject, measured=statistics.median(times), against="the limit", baseline=LIMIT)


def go_through(screen: Screen, ids: tuple[int, ...], first_files: dict[int, str], *, look: bool) -> list[float]:
    """Open one request after the other; the milliseconds of each but the first, before which nothing was open."""
    times = []
    for request_id in ids:
        times.append(screen.open(QueuePosition(request_id, ids, len(ids)), first_files[request_id]))
        if look:
            screen.look()
    return times[1:]


def give_files(office: Office, requests: int) -> dict[int, str]:
    """Give the pieces of the oldest requests: forms of one or two pages, every fifth a scan; their first files."""
    given = {}
    with office.raw() as admin, admin.transaction():
        admin.execute("set local session_replication_role = replica")
        found = admin.execute(
            "select id from office.access_request where status = 'pending' and authority_id = 1"
            " order by submitted_at, id limit %s",
            [requests],
        ).fetchall()
        for number, (request_id,) in enumerate(found):
            health = scan(number, "Fiche") if number % 5 == 0 else form(number, "Fiche", pages=1 + number % 2)
            mandate = scan(number, "Mandat") if number % 7 == 0 else form(number, "Mandat")
            for code, content in (("health_form", health), ("mandate", mandate)):
                sha256 = hashlib.sha256(content).digest()
                admin.execute("insert into office.file_content (sha256, content) values (%s, %s)", [sha256, content])
                piece = {"sha256": sha256, "file_name": f"{code}.pdf", "size": len(content), "text": None}
                admin.execute(PIECE.encode(), piece | {"request": request_id, "code": code})
            for code, text in (("iban", "FR7630006000011234567890189"), ("bic", "AGRIFRPP")):
                piece = {"sha256": None, "file_name": None, "size": None, "text": text}
                admin.execute(PIECE.encode(), piece | {"request": request_id, "code": code})
            given[int(request_id)] = hashlib.sha256(health).hexdigest()
    return given


@contextlib.contextmanager
def open_page(office: Office) -> Iterator[ExaminationPage]:
    """The examination as the window shows it, on lanes and a reading process of its own."""
    agent = Agent(AGENT, "Agent", frozenset({REVIEWER}), ((1, "Étang"),), sees_everything=False, server_version="18")
    database, documents = WorkLane("database"), WorkLane("documents")
    templates = {kind: settings.resource(name).read_text("utf-8") for kind, name in TEMPLATES.items()}
    with Renderer() as renderer:
        renderer.warm()
        desk = Desk(database, office.open(AGENT).transact)
        page = ExaminationPage(desk, documents, renderer, agent, templates=templates, now=lambda: datetime.now(UTC))
        window = QWidget()
        window.resize(*SCREEN)
        page.setParent(window)
        page.resize(*SCREEN)
        window.show()
        try:
            yield page
        finally:
            window.close()
            documents.close()
            database.close()
