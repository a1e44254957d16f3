"""Deciding, and taking a decision back: one transaction with its verdicts and its e-mail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from dombes_office.errors import ChangedMeanwhile, PieceMissing, ReasonMissing
from dombes_office.models.decisions import Decision, DocumentVerdict
from dombes_office.models.mail import OutboxMail
from dombes_office.rules.differences import describe_differences
from dombes_office.rules.requests import (
    DecisionDraft,
    DecisionKind,
    DecisionRow,
    RequestDossier,
    Verdict,
    VerdictKind,
    verdict_missing,
)

from .dossier import open_dossier

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from dombes_office.rules.letters import Letter

UNDO_SECONDS = 10
"""How long a decision can be taken back on the screen; the database grants two seconds more for the way."""

_GRACE = timedelta(seconds=2)

# Composed once: composing a statement takes about as long as running it.
_DECISION = insert(Decision).returning(Decision.id, Decision.decided_by, Decision.decided_at)
_VERDICTS = insert(DocumentVerdict)
_MAIL = insert(OutboxMail).returning(OutboxMail.id, OutboxMail.send_after)


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
    mail = connection.execute(_MAIL, letter_of_it).one()
    return DecisionRow(
        decision_id=decided.id,
        request_id=dossier.request.request_id,
        kind=draft.kind,
        decided_by=decided.decided_by,
        decided_at=decided.decided_at,
        mail_id=mail.id,
        leaves_at=mail.send_after - _GRACE,
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


def explain_change(db: Session, before: RequestDossier) -> tuple[RequestDossier, tuple[str, ...]]:
    """The request as it is now, and what differs from what was shown, one French sentence each."""
    after = open_dossier(db, before.request.request_id)
    return after, describe_differences(before, after)


def undo_decision(db: Session, decision_id: int) -> None:
    """Take a decision back while its e-mail waits: the request returns to where it was, the e-mail never leaves.

    Raises:
        UndoTooLate: the e-mail has left or the delay is over.
        ChangedMeanwhile: the family has answered since.
    """
    undone = db.execute(
        update(Decision).where(Decision.id == decision_id).values(undone_at=func.now()).returning(Decision.id)
    ).scalar_one_or_none()
    if undone is None:
        raise ChangedMeanwhile("Cette décision n’est plus visible pour vous.", "Actualisez la liste (F5).")


def read_letter(db: Session, decision_id: int) -> tuple[str, str, str, str]:
    """The e-mail of a decision: (address, subject, body, state)."""
    m = OutboxMail
    return tuple(  # type: ignore[return-value] # four columns of text
        db.execute(select(m.to_address, m.subject, m.body, m.state).where(m.decision_id == decision_id)).one()
    )
