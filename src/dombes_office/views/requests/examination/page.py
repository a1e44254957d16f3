"""Examen: one request on one page, decided without the mouse; the next one opens by itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from dombes_office.errors import Outage
from dombes_office.rules.differences import describe_differences
from dombes_office.rules.french import NBSP, ago, hour, office_day, service_title, typeset
from dombes_office.rules.requests import DecisionKind, DecisionRow, RequestDossier
from dombes_office.views.page import Page, PageEntry, Shortcut
from dombes_office.views.papers.cache import Papers
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.examination.asking import Asking
from dombes_office.views.requests.examination.deciding import Deciding
from dombes_office.views.requests.examination.draft import Draft
from dombes_office.views.requests.examination.history.history_dialog import HistoryReader
from dombes_office.views.requests.examination.keys import ExaminationKeys
from dombes_office.views.requests.examination.prefetch import Prefetch
from dombes_office.views.requests.examination.presence import Presence
from dombes_office.views.requests.examination.queue_steps import QueueSteps
from dombes_office.views.requests.examination.workbench import Workbench
from dombes_office.views.requests.position import QueuePosition

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from PySide6.QtWidgets import QWidget

    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import ChangedMeanwhile, OfficeError
    from dombes_office.rules.agents import Agent
    from dombes_office.views.work import Desk, WorkLane

ENTRY = PageEntry("examination", "Examen", "tray", listed=False, under="requests", folds_navigation=True)
_KEYS = {DecisionKind.VALIDATE: "Alt+V", DecisionKind.COMPLEMENT: "Alt+D", DecisionKind.REFUSE: "Alt+R"}


class ExaminationPage(Page):
    """Left the pieces, middle the file, right what is known and the decision."""

    shown = Signal(int)
    """A request is on the screen, its first piece with it as soon as it is drawn."""

    def __init__(
        self,
        desk: Desk,
        documents: WorkLane,
        renderer: Renderer,
        agent: Agent,
        *,
        templates: Mapping[DecisionKind, str],
        now: Callable[[], datetime],
        acts: RequestActs | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(ENTRY, parent)
        self._desk = desk
        self._agent = agent
        self._now = now
        self._acts = acts or RequestActs()
        self._position: QueuePosition | None = None
        self._set_aside: dict[int, Draft] = {}
        """Drafts of requests that were decided or left, so that undoing and coming back find them as they were."""
        self._position_before: QueuePosition | None = None
        """Where the agent stood when she took her last decision: undoing brings her back there."""
        self._outage_shown = False
        self._unsent: DecisionKind | None = None
        """The decision that an outage kept from being written."""
        self._deciding = Deciding(desk, self._acts, templates, self)
        self.papers = Papers(
            desk,
            documents,
            renderer,
            read_document=self._acts.read_document,
            read_photo=self._acts.read_photo,
            parent=self,
        )
        self.prefetch = Prefetch(desk, self.papers, self._acts, parent=self)
        self.bench = Workbench(desk, documents, self.papers, self._acts, now=now, parent=self)
        self._history = HistoryReader(desk, self._acts, self.bench, self)
        self._presence = Presence(desk, self._acts, self)
        self._asking = Asking(self.bench, self._deciding, self)
        self._build_header()
        self.body.addWidget(self.bench, 1)
        self._connect()
        self.keys = ExaminationKeys(self)

    # Building ---------------------------------------------------------------------------------------------------

    def _build_header(self) -> None:
        self.header.show_arrow()
        self.loading.words.hide()
        self.header.add_widget(self.loading.words)
        self._steps = QueueSteps()
        self.header.add_widget(self._steps)

    def _connect(self) -> None:
        self.header.back.connect(self.leave)
        self._steps.previous.connect(self.open_previous)
        self._steps.following.connect(self.open_next)
        self.bench.history.clicked.connect(self._history.show_history)
        self._history.failed.connect(self.show_error)
        self.bench.file_known.connect(self._read_ahead)
        self.bench.decision.wanted.connect(self._asking.act)
        self.bench.decision.letter_wanted.connect(self._asking.preview_letter)
        self._asking.complete.connect(self._decide)
        self._asking.changed_meanwhile.connect(self._ask_to_look_again)
        self._deciding.decided.connect(self._decided)
        self._deciding.refused.connect(self._not_decided)
        self._deciding.overtaken.connect(self._overtaken)
        self._deciding.undone.connect(self._undone)
        self._deciding.not_undone.connect(self._not_undone)
        self.papers.failed.connect(self.show_error)

    # Opening ----------------------------------------------------------------------------------------------------

    def open(self, what: object) -> None:
        """Show the request at a `QueuePosition`."""
        position: QueuePosition = what  # type: ignore[assignment]  # The window hands over what the queue sent.
        self._leave_request()
        self._position = position
        self.band.clear()
        self._show_place()
        self._load(position.request_id)

    def activated(self) -> None:
        """Coming to the front changes nothing here: `open` has begun the reading."""

    def refresh(self) -> None:
        """Read the request again; what was said of pieces that did not change stays."""
        if self._position is not None and not self._deciding.under_way:
            self._load(self._position.request_id)

    def subjects(self) -> frozenset[str]:
        """Other desks and the portal change requests."""
        return frozenset({"access_request"})

    def _load(self, request_id: int) -> None:
        self.loading.start()
        # Written down once for each time that the agent opens it, not for each time that the screen reads it again.
        reading = partial(_open_and_note, acts=self._acts, note=self._agent.may_decide and self.bench.draft is None)
        self._desk.run(reading, request_id, done=self._dossier_came, refused=self.show_error, key="dossier")

    @Slot(object)
    def _dossier_came(self, dossier: RequestDossier) -> None:
        if self._position is None or dossier.request.request_id != self._position.request_id:
            return
        self.loading.stop()
        self._outage_over()
        shown = self.bench.draft
        if shown is not None and shown.dossier.request.version == dossier.request.version:
            self._go_on_after_outage(shown)
        elif shown is not None:
            self._tell_difference(shown.dossier, dossier, self._take(dossier, shown))
        else:
            self._first_sight(dossier)
        self._unsent = None
        self.fresh.emit()

    def _first_sight(self, dossier: RequestDossier) -> None:
        """Show a request that was not on the screen, with what was said of it before."""
        request = dossier.request
        before = self._set_aside.pop(request.request_id, None)
        cleared = self._take(dossier, before)
        if before is not None:
            self._tell_difference(before.dossier, dossier, cleared)
        elif request.opened_by and self._agent.may_decide:
            self._tell(f"{request.opened_by} a aussi ouvert cette demande.", "La première décision compte.")
        self.bench.opened_at.setText(f"ouverte à {hour(self._now())}")
        if self._agent.may_decide:
            self._presence.begin(request.request_id)
        self._read_ahead()
        self.shown.emit(request.request_id)

    def _tell_difference(self, before: RequestDossier, after: RequestDossier, cleared: tuple[str, ...]) -> None:
        """Say what changed under the agent's eyes, by the family or by a colleague."""
        told = (
            *describe_differences(before, after, office_day(self._now())),
            *(typeset(f"À relire : {label}.") for label in cleared),
        )
        if told:
            self._tell("Cette demande vient de changer.", " ".join(told))

    def _tell(self, sentence: str, more: str) -> None:
        self._outage_shown = False
        self.band.show_notice(sentence, more)

    def show_error(self, error: OfficeError) -> None:
        """Show a refusal or an outage in the band; an outage goes when the request could be read again."""
        self._outage_shown = isinstance(error, Outage)
        super().show_error(error)

    def _outage_over(self) -> None:
        if self._outage_shown:
            self._outage_shown = False
            self.band.clear()

    def _go_on_after_outage(self, draft: Draft) -> None:
        """The same request is still there: bring what is missing of it, and say what did not leave."""
        self.bench.fetch()
        if self._unsent is not None:
            keys = "Ctrl+Entrée" if draft.proposed() is self._unsent else _KEYS[self._unsent]
            told = f"Votre décision n’est pas partie : {keys} pour la prendre."
            self._tell("Le serveur répond de nouveau.", typeset(told))
            self.bench.decision.focus_primary()

    def _take(self, dossier: RequestDossier, before: Draft | None) -> tuple[str, ...]:
        """Show a dossier with what was said before; returns the labels of the pieces to read again."""
        cleared: tuple[str, ...] = ()
        if before is None:
            draft = Draft(dossier, may_decide=self._agent.may_decide)
        else:
            draft, cleared = before.carried_to(dossier)
        request = dossier.request
        self.set_title(
            typeset(f"Demande n° {request.number}"),
            f"{service_title(dossier.service.name)}, {dossier.service.authority_name},"
            f" reçue {ago(request.submitted_at, self._now())}",
        )
        self.bench.take(draft, beside=self.prefetch.held, keep_piece=before is not None)
        return cleared

    @Slot()
    def _read_ahead(self) -> None:
        if self.bench.draft is not None:
            self.prefetch.begin_when_idle(self._position, self.bench.draft, self.bench.viewer.first_drawing())

    def _show_place(self) -> None:
        if self._position is not None:
            self._steps.show_position(self._position, free=not self._deciding.under_way)

    # Deciding ---------------------------------------------------------------------------------------------------

    def act(self, action: DecisionKind) -> None:
        """Take a decision, or ask first for what it still needs."""
        self._asking.act(action)

    def act_as_proposed(self) -> None:
        """Ctrl+Entrée: the decision that the verdicts lead to."""
        self._asking.act_as_proposed()

    @Slot(object, object)
    def _decide(self, draft: Draft, action: DecisionKind) -> None:
        self.band.clear()
        self._unsent = action
        self._deciding.decide(draft, action, self.bench.decision.buttons[action])
        self._hold(held=True)

    def _hold(self, *, held: bool) -> None:
        """While a decision is being written nothing can be said or left; its answer is seen by who took it."""
        self.bench.freeze(frozen=held)
        self._show_place()

    @Slot()
    def _ask_to_look_again(self) -> None:
        """The band has told the difference already; the reason and the words wait in the dialog."""
        self.bench.pieces.view.setFocus()

    @Slot(object, object)
    def _decided(self, draft: Draft, decision: DecisionRow) -> None:
        self._unsent = None
        self._hold(held=False)
        self.undo_offered.emit(self._deciding.undo_offer(draft, decision))
        position = self._position
        if position is None:
            return
        self._leave_request(keep=False)
        self._position_before = position
        following = position.next_after(decision.request_id)
        if following is None:
            self.leave()
        else:
            self.open(position.without(decision.request_id).at(following))

    @Slot(object)
    def _not_decided(self, error: OfficeError) -> None:
        if not isinstance(error, Outage):
            self._unsent = None
        self._hold(held=False)
        self.show_error(error)
        self.bench.decision.focus_primary()

    @Slot(object, object)
    def _overtaken(self, error: ChangedMeanwhile, dossier: RequestDossier) -> None:
        """Show the difference beside the newer dossier; what was typed about unchanged pieces stays."""
        self._unsent = None
        self._hold(held=False)
        before = self.bench.draft
        if before is None:
            return
        cleared = self._take(dossier, before)
        differences = describe_differences(before.dossier, dossier, office_day(self._now()))
        again = tuple(typeset(f"À relire : {label}.") for label in cleared)
        self.show_error(type(error)(error.sentence, error.way_out, differences=(*differences, *again)))

    @Slot(object)
    def _undone(self, draft: Draft) -> None:
        self._set_aside[draft.dossier.request.request_id] = draft
        self._open_again(draft)

    def _open_again(self, draft: Draft) -> None:
        request_id = draft.dossier.request.request_id
        position = self._position_before or QueuePosition(request_id, (request_id,), 1)
        self.open_wanted.emit(self.key, position.at(request_id))

    @Slot(object, object, object)
    def _not_undone(self, draft: Draft, decision: DecisionRow, error: OfficeError) -> None:
        """The decision stands: say so where the agent is, on its own request if she has left this page."""
        if not self.isVisible():
            self._open_again(draft)
        if isinstance(error, Outage):
            self.undo_offered.emit(self._deciding.undo_offer(draft, decision))
            self.show_error(error)
        else:
            number = typeset(f"Il s'agit de la demande n° {draft.dossier.request.number}.")
            self.show_error(type(error)(error.sentence, f"{error.way_out} {number}".strip()))

    # Moving -----------------------------------------------------------------------------------------------------

    @Slot()
    def open_next(self) -> None:
        """The next request of the queue; what was said of this one stays while the page lives."""
        if self._position is not None:
            self._open_beside(self._position.next_after(self._position.request_id))

    @Slot()
    def open_previous(self) -> None:
        """The request before this one."""
        if self._position is not None:
            self._open_beside(self._position.previous_before(self._position.request_id))

    def _open_beside(self, request_id: int | None) -> None:
        if self._position is not None and request_id is not None and self.may_leave():
            self.open(self._position.at(request_id))

    @Slot()
    def leave(self) -> None:
        """Back to the list."""
        if not self.may_leave():
            return
        self._leave_request()
        self.loading.stop()
        position, self._position = self._position, None
        self.prefetch.forget()
        self.papers.keep_only(frozenset())
        self.open_wanted.emit(self.entry.under, position)

    def may_leave(self) -> bool:
        """Not while a decision is being written: its answer would be lost."""
        if self._deciding.under_way:
            self._tell("La décision part…", "Un instant : la suite vient d’elle-même.".replace(" :", f"{NBSP}:"))
            return False
        return True

    def closing(self) -> None:
        """Colleagues must not see the request open on a desk that is closed."""
        self._presence.end()

    def _leave_request(self, *, keep: bool = True) -> None:
        """Say that the request is closed, and clear the screen of it; what was said waits for her to come back."""
        self._presence.end()
        self._unsent = None
        draft = self.bench.draft
        if draft is not None and keep and draft.may_decide:
            self._set_aside[draft.dossier.request.request_id] = draft
        self.bench.put_away()

    def go_back(self) -> bool:
        """Échap: out of the words, the search, the message, then the list."""
        bench = self.bench
        if bench.verdict_bar.has_writing_focus:
            bench.pieces.view.setFocus()
        elif bench.viewer.tools.close_search():
            bench.viewer.setFocus()
        elif not super().go_back():
            self.leave()
        return True

    def areas(self) -> Sequence[QWidget]:
        """F6: pieces, document, verdict, facts, decision."""
        bench = self.bench
        return (bench.pieces.view, bench.viewer, bench.verdict_bar, bench.facts, bench.decision)

    def shortcuts(self) -> Sequence[Shortcut]:
        """The page's keys."""
        return self.keys.listed()


def _open_and_note(db: object, request_id: int, *, acts: RequestActs, note: bool) -> RequestDossier:
    """Read the dossier and write down, in the same transaction, that it was opened."""
    dossier = acts.open_dossier(db, request_id)
    if note:
        acts.note_opening(db, request_id)
    return dossier
