"""What the request screens can do, handed in as functions: the real operations, or plain ones in a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dombes_office.operations.requests import checking, decisions, dossier, history, queue, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.rules.letters import Letter, SentLetter
    from dombes_office.rules.requests import (
        CheckResult,
        Cursor,
        DecisionDraft,
        DecisionRow,
        HistoryEvent,
        QueueChoices,
        RequestDossier,
        RequestFilter,
        RequestPage,
        RequestStatus,
    )
    from dombes_office.views.lists.plan import Db


class ListRequests(Protocol):
    """Reads a page of the queue."""

    def __call__(
        self, db: Db, wanted: RequestFilter, after: Cursor | None = None, /, *, limit: int, everything: bool
    ) -> RequestPage:
        """See `operations.requests.queue.list_requests`."""


class UndoDecision(Protocol):
    """Takes a decision back."""

    def __call__(self, db: Db, /, decision_id: int) -> None:
        """See `operations.requests.decisions.undo_decision`."""


@dataclass(frozen=True, slots=True)
class RequestActs:
    """The operations on requests; each takes the session first (see `operations/requests/` for the rest)."""

    list_requests: ListRequests = queue.list_requests
    count_by_status: Callable[[Db, RequestFilter], dict[RequestStatus, int]] = queue.count_by_status
    count_unfiltered: Callable[[Db], dict[RequestStatus, int]] = queue.count_unfiltered
    read_choices: Callable[[Db], QueueChoices] = queue.read_choices
    open_dossier: Callable[[Db, int], RequestDossier] = dossier.open_dossier
    read_document: Callable[[Db, int], bytes] = reading.read_document
    read_to_check: Callable[[Db, int], bytes] = reading.read_to_check
    read_photo: Callable[[Db, int], bytes | None] = reading.read_photo
    note_opening: Callable[[Db, int], None] = reading.note_opening
    note_revealed: Callable[[Db, int, int | None], None] = reading.note_revealed
    keep_open: Callable[[Db, int], None] = reading.keep_open
    note_closing: Callable[[Db, int], None] = reading.note_closing
    keep_checks: Callable[[Db, int, int, tuple[CheckResult, ...]], None] = checking.keep_checks
    find_unchecked: Callable[[Db, int], tuple[int, ...]] = checking.find_unchecked
    decide: Callable[[Db, RequestDossier, DecisionDraft, Letter], DecisionRow] = decisions.decide
    undo_decision: UndoDecision = decisions.undo_decision
    read_letter: Callable[[Db, int], SentLetter] = decisions.read_letter
    read_history: Callable[[Db, int], tuple[HistoryEvent, ...]] = history.read_history
