"""The page Examen in the real window with the real reader, and hands on its keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QPushButton, QWidget

from dombes_office import settings
from dombes_office.errors import ServerUnreachable
from dombes_office.rules.letters import TEMPLATES
from dombes_office.rules.requests import RequestFilter
from dombes_office.views.announcements import Announcements
from dombes_office.views.page import Page, PageEntry
from dombes_office.views.requests.examination.decision.refusal_dialog import RefusalDialog
from dombes_office.views.requests.examination.page import ExaminationPage
from dombes_office.views.requests.position import QueuePosition
from dombes_office.views.window import AgentCard, MainWindow
from tests.views.requests.examination_office import LEA, NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from dombes_office.documents.renderer import Renderer
    from dombes_office.rules.agents import Agent
    from dombes_office.rules.requests import DecisionKind
    from dombes_office.views.work import Desk, WorkLane
    from tests.views.requests.examination_office import FakeOffice

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
GONE = ServerUnreachable("Le serveur ne répond pas.", "Vérifiez le réseau.")
ENTER = Qt.Key.Key_Return
W = TypeVar("W", bound=QWidget)


def part(widget: QWidget, kind: type[W]) -> W:
    """The first widget of a kind inside another one."""
    found = widget.findChild(kind)
    assert found is not None
    return found


def in_dialog(act: Callable[[RefusalDialog], object]) -> list[RefusalDialog]:
    """Do something in the refusal dialog as soon as it is there; the list holds it once it was."""
    seen: list[RefusalDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, RefusalDialog) and dialog.isActiveWindow():
            seen.append(dialog)
            act(dialog)
            QTimer.singleShot(200, dialog, dialog.reject)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)
    return seen


class Queue(Page):
    """What stands where the queue would."""

    def __init__(self) -> None:
        super().__init__(PageEntry("requests", "Demandes", "tray"))
        self.shown: list[object] = []

    def open(self, what: object) -> None:
        self.shown.append(what)

    def refresh(self) -> None:
        """Nothing to read."""


class Bench:
    """The page in the real window, and hands on its keyboard."""

    def __init__(self, qtbot: QtBot, desk: Desk, documents: WorkLane, renderer: Renderer, office: FakeOffice) -> None:
        self.qtbot, self.office, self.desk, self.documents = qtbot, office, desk, documents
        self.agent, self.now = LEA, NOW
        self.queue = Queue()
        self._renderer = renderer
        self.announcements = Announcements()

    def show(
        self,
        *request_ids: int,
        agent: Agent = LEA,
        size: tuple[int, int] = (1366, 690),
        wait: bool = True,
        total: int = 0,
    ) -> Bench:
        """Open the first of these requests, the others following in the queue, which may be longer than them."""
        templates = {kind: settings.resource(name).read_text("utf-8") for kind, name in TEMPLATES.items()}
        self.page = ExaminationPage(
            self.desk,
            self.documents,
            self._renderer,
            agent,
            templates=templates,
            now=lambda: self.now,
            acts=self.office.acts(),
        )
        card = AgentCard("Léa Morandat", "CC de la Dombes")
        self.window = MainWindow([self.queue, self.page], card, self.desk.lane, self.announcements)
        self.qtbot.addWidget(self.window, before_close_func=self.put_away)
        self.window.resize(*size)
        with self.qtbot.waitExposed(self.window):
            self.window.show()
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)
        self.window.open(
            "examination",
            QueuePosition(request_ids[0], tuple(request_ids), total or len(request_ids), RequestFilter()),
        )
        if wait:
            self.settle()
        return self

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: not (self.desk.lane.is_busy or self.documents.is_busy), timeout=20_000)

    def put_away(self, _window: QWidget) -> None:
        """Let everything come to an end before the window goes."""
        self.office.gate.set()
        self.office.reading_gate.set()
        self.office.history_gate.set()
        for dialog in self.dialogs():
            dialog.close()
        self.settle()

    def dialogs(self) -> list[QDialog]:
        """The dialogs that are open."""
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    def press(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = NO_MODIFIER) -> None:
        """Press a key where the focus is; a sign in place of a key is typed as its keyboard gives it."""
        target = QApplication.focusWidget() or self.window
        if isinstance(key, Qt.Key):
            QTest.keyClick(target, key, modifier)
            return
        for sign in key:
            if sign.isascii():
                QTest.keyClicks(target, sign, modifier)
            else:
                # QTest knows ASCII only; this is what a French keyboard sends for the unshifted figures.
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(target, QKeyEvent(kind, ord(sign.upper()), modifier, sign))

    def ctrl(self, key: Qt.Key) -> None:
        """Ctrl and a key."""
        self.press(key, Qt.KeyboardModifier.ControlModifier)

    def alt(self, key: Qt.Key) -> None:
        """Alt and a key; a button that is pressed by its letter is seen to go down for a tenth of a second."""
        self.press(key, Qt.KeyboardModifier.AltModifier)
        self.qtbot.wait(150)

    def close_popup(self) -> None:
        """Put the list of a combo box away; without a real screen Qt does not give the window back by itself."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
            self.come_back()

    def come_back(self) -> None:
        """Have the window in front again once what lay over it is gone, as a real screen does by itself."""
        self.qtbot.waitUntil(lambda: not self.dialogs())
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    @property
    def reason(self) -> QComboBox:
        """Where the reason is chosen."""
        return part(self.page.bench.verdict_bar, QComboBox)

    def say_why(self, code: str) -> None:
        """Choose the reason of a piece that is not compliant."""
        self.close_popup()
        self.reason.setCurrentIndex(self.reason.findData(code))
        self.reason.activated.emit(self.reason.currentIndex())

    @property
    def number(self) -> str:
        """The number of the request on the screen, as its title says it."""
        return self.page.title.rpartition("\u00a0")[2]

    @property
    def piece(self) -> str:
        """The label of the piece on the screen."""
        current = self.page.bench.pieces.current()
        return "" if current is None else current.label

    @property
    def place(self) -> str:
        """Where she stands in the queue, as the header says it."""
        return self.page._steps.place.replace("\u00a0", " ")

    @property
    def undo(self) -> QPushButton:
        """The button of the bar that takes back."""
        return part(self.window.undo_bar, QPushButton)

    @property
    def band(self) -> str:
        """What the message band says."""
        return self.page.band.words

    def shown(self) -> str | None:
        """The SHA-256 of the file whose page is on the screen."""
        return self.page.bench.viewer.shown

    def verdicts(self) -> dict[int, str]:
        """What has been said: requirement -> verdict, with the reason and the words where there are some."""
        draft = self.page.bench.draft
        assert draft is not None
        return {
            v.requirement_id: " ".join(filter(None, (v.kind.value, v.reason_code, v.words))) for v in draft.verdicts
        }

    def kinds(self) -> list[DecisionKind]:
        """The decisions that reached the office."""
        return [draft.kind for _, draft, _ in self.office.decided]
