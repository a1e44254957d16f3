"""The history of a request: who gave, opened, decided, undid and was told, in the order of time."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from dombes_office.models.catalogue import DocumentRequirement
from dombes_office.models.decisions import Decision, DocumentVerdict
from dombes_office.models.documents import Reading, SupportingDocument
from dombes_office.models.mail import OutboxMail
from dombes_office.models.requests import AccessRequest
from dombes_office.models.staff import StaffMember
from dombes_office.rules.decisions import DECISION_LABELS
from dombes_office.rules.letters import MAIL_STATES
from dombes_office.rules.reasons import reason_label
from dombes_office.rules.requests import DecisionKind, HistoryEvent

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


_READ = {
    "opened": "Demande ouverte",
    "received": "Pièce transmise au poste",
    "revealed": "Valeur lue",
    "checked": "Pièce lue par le contrôle automatique du poste",
}
"""What is said of a reading that speaks of a piece, before its name."""
_READ_ALL = _READ | {"revealed": "Informations complémentaires (PAI) lues"}
"""The same, of one that speaks of no piece."""


def read_history(db: Session, request_id: int) -> tuple[HistoryEvent, ...]:
    """Everything that happened to a request, the latest first."""
    names = dict(db.execute(select(StaffMember.login, StaffMember.display_name)).all())
    events = [
        *_arrival(db, request_id),
        *_pieces(db, request_id),
        *_readings(db, request_id, names),
        *_decisions(db, request_id, names),
        *_mails(db, request_id),
    ]
    return tuple(sorted(events, key=lambda event: event.at, reverse=True))


def _arrival(db: Session, request_id: int) -> list[HistoryEvent]:
    submitted_at = db.execute(select(AccessRequest.submitted_at).where(AccessRequest.id == request_id)).scalar_one()
    return [HistoryEvent(submitted_at, "submitted", "La famille", "Demande envoyée")]


def _pieces(db: Session, request_id: int) -> list[HistoryEvent]:
    d = SupportingDocument
    rows = db.execute(
        select(DocumentRequirement.label, d.given_at, d.replaced_at)
        .join(DocumentRequirement, DocumentRequirement.id == d.requirement_id)
        .where(d.request_id == request_id)
    )
    events = []
    for label, given_at, replaced_at in rows:
        events.append(HistoryEvent(given_at, "given", "La famille", f"Pièce donnée\u00a0: {label}"))
        if replaced_at is not None:
            events.append(HistoryEvent(replaced_at, "replaced", "La famille", f"Pièce remplacée\u00a0: {label}"))
    return events


def _readings(db: Session, request_id: int, names: dict[str, str]) -> list[HistoryEvent]:
    """One line for each agent, hour and piece: paging to and fro is not a story."""
    n = Reading
    rows = db.execute(
        select(func.min(n.at), n.what, n.login, DocumentRequirement.label)
        .outerjoin(SupportingDocument, SupportingDocument.id == n.document_id)
        .outerjoin(DocumentRequirement, DocumentRequirement.id == SupportingDocument.requirement_id)
        .where(n.request_id == request_id)
        .group_by(n.what, n.login, DocumentRequirement.label, func.date_trunc("hour", n.at))
    )
    return [
        HistoryEvent(at, what, names.get(login, login), f"{_READ[what]}\u00a0: {label}" if label else _READ_ALL[what])
        for at, what, login, label in rows
    ]


def _decisions(db: Session, request_id: int, names: dict[str, str]) -> list[HistoryEvent]:
    said = _verdicts(db, request_id)
    events = []
    for decision in db.execute(select(Decision).where(Decision.request_id == request_id)).scalars():
        who = names.get(decision.decided_by, decision.decided_by)
        words = " ".join(filter(None, [_reason(decision.reason_code), decision.words, *said[decision.id]]))
        events.append(
            HistoryEvent(decision.decided_at, "decided", who, DECISION_LABELS[DecisionKind(decision.kind)], words)
        )
        if decision.undone_at is not None and decision.undone_by is not None:
            undone_by = names.get(decision.undone_by, decision.undone_by)
            events.append(HistoryEvent(decision.undone_at, "undone", undone_by, "Décision annulée"))
    return events


def _verdicts(db: Session, request_id: int) -> defaultdict[int, list[str]]:
    """What was said of the pieces that were not compliant, as the family read it, by decision."""
    v = DocumentVerdict
    rows = db.execute(
        select(v.decision_id, DocumentRequirement.label, v.reason_code, v.words)
        .join(DocumentRequirement, DocumentRequirement.id == v.requirement_id)
        .join(Decision, Decision.id == v.decision_id)
        .where(Decision.request_id == request_id, v.kind == "non_compliant")
        .order_by(DocumentRequirement.position)
    )
    said = defaultdict(list)
    for decision_id, label, code, words in rows:
        said[decision_id].append(f"{label}\u00a0: {_reason(code)} {words}".strip())
    return said


def _reason(code: str | None) -> str:
    return "" if code is None else f"{reason_label(code)}."


def _mails(db: Session, request_id: int) -> list[HistoryEvent]:
    m = OutboxMail
    rows = db.execute(
        select(func.coalesce(m.sent_at, m.created_at), m.state, m.subject, m.decision_id)
        .join(Decision, Decision.id == m.decision_id)
        .where(Decision.request_id == request_id)
    )
    return [
        HistoryEvent(at, "mail", "Dombes Office", f"{MAIL_STATES[state]}\u00a0: {subject}", letter_of=decision_id)
        for at, state, subject, decision_id in rows
    ]
