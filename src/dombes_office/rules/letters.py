"""The e-mail that tells a family what was decided: a template and a decision make a subject and a body.

An e-mail travels in clear and stays in a mailbox for years. It holds the child's first name only, no IBAN in full and
nothing of the child's health. The agent's own words are hers: IBANs in them are masked, and `WORDS_HINT` asks for care.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from dombes_office.rules.french import caller, listed, mask_iban, phone, possessive, service_title, typeset
from dombes_office.rules.iban import masked_in
from dombes_office.rules.reasons import OTHER, piece_reason, refusal_reason
from dombes_office.rules.requests import DecisionKind, VerdictKind
from dombes_office.rules.written import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from dombes_office.rules.requests import DecisionDraft, PieceRow, RequestDossier, ServiceRow, Verdict

TEMPLATES = {
    DecisionKind.VALIDATE: "mail/request_validated.txt",
    DecisionKind.REFUSE: "mail/request_refused.txt",
    DecisionKind.COMPLEMENT: "mail/request_complement.txt",
}
"""The template of each decision, by its name under `resources/`; callers read it and hand in its text."""

WORDS_HINT = "Ces mots partent par courriel\u00a0: rien sur la santé de l’enfant."
"""What stands under the field of the free words."""

_SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail ready to leave: one line of subject, and a plain text whose paragraphs are one line each."""

    subject: str
    body: str


MAIL_STATES = {
    "queued": "Courriel prêt à partir",
    "sending": "Courriel en cours d’envoi",
    "sent": "Courriel envoyé",
    "failed": "Courriel non remis",
    "cancelled": "Courriel annulé avant l’envoi",
}
"""What staff reads for each state of the outbox."""


@dataclass(frozen=True, slots=True)
class SentLetter:
    """The e-mail of a decision as it was written: `state` is the outbox's, `at` when it left or was written."""

    address: str
    letter: Letter
    state: str
    at: datetime


def decision_letter(template: str, dossier: RequestDossier, draft: DecisionDraft) -> Letter:
    """The e-mail of a decision about to be taken on this dossier.

    The first line of the template is the subject. Its placeholders are those of `string.Template`; one that does not
    exist raises KeyError, a stray `$` ValueError. Paragraphs that come out empty are left out.
    """
    subject, _, body = typeset(template).partition("\n")
    values = _values(dossier, draft)
    written = Template(body).substitute(values)
    return Letter(_one_line(masked_in(Template(subject).substitute(values))), _paragraphs(masked_in(written)))


def asked_again(dossier: RequestDossier, draft: DecisionDraft) -> tuple[PieceRow, ...]:
    """The pieces that the decision says are not compliant, in the order of the requirements."""
    refused = {v.requirement_id for v in draft.verdicts if v.kind is VerdictKind.NON_COMPLIANT}
    return tuple(piece for piece in dossier.pieces if piece.requirement_id in refused)


def _values(dossier: RequestDossier, draft: DecisionDraft) -> dict[str, str]:
    child = _one_line(dossier.child.first_name)
    holder = _one_line(caller(dossier.family.holder_last_name, dossier.family.holder_first_name))
    return {
        "greeting": f"Bonjour {holder}," if holder else "Bonjour,",
        "child": child,
        "of_child": possessive(child),
        "service": _one_line(service_title(dossier.service.name)),
        "authority": _one_line(dossier.service.authority_name),
        "number": _one_line(dossier.request.number),
        "pieces": _pieces(dossier, draft),
        "reason": _refusal(dossier, draft),
        "words": _words(draft.words),
        "contact": _contact(dossier.service),
    }


def _one_line(text: str) -> str:
    line = re.sub(" +", " ", one_line(text)).strip()
    return line if len(line) <= _SUBJECT_LENGTH else f"{line[: _SUBJECT_LENGTH - 1].rstrip()}…"


def _words(typed: str) -> str:
    """The agent's words, line by line, without control signs."""
    lines = [re.sub(" +", " ", one_line(line)).strip() for line in typed.splitlines()]
    return "\n".join(line for line in lines if line)


def _paragraphs(text: str) -> str:
    """The text without the blanks that empty placeholders leave behind, ending with one line end."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _pieces(dossier: RequestDossier, draft: DecisionDraft) -> str:
    """One paragraph for each piece asked again: its name, the sentence of the reason, the agent's words."""
    verdicts = {v.requirement_id: v for v in draft.verdicts}
    return "\n\n".join(_piece(piece, verdicts[piece.requirement_id]) for piece in asked_again(dossier, draft))


def _piece(piece: PieceRow, verdict: Verdict) -> str:
    reason = piece_reason(piece, verdict.reason_code)
    # After a colon French goes on in small letters; our sentences never begin with a name.
    sentence = reason.sentence[:1].lower() + reason.sentence[1:] if reason else ""
    if piece.kind == "iban" and piece.text_value:
        sentence = typeset(f"{sentence} IBAN saisi : {mask_iban(piece.text_value)}.").strip()
    words = _words(verdict.words)
    label = _one_line(piece.label)
    told = " ".join(part for part in (sentence, words if verdict.reason_code == OTHER else "") if part)
    paragraph = typeset(f"– {label} : {told}") if told else f"– {label}"
    return f"{paragraph}\n{words}" if words and verdict.reason_code != OTHER else paragraph


def _refusal(dossier: RequestDossier, draft: DecisionDraft) -> str:
    """The sentence of the refusal; for an incomplete file, with the names of the pieces."""
    reason = refusal_reason(draft.reason_code)
    if reason is None:
        return ""
    labels = tuple(_one_line(piece.label) for piece in asked_again(dossier, draft))
    if reason.code == "incomplete_file" and labels:
        return typeset(f"{reason.sentence} Pièces en cause : {listed(labels)}.")
    return reason.sentence


def _contact(service: ServiceRow) -> str:
    """Whom to phone or write to, from what the authority has told of itself."""
    ways = []
    if service.authority_phone.strip():
        ways.append(f"appelez-nous au {phone(_one_line(service.authority_phone))}")
    if service.authority_email.strip():
        ways.append(f"écrivez-nous à {_one_line(service.authority_email)}")
    if not ways:
        return ""
    return typeset(f"Une question ? Nous sommes là pour vous aider : {listed(tuple(ways), 'ou')}.")
