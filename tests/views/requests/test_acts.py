"""What the screens hand to the operations is checked by mypy: a wrong or swapped argument does not get past it."""

from __future__ import annotations

import inspect
from dataclasses import fields
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from dombes_office.views.requests.acts import RequestActs

if TYPE_CHECKING:
    from dombes_office.errors import OfficeError
    from dombes_office.rules.requests import CheckResult, DecisionDraft, RequestDossier
    from dombes_office.views.work import Desk


class Receiver(QObject):
    """Hears answers of several kinds."""

    @Slot(object)
    def nothing(self, _nothing: None) -> None: ...

    @Slot(object)
    def dossier(self, _dossier: RequestDossier) -> None: ...

    @Slot(object)
    def refused(self, _error: OfficeError) -> None: ...


def right_calls(desk: Desk, acts: RequestActs, found: tuple[CheckResult, ...], told: Receiver) -> None:
    """Each line is what a screen may write; mypy reads it, nobody runs it."""
    desk.run(acts.open_dossier, 12, done=told.dossier, refused=told.refused)
    desk.run(acts.keep_checks, 12, 3, found, done=told.nothing, refused=told.refused)
    desk.run(partial(acts.undo_decision, decision_id=4), done=told.nothing, refused=told.refused)


def wrong_calls(
    desk: Desk, acts: RequestActs, dossier: RequestDossier, draft: DecisionDraft, found: tuple[CheckResult, ...]
) -> None:
    """Each line is a mistake. mypy says so, or it complains of an ignore that ignores nothing."""
    told = Receiver()
    desk.run(acts.open_dossier, "2026-0012", done=told.dossier, refused=told.refused)  # type: ignore[arg-type]
    desk.run(acts.open_dossier, done=told.dossier, refused=told.refused)  # type: ignore[arg-type]
    desk.run(acts.open_dossier, 12, 3, done=told.dossier, refused=told.refused)  # type: ignore[arg-type]
    desk.run(acts.open_dossier, 12, done=told.nothing, refused=told.refused)  # type: ignore[misc]
    desk.run(acts.keep_checks, 12, found, 3, done=told.nothing, refused=told.refused)  # type: ignore[arg-type]
    desk.run(acts.note_revealed, None, 12, done=told.nothing, refused=told.refused)  # type: ignore[arg-type]
    desk.run(acts.decide, draft, dossier, done=told.refused, refused=told.refused)  # type: ignore[arg-type, misc]
    partial(acts.undo_decision, decision_id="4")  # type: ignore[arg-type]
    RequestActs(open_dossier=lambda _db: dossier)  # type: ignore[arg-type, misc]
    RequestActs(read_photo=acts.open_dossier)  # type: ignore[arg-type]


def test_each_act_is_an_operation_that_takes_the_session_first() -> None:
    acts = RequestActs()
    firsts = {act.name: next(iter(inspect.signature(getattr(acts, act.name)).parameters)) for act in fields(acts)}
    assert set(firsts.values()) == {"db"}
