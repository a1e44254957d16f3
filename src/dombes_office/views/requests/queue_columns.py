"""The columns of the queue of requests, and the marks that say what its checks found and where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.french import (
    NBSP,
    age_text,
    ago,
    counted,
    local,
    moment,
    numeric_date,
    service_title,
    upper_name,
    waiting,
    waiting_days,
)
from dombes_office.rules.names import fold
from dombes_office.rules.requests import OPEN_STATUSES, RequestRow, SortKey
from dombes_office.views.requests.marks import STATUS_MARKS
from dombes_office.views.widgets.marks import Mark, State
from dombes_office.views.widgets.row_table import Column, Tone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

LATE_DAYS = 5
"""From so many days on, a request that waits for the office carries a clock."""
STATE_COLUMN, OPENED_COLUMN = "state", "opened"
"""The columns of which one is shown at a time."""


def queue_columns(now: Callable[[], datetime]) -> tuple[Column[RequestRow], ...]:
    """The columns in their order; `now` is asked each time an age is written."""

    def late(row: RequestRow) -> bool:
        return row.status in OPEN_STATUSES and waiting_days(row.submitted_at, now()) >= LATE_DAYS

    def tone(row: RequestRow) -> Tone:
        if late(row):
            return Tone.STRONG
        waits = row.status in OPEN_STATUSES and waiting_days(row.submitted_at, now()) > 0
        return Tone.PLAIN if waits else Tone.SECONDARY

    return (
        Column[RequestRow](
            "Attente",
            lambda row: waiting(row.submitted_at, now()),
            key=SortKey.WAITING,
            width=84,
            icon=lambda row: ("clock", "verify") if late(row) else None,
            sort_value=lambda row: row.submitted_at,
            tooltip=lambda row: f"Reçue {moment(row.submitted_at)}",
            spoken=lambda row: f"reçue {ago(row.submitted_at, now())}",
            tone=tone,
        ),
        Column[RequestRow](
            "Famille",
            lambda row: upper_name(row.family_name),
            key=SortKey.FAMILY,
            width=148,
            sort_value=lambda row: row.family_name,
            tone=Tone.STRONG,
            stretch=True,
        ),
        Column[RequestRow](
            "Enfant",
            child_name,
            width=158,
            second=lambda row: child_facts(row, now()),
            stretch=True,
        ),
        Column[RequestRow]("Service", lambda row: service_title(row.service_name), width=142, stretch=True),
        Column[RequestRow]("Collectivité", lambda row: row.authority_name, width=96, tone=Tone.SECONDARY),
        Column[RequestRow](
            "Pièces",
            lambda row: f"{row.pieces_given}/{row.pieces_needed}",
            width=56,
            spoken=lambda row: f"{row.pieces_given} sur {row.pieces_needed}",
        ),
        Column[RequestRow](
            "Contrôles",
            lambda _: "",
            key=SortKey.CHECKS,
            width=108,
            mark=checks_mark,
            sort_value=_checks_value,
            tooltip=_checks_tooltip,
        ),
        Column[RequestRow](
            "État",
            lambda _: "",
            key=STATE_COLUMN,
            width=166,
            mark=_state_or_reader,
            tooltip=lambda row: f"{STATUS_MARKS[row.status].words}{_opened_words(row)}",
            spoken=lambda row: f"{STATUS_MARKS[row.status].words}{_opened_words(row)}",
        ),
        Column[RequestRow](
            "Ouverte par",
            opened_by,
            key=OPENED_COLUMN,
            width=114,
            icon=lambda row: ("lock-simple", "text2") if row.opened_by else None,
            tooltip=lambda row: f"{row.opened_by} a cette demande ouverte" if row.opened_by else "",
            spoken=lambda row: row.opened_by or "personne",
            tone=Tone.SECONDARY,
        ),
        Column[RequestRow](
            "Reçue le",
            lambda row: numeric_date(local(row.submitted_at).date()),
            width=104,
            tooltip=lambda row: moment(row.submitted_at),
            tone=Tone.SECONDARY,
            wide_only=True,
        ),
    )


def child_name(row: RequestRow) -> str:
    """The first name, with the last name only where it is not the family's."""
    if fold(row.child_last_name) == fold(row.family_name):
        return row.child_first_name
    return f"{row.child_first_name} {upper_name(row.child_last_name)}"


def child_facts(row: RequestRow, now: datetime) -> str:
    """`7 ans, CE1`, as far as it is known."""
    age = "" if row.born_on is None else age_text(row.born_on, local(now).date())
    return ", ".join(filter(None, (age, row.school_level)))


def opened_by(row: RequestRow) -> str:
    """`S. Berthelier` for Sophie Berthelier, "" where nobody has it open."""
    first, _, rest = (row.opened_by or "").partition(" ")
    if not rest:
        return first
    initials = "-".join(f"{part[0]}." for part in first.split("-") if part)
    return f"{initials}{NBSP}{rest}"


def _state_or_reader(row: RequestRow) -> Mark:
    """The state, or the colleague who has the request open now: that is the state that counts."""
    return Mark(State.NEUTRAL, opened_by(row), icon="lock-simple") if row.opened_by else STATUS_MARKS[row.status]


def _opened_words(row: RequestRow) -> str:
    return f", ouverte par {row.opened_by}" if row.opened_by else ""


def checks_mark(row: RequestRow) -> Mark | None:
    """What the checks found; a request whose only failures are missing pieces is incomplete, which is no fault yet."""
    still_open = row.status in OPEN_STATUSES
    missing = max(0, row.pieces_needed - row.pieces_given)
    failures = row.check_failures
    if missing and (failures is None or failures <= missing):
        return Mark(State.WAITING, "Incomplet")
    if failures is None or row.check_warnings is None:
        # What was decided is not checked any more, so there is nothing to wait for.
        return Mark(State.NEUTRAL, "Pas contrôlé") if still_open else None
    if failures:
        return Mark(State.FAILURE, counted(failures, "échec"), soft=still_open)
    if row.check_warnings:
        return Mark(State.VERIFY, f"{row.check_warnings}{NBSP}à vérifier")
    return Mark(State.GOOD, "Tout est bon")


def _checks_value(row: RequestRow) -> int:
    """The rank by which the database orders: failures, then what is to be verified, then all well, then unknown."""
    if row.check_failures is None:
        return 3
    return 0 if row.check_failures else 1 if row.check_warnings else 2


def _checks_tooltip(row: RequestRow) -> str:
    if row.check_failures is None or row.check_warnings is None:
        return "Les contrôles n’ont pas encore été faits."
    missing = max(0, row.pieces_needed - row.pieces_given)
    parts = (
        f"{counted(missing, 'pièce manquante', 'pièces manquantes')}" if missing else "",
        counted(row.check_failures, "échec") if row.check_failures > missing else "",
        f"{row.check_warnings}{NBSP}à vérifier" if row.check_warnings else "",
    )
    return ", ".join(filter(None, parts)) or "Tout est bon"
