"""What the demonstration's agents have decided already, with the e-mails that went out."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from dombes_office import settings
from dombes_office.demo.dossiers import dossier_of
from dombes_office.demo.staff import DECIDERS
from dombes_office.rules.letters import TEMPLATES, decision_letter
from dombes_office.rules.requests import DecisionDraft, DecisionKind, RequestStatus, Verdict, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from dombes_office.demo.people import Family
    from dombes_office.demo.pieces import GivenPiece
    from dombes_office.demo.plan import PlannedRequest

_KINDS = {
    RequestStatus.VALIDATED: DecisionKind.VALIDATE,
    RequestStatus.REFUSED: DecisionKind.REFUSE,
    RequestStatus.AWAITING_FAMILY: DecisionKind.COMPLEMENT,
    RequestStatus.COMPLEMENT_RECEIVED: DecisionKind.COMPLEMENT,
}
_REFUSALS = ("service_full", "outside_area", "duplicate_request", "incomplete_file")
_ASKED = ("unreadable", "not_signed", "page_missing", "wrong_document", "incomplete")
_REFUSED_ADDRESSES = 2
"""So many e-mails of the demonstration came back: the foot of the window has something to tell."""


@dataclass(frozen=True, slots=True)
class DecidedVerdict:
    """What was said of one piece; `document` is its id in the database, None for a missing one."""

    code: str
    document: int | None
    kind: str
    reason_code: str | None
    sha256: bytes | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision on the request of that place in the plan."""

    request: int
    kind: str
    reason_code: str | None
    words: str
    decided_by: str
    decided_at: datetime
    verdicts: tuple[DecidedVerdict, ...]
    address: str
    reply_to: str
    subject: str
    body: str
    mail_error: str | None


def decide_all(
    planned: Sequence[PlannedRequest], given: Sequence[tuple[GivenPiece, ...]], everybody: Sequence[Family], seed: int
) -> tuple[Decided, ...]:
    """The decisions in the order of the requests."""
    dice = Random(f"decisions {seed}")  # noqa: S311 - invented, reproducible on purpose.
    templates = {kind: settings.resource(name).read_text("utf-8") for kind, name in TEMPLATES.items()}
    decided: list[Decided] = []
    document = refused = 0
    for number, (request, pieces) in enumerate(zip(planned, given, strict=True)):
        if request.decided_at is not None:
            family = everybody[request.family]
            error = None
            if request.status is RequestStatus.AWAITING_FAMILY and refused < _REFUSED_ADDRESSES:
                error = "Le serveur a refusé l’adresse de la famille (code 550)."
                refused += 1
            decided.append(_decided(number, request, family, pieces, document, templates, error, dice))
        document += len(pieces)
    return tuple(decided)


def _decided(
    number: int,
    request: PlannedRequest,
    family: Family,
    pieces: Sequence[GivenPiece],
    first_document: int,
    templates: dict[DecisionKind, str],
    mail_error: str | None,
    dice: Random,
) -> Decided:
    assert request.decided_at is not None  # noqa: S101 - the caller asks for nothing else.
    kind = _KINDS[request.status]
    dossier = dossier_of(request, family, pieces)
    asked = pieces[-1].code if kind is DecisionKind.COMPLEMENT and pieces else ""
    verdicts: list[Verdict] = []
    for piece in dossier.pieces:
        if piece.needed and kind is not DecisionKind.REFUSE:
            bad = piece.code == asked or not piece.given
            reason = ("missing" if not piece.given else _reason(piece.code, dice)) if bad else None
            said = VerdictKind.NON_COMPLIANT if bad else VerdictKind.COMPLIANT
            verdicts.append(Verdict(piece.requirement_id, piece.document_id, said, reason))
    refusal = dice.choice(_REFUSALS) if kind is DecisionKind.REFUSE else None
    letter = decision_letter(templates[kind], dossier, DecisionDraft(kind, tuple(verdicts), refusal))
    return Decided(
        request=number,
        kind=kind.value,
        reason_code=refusal,
        words="",
        decided_by=dice.choice(DECIDERS).login,
        decided_at=request.decided_at,
        verdicts=tuple(_verdict(v, dossier.pieces[v.requirement_id].code, pieces, first_document) for v in verdicts),
        address=family.holder.email,
        reply_to=dossier.service.authority_email,
        subject=letter.subject,
        body=letter.body,
        mail_error=mail_error,
    )


def _reason(code: str, dice: Random) -> str:
    return {"iban": "iban_invalid", "bic": "bic_invalid"}.get(code, dice.choice(_ASKED))


def _verdict(verdict: Verdict, code: str, pieces: Sequence[GivenPiece], first_document: int) -> DecidedVerdict:
    place = verdict.document_id
    return DecidedVerdict(
        code=code,
        document=None if place is None else first_document + place,
        kind=verdict.kind.value,
        reason_code=verdict.reason_code,
        sha256=None if place is None else pieces[place - 1].sha256,
    )
