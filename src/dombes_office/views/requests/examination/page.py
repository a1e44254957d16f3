"""Examen: one request on one page, decided without the mouse; the next one opens by itself."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot

from dombes_office.errors import Outage
from dombes_office.rules.french import NBSP, ago, hour, office_day, service_title
from dombes_office.views.page import Page, PageEntry, Shortcut
from dombes_office.views.papers.cache import Papers
from dombes_office.views.requests.acts import RequestActs
from dombes_office.views.requests.examination import news
from dombes_office.views.requests.examination.decision.decider import Decider, Taken
from dombes_office.views.requests.examination.draft import Draft
from dombes_office.views.requests.examination.history.history_reader import HistoryReader
from dombes_office.views.requests.examination.keys import ExaminationKeys
from dombes_office.views.requests.examination.prefetch import Prefetch
from dombes_office.views.requests.examination.presence import Presence
from dombes_office.views.requests.examination.queue_steps import QueueSteps
from dombes_office.views.requests.examination.queue_walk import QueueWalk
from dombes_office.views.requests.examination.trace import Trace
from dombes_office.views.requests.examination.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from PySide6.QtWidgets import QWidget

    from dombes_office.documents.renderer import Renderer
    from dombes_office.errors import ChangedMeanwhile, OfficeError
    from dombes_office.rules.agents import Agent
    from dombes_office.rules.requests import DecisionKind, DecisionRow, RequestDossier
    from dombes_office.views.requests.position import QueuePosition
    from dombes_office.views.work import Desk, WorkLane

ENTRY = PageEntry("examination", "Examen", "tray", listed=False, under="requests", folds_navigation=True)


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
        self._acts = acts = acts or RequestActs()
        self._set_aside: dict[int, Draft] = {}
        """Drafts of requests that were decided or left, so that undoing and coming back find them as they were."""
        self._outage_shown = False
        self._outdated = False
        """Something was read, or should have been, while a decision was under way: it is read again after."""
        self.papers = Papers(
            desk, documents, renderer, read_document=acts.read_document, read_photo=acts.read_photo, parent=self
        )
        self.prefetch = Prefetch(desk, self.papers, acts, parent=self)
        self.bench = Workbench(desk, documents, self.papers, acts, now=now, parent=self)
        buttons = self.bench.decision.buttons
        self.decider = Decider(desk, acts, templates, button=buttons.__getitem__, parent=self)
        self._history = HistoryReader(desk, acts, button=self.bench.history, page=self)
        self._walk = QueueWalk(desk, acts.list_requests, everything=agent.sees_everything, parent=self)
        self._presence = Presence(desk, acts, self)
        self._trace = Trace(desk, acts, self)
        self.keys = ExaminationKeys(self.bench, self)
        self._build()
        self._connect()

    # Building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.header.show_arrow()
        self.loading.words.hide()
        self.header.add_widget(self.loading.words)
        self._steps = QueueSteps()
        self.header.add_widget(self._steps)
        self.body.addWidget(self.bench, 1)

    def _connect(self) -> None:
        self.header.back.connect(self.leave)
        bench, decider, walk = self.bench, self.decider, self._walk
        for wants in (self._steps, self.keys):
            wants.next_wanted.connect(walk.step_on)
            wants.previous_wanted.connect(walk.step_back)
        self.keys.decision_wanted.connect(decider.act_as_proposed)
        walk.wanted.connect(self._go_to)
        walk.ended.connect(self.leave)
        walk.longer.connect(self._queue_is_longer)
        self.papers.failed.connect(self.show_error)
        self._history.failed.connect(self.show_error)
        bench.history.clicked.connect(self._show_history)
        bench.file_known.connect(self._read_ahead)
        bench.iban_shown.connect(self._trace.note)
        bench.decision.wanted.connect(decider.act)
        bench.decision.letter_wanted.connect(decider.preview_letter)
        decider.reason_wanted.connect(bench.ask_reason)
        decider.look_again_wanted.connect(self._look_again)
        decider.began.connect(self._hold)
        decider.written.connect(self._written)
        decider.refused.connect(self._not_written)
        decider.overtaken.connect(self._overtaken)
        decider.undo_offered.connect(self.undo_offered)
        decider.undone.connect(self._undone)
        decider.not_undone.connect(self._not_undone)

    # Opening ----------------------------------------------------------------------------------------------------

    def open(self, what: object) -> None:
        """Show the request at a `QueuePosition`."""
        position: QueuePosition = what  # type: ignore[assignment]  # The window hands over what the queue sent.
        self._leave_request()
        self._walk.stand_at(position)
        self.band.clear()
        self._show_place()
        self._load(position.request_id)

    def activated(self) -> None:
        """Coming to the front changes nothing here: `open` has begun the reading."""

    def refresh(self) -> None:
        """Read the request again; what was said of pieces that did not change stays."""
        self._outdated = self.decider.under_way
        position = self._walk.position
        if position is not None and not self._outdated:
            self._load(position.request_id)

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
        position = self._walk.position
        if position is None or dossier.request.request_id != position.request_id:
            return
        self.loading.stop()
        if self.decider.under_way:
            # Read before the decision was written: it would speak of a state that is over when the answer comes.
            self._outdated = True
            return
        self._outage_over()
        shown = self.bench.draft
        if shown is None:
            self._first_sight(dossier)
        else:
            self._see_again(shown, dossier)
        self.fresh.emit()

    def _first_sight(self, dossier: RequestDossier) -> None:
        """Show a request that was not on the screen, with what was said of it before."""
        request = dossier.request
        if self._agent.may_decide:
            self._presence.begin(request.request_id)
            self._trace.begin(request.request_id)
        before = self._set_aside.pop(request.request_id, None)
        if before is not None:
            self._see_again(before, dossier)
        else:
            self._take(dossier, None)
            if request.opened_by and self._agent.may_decide:
                self._tell(f"{request.opened_by} a aussi ouvert cette demande.", "La première décision compte.")
        self.bench.opened_at.setText(f"ouverte à {hour(self._now())}")
        self._read_ahead()
        self.shown.emit(request.request_id)

    def _see_again(self, said: Draft, dossier: RequestDossier) -> None:
        """Go on where she was, unless the request has changed: then say by whom and what, and keep what still holds."""
        unsent, said.unsent = said.unsent, None
        if unsent is not None and news.is_recorded(said, dossier):
            self._tell_recorded(said, dossier)
            return
        cleared: tuple[str, ...] = ()
        if self.bench.draft is said and said.dossier.request.version == dossier.request.version:
            self.bench.fetch()
            self._note_reading(dossier)
        else:
            cleared = self._take(dossier, said)
        changed = news.changed(said.dossier, dossier, cleared, self._today)
        if changed:
            begun = "Cette demande vient de changer."
            self._tell(begun if unsent is None else f"Votre décision n’est pas partie. {begun}", " ".join(changed))
        elif unsent is not None:
            self._tell(*news.not_sent(said, unsent))
            self.bench.decision.focus_primary()

    def _tell_recorded(self, said: Draft, dossier: RequestDossier) -> None:
        """Her decision was written although its answer was lost: say so, and offer to undo it all the same."""
        self._take(dossier, said)
        # The buttons are gone, and the cursor with them.
        self.bench.pieces.view.setFocus()
        self._tell(*news.recorded(dossier, self._today))
        decision, position = dossier.decision, self._walk.position
        if decision is not None and position is not None:
            self.decider.offer_undo(Taken(said, decision, position, time.monotonic() + decision.undo_seconds))

    def _take(self, dossier: RequestDossier, before: Draft | None) -> tuple[str, ...]:
        """Show a dossier with what was said before; returns the labels of the pieces to read again."""
        cleared: tuple[str, ...] = ()
        if before is None:
            draft = Draft(dossier, may_decide=self._agent.may_decide)
        else:
            draft, cleared = before.carried_to(dossier)
        request = dossier.request
        self.set_title(
            f"Demande n°{NBSP}{request.number}",
            f"{service_title(dossier.service.name)}, {dossier.service.authority_name},"
            f" reçue {ago(request.submitted_at, self._now())}",
        )
        self.decider.draft = draft
        self.bench.take(draft, beside=self.prefetch.held, keep_piece=before is not None)
        self._note_reading(dossier)
        return cleared

    def _note_reading(self, dossier: RequestDossier) -> None:
        """What is said of the child stands on the screen as soon as the request does."""
        if dossier.child.care_note:
            self._trace.note(None)

    @property
    def _today(self) -> date:
        return office_day(self._now())

    # The band ---------------------------------------------------------------------------------------------------

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

    @Slot()
    def _show_history(self) -> None:
        if self.bench.draft is not None:
            self._history.show_history(self.bench.draft.dossier.request)

    # Deciding ---------------------------------------------------------------------------------------------------

    @Slot()
    def _hold(self) -> None:
        """While a decision is being written nothing can be said or left; its answer is seen by who took it."""
        self.band.clear()
        self.bench.freeze(frozen=True)
        self._show_place()

    def _let_go(self) -> None:
        """Its answer has come."""
        self.bench.freeze(frozen=False)
        self._show_place()
        if self._outdated:
            self.refresh()

    @Slot()
    def _look_again(self) -> None:
        """The band has told the difference already; the reason and the words wait in the dialog."""
        self.bench.pieces.view.setFocus()

    @Slot(object, object, float)
    def _written(self, draft: Draft, decision: DecisionRow, until: float) -> None:
        self._outdated = False
        self._let_go()
        position = self._walk.position
        if position is not None:
            self.decider.offer_undo(Taken(draft, decision, position, until))
            self._leave_request(keep=False)
            self.loading.start()
            self._walk.leave_behind(decision.request_id)

    @Slot(object)
    def _not_written(self, error: OfficeError) -> None:
        self.show_error(error)
        self._let_go()
        self.bench.decision.focus_primary()

    @Slot(object, object)
    def _overtaken(self, error: ChangedMeanwhile, dossier: RequestDossier) -> None:
        """Show the difference beside the newer dossier; what was typed about unchanged pieces stays."""
        self._outdated = False
        self._let_go()
        said = self.bench.draft
        if said is None:
            return
        if news.is_recorded(said, dossier):
            self._tell_recorded(said, dossier)
            return
        cleared = self._take(dossier, said)
        changed = news.changed(said.dossier, dossier, cleared, self._today)
        self.show_error(news.conflict(error, dossier, changed, self._today))

    @Slot(object)
    def _undone(self, taken: Taken) -> None:
        self._set_aside[taken.decision.request_id] = taken.draft
        self._open_again(taken)

    def _open_again(self, taken: Taken) -> None:
        """Back to where she stood when she decided."""
        self._outdated = False
        self.open_wanted.emit(self.key, taken.position.at(taken.decision.request_id))

    @Slot(object, object)
    def _not_undone(self, taken: Taken, error: OfficeError) -> None:
        """The decision stands: say so where the agent is, on its own request if she has left this page."""
        if not self.isVisible():
            self._open_again(taken)
        elif self._outdated:
            self.refresh()
        if not isinstance(error, Outage):
            number = f"Il s’agit de la demande n°{NBSP}{taken.draft.dossier.request.number}."
            error = type(error)(error.sentence, f"{error.way_out} {number}".strip())
        self.show_error(error)

    # Moving -----------------------------------------------------------------------------------------------------

    @Slot(object)
    def _go_to(self, position: QueuePosition) -> None:
        """To another request of the queue; what was said of this one stays while the page lives."""
        if self.may_leave():
            self.open(position)

    @Slot()
    def _read_ahead(self) -> None:
        """Read what follows in the queue where the list had not, and the next request's first file."""
        if self.bench.draft is not None:
            self._walk.read_on()
            self.prefetch.begin_when_idle(self._walk.position, self.bench.draft, self.bench.viewer.first_drawing())

    @Slot()
    def _queue_is_longer(self) -> None:
        self._show_place()
        self._read_ahead()

    def _show_place(self) -> None:
        if self._walk.position is not None:
            self._steps.show_position(self._walk.position, free=not self.decider.under_way)

    @Slot()
    def leave(self) -> None:
        """Back to the list."""
        if not self.may_leave():
            return
        self._leave_request()
        self.loading.stop()
        position = self._walk.position
        self._walk.stand_at(None)
        self.prefetch.forget()
        self.papers.keep_only(frozenset())
        self.open_wanted.emit(self.entry.under, position)

    def may_leave(self) -> bool:
        """Not while a decision is being written: its answer would be lost."""
        if self.decider.under_way:
            self._tell("La décision part…", f"Un instant{NBSP}: la suite vient d’elle-même.")
            return False
        return True

    def closing(self) -> None:
        """Colleagues must not see the request open on a desk that is closed."""
        self._presence.end()

    def _leave_request(self, *, keep: bool = True) -> None:
        """Say that the request is closed, and clear the screen of it; what was said waits for her to come back."""
        self._presence.end()
        self._trace.end()
        self._history.forget()
        draft = self.bench.draft
        if draft is not None and keep and draft.may_decide:
            self._set_aside[draft.dossier.request.request_id] = draft
        self.decider.draft = None
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
