"""Deciding, and taking a decision back: one transaction with its verdicts and its e-mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, case, func, insert, select, text, update

from dombes_office.errors import ChangedMeanwhile, PieceMissing, ReasonMissing
from dombes_office.models.decisions import Decision, DocumentVerdict
from dombes_office.models.mail import OutboxMail
from dombes_office.models.staff import StaffMember
from dombes_office.rules.letters import Letter, SentLetter
from dombes_office.rules.requests import DecisionKind, DecisionRow, Verdict, VerdictKind, verdict_missing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dombes_office.rules.requests import DecisionDraft, RequestDossier

GRACE = 2
"""Seconds that `office.undo_delay()` grants beyond what is shown, for the way to the server."""

_ME = text("session_user")
_MY_NAME = select(StaffMember.display_name).where(StaffMember.login == _ME).scalar_subquery()
_UNDO_SECONDS = func.greatest(0.0, func.extract("epoch", OutboxMail.send_after - func.clock_timestamp()) - GRACE)

# Composed once: composing a statement takes about as long as running it.
_DECISION = insert(Decision).returning(
    Decision.id, Decision.decided_at, func.coalesce(_MY_NAME, Decision.decided_by).label("decided_by")
)
_VERDICTS = insert(DocumentVerdict)
_MAIL = insert(OutboxMail).returning(_UNDO_SECONDS)
_LAST = (
    select(
        Decision.id,
        Decision.request_id,
        Decision.kind,
        Decision.seen_version,
        func.coalesce(StaffMember.display_name, Decision.decided_by).label("name"),
        (Decision.decided_by == _ME).label("mine"),
        Decision.decided_at,
        Decision.reason_code,
        Decision.words,
        case((and_(Decision.decided_by == _ME, OutboxMail.state == "queued"), _UNDO_SECONDS), else_=0.0).label(
            "undo_seconds"
        ),
    )
    .outerjoin(StaffMember, StaffMember.login == Decision.decided_by)
    .outerjoin(OutboxMail, OutboxMail.decision_id == Decision.id)
    .where(Decision.request_id == bindparam("request_id"), Decision.undone_at.is_(None))
    .order_by(Decision.id.desc())
    .limit(1)
)


def last_decision(db: Session, request_id: int) -> DecisionRow | None:
    """The last decision on a request that nobody took back."""
    row = db.connection().execute(_LAST, {"request_id": request_id}).one_or_none()
    if row is None:
        return None
    return DecisionRow(
        decision_id=row.id,
        request_id=row.request_id,
        kind=DecisionKind(row.kind),
        seen_version=row.seen_version,
        decided_by=row.name,
        mine=row.mine,
        decided_at=row.decided_at,
        reason_code=row.reason_code,
        words=row.words,
        undo_seconds=float(row.undo_seconds),
    )


def decide(db: Session, dossier: RequestDossier, draft: DecisionDraft, letter: Letter) -> DecisionRow:
    """Decide on the request as it was shown in `dossier`, and put the family's e-mail in the outbox.

    Raises:
        ReasonMissing: a refusal, or a piece judged not compliant, has no reason.
        PieceMissing: validating needs a compliant verdict on each needed piece; asking needs a piece to ask for.
        ChangedMeanwhile: the request or a file is newer than what was shown; AlreadyDecided: somebody was first.
    """
    _explain_what_is_missing(dossier, draft)
    seen = dossier.seen()
    # On the connection itself: the session's own execute would look for objects to track.
    connection = db.connection()
    decided = connection.execute(
        _DECISION,
        {
            "request_id": dossier.request.request_id,
            "kind": draft.kind.value,
            "reason_code": draft.reason_code,
            "words": draft.words.strip(),
            "seen_version": seen.version,
        },
    ).one()
    if draft.verdicts:
        files = dict(seen.documents)
        connection.execute(_VERDICTS, [_verdict(decided.id, v, files) for v in draft.verdicts])
    letter_of_it = {"decision_id": decided.id, "subject": letter.subject, "body": letter.body}
    undo_seconds = connection.execute(_MAIL, letter_of_it).scalar_one()
    return DecisionRow(
        decision_id=decided.id,
        request_id=dossier.request.request_id,
        kind=draft.kind,
        seen_version=seen.version,
        decided_by=decided.decided_by,
        mine=True,
        decided_at=decided.decided_at,
        reason_code=draft.reason_code,
        words=draft.words.strip(),
        undo_seconds=float(undo_seconds),
    )


def _verdict(decision_id: int, verdict: Verdict, files: dict[int, str | None]) -> dict[str, object]:
    sha256 = None if verdict.document_id is None else files.get(verdict.document_id)
    return {
        "decision_id": decision_id,
        "requirement_id": verdict.requirement_id,
        "document_id": verdict.document_id,
        "kind": verdict.kind.value,
        "reason_code": verdict.reason_code,
        "words": verdict.words.strip(),
        "seen_sha256": None if sha256 is None else bytes.fromhex(sha256),
    }


def _explain_what_is_missing(dossier: RequestDossier, draft: DecisionDraft) -> None:
    """Say in French what PostgreSQL would refuse with a code."""
    if draft.kind is DecisionKind.REFUSE and not draft.reason_code:
        raise ReasonMissing("Un refus a besoin d’un motif.", "Choisissez le motif que la famille lira.", field="reason")
    for verdict in draft.verdicts:
        if verdict.kind is VerdictKind.NON_COMPLIANT and not verdict.reason_code:
            label = next(p.label for p in dossier.pieces if p.requirement_id == verdict.requirement_id)
            raise ReasonMissing(
                f"La pièce «\u00a0{label}\u00a0» est non conforme sans motif.",
                "Choisissez le motif que la famille lira.",
                field="reason",
            )
    if draft.kind is DecisionKind.VALIDATE:
        missing = verdict_missing(dossier.pieces, draft.verdicts)
        if missing:
            named = ", ".join(p.label for p in missing)
            raise PieceMissing(f"Valider attend un avis conforme sur\u00a0: {named}.", "Examinez ces pièces d’abord.")
    if draft.kind is DecisionKind.COMPLEMENT and not any(v.kind is VerdictKind.NON_COMPLIANT for v in draft.verdicts):
        raise PieceMissing("Aucune pièce n’est à redemander.", "Marquez non conforme la pièce à refaire.")


def undo_decision(db: Session, decision_id: int) -> None:
    """Take a decision back while its e-mail waits: the request returns to where it was, the e-mail never leaves.

    One that this agent has taken back already stays so: the answer to her first try may have been lost on its way.

    Raises:
        UndoTooLate: the e-mail has left or the delay is over.
        ChangedMeanwhile: the family has answered since.
    """
    d = Decision
    undoing = update(d).where(d.id == decision_id, d.undone_at.is_(None)).values(undone_at=func.now())
    undone = db.execute(undoing.returning(d.id)).scalar_one_or_none()
    before = select(d.id).where(d.id == decision_id, d.undone_by == _ME)
    if undone is None and db.execute(before).scalar_one_or_none() is None:
        raise ChangedMeanwhile("Cette décision n’est plus visible pour vous.", "Actualisez la liste (F5).")


def read_letter(db: Session, decision_id: int) -> SentLetter:
    """The e-mail of a decision, as it was written then.

    Raises:
        NotAllowed: the agent's rights do not cover the words of e-mails.
    """
    m = OutboxMail
    at = func.coalesce(m.sent_at, m.created_at)
    address, subject, body, state, moment = db.execute(
        select(m.to_address, m.subject, m.body, m.state, at).where(m.decision_id == decision_id)
    ).one()
    return SentLetter(address, Letter(subject, body), state, moment)
