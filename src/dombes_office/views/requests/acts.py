"""What the request screens can do, handed in as functions: the real operations, or plain ones in a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.operations.requests import checking, decisions, dossier, history, queue, reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from dombes_office.rules.letters import SentLetter
    from dombes_office.rules.requests import (
        DecisionRow,
        HistoryEvent,
        QueueChoices,
        RequestDossier,
        RequestPage,
        RequestStatus,
    )


@dataclass(frozen=True, slots=True)
class RequestActs:
    """The operations on requests; each takes the session first (see `operations/requests/` for the rest)."""

    list_requests: Callable[..., RequestPage] = queue.list_requests
    count_by_status: Callable[..., dict[RequestStatus, int]] = queue.count_by_status
    count_unfiltered: Callable[..., dict[RequestStatus, int]] = queue.count_unfiltered
    read_choices: Callable[..., QueueChoices] = queue.read_choices
    open_dossier: Callable[..., RequestDossier] = dossier.open_dossier
    read_document: Callable[..., bytes] = reading.read_document
    read_photo: Callable[..., bytes | None] = reading.read_photo
    note_opening: Callable[..., None] = reading.note_opening
    note_revealed: Callable[..., None] = reading.note_revealed
    keep_open: Callable[..., None] = reading.keep_open
    note_closing: Callable[..., None] = reading.note_closing
    keep_checks: Callable[..., None] = checking.keep_checks
    find_unchecked: Callable[..., tuple[int, ...]] = checking.find_unchecked
    decide: Callable[..., DecisionRow] = decisions.decide
    undo_decision: Callable[..., None] = decisions.undo_decision
    read_letter: Callable[..., SentLetter] = decisions.read_letter
    read_history: Callable[..., tuple[HistoryEvent, ...]] = history.read_history
