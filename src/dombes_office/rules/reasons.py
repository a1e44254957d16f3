"""Why a piece or a request is not accepted: the codes that are stored, their French labels, what the family reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.french import typeset
from dombes_office.rules.requests import Outcome
from dombes_office.rules.written import says_something

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dombes_office.rules.requests import CheckResult, PieceRow

OTHER = "other"
"""The reason that says nothing by itself: free words are compulsory, in the database too."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason: `code` is stored, `label` is chosen by the agent, `sentence` goes into the family's e-mail.

    `sentence` is "" for `other`: the agent's words are the sentence.
    """

    code: str
    label: str
    sentence: str

    @property
    def words_required(self) -> bool:
        """Whether the agent must write words of her own."""
        return self.code == OTHER


def _reason(code: str, label: str, sentence: str) -> Reason:
    return Reason(code, typeset(label), typeset(sentence))


_OTHER = _reason(OTHER, "Autre motif (à écrire)", "")
_MISSING = _reason("missing", "Pièce manquante", "Nous n'avons rien reçu pour cette pièce. Merci de nous l'envoyer.")
_EXPIRED = _reason(
    "expired", "Validité dépassée", "Sa durée de validité est dépassée. Merci de nous en envoyer une plus récente."
)
_NAME_DIFFERENT = _reason(
    "name_different",
    "Le nom n'est pas le bon",
    "Le nom qui y figure n'est pas celui que nous attendions. Merci de le vérifier, ou de nous dire de qui il s'agit.",
)

_FILE_REASONS = (
    _reason(
        "unreadable",
        "Document illisible",
        "Nous n'arrivons pas à lire ce document. Merci de l'envoyer de nouveau, en PDF ou en photo bien nette.",
    ),
    _EXPIRED,
    _reason(
        "page_missing", "Page manquante", "Il manque une ou plusieurs pages. Merci d'envoyer le document en entier."
    ),
    _reason(
        "not_signed",
        "Signature manquante",
        "Le document n'est pas daté et signé. Merci de le dater, de le signer et de l'envoyer de nouveau.",
    ),
    _reason(
        "incomplete",
        "Document mal rempli",
        "Des rubriques ne sont pas remplies. Merci de compléter le document et de l'envoyer de nouveau.",
    ),
    _reason(
        "wrong_document",
        "Ce n'est pas le bon document",
        "Le document reçu n'est pas celui qui est demandé. Merci d'envoyer le bon.",
    ),
    _NAME_DIFFERENT,
)
_MANDATE_REASONS = (
    _reason(
        "iban_different",
        "L'IBAN n'est pas celui saisi",
        "L'IBAN inscrit sur le mandat n'est pas celui que vous avez saisi en ligne. Merci de corriger celui des deux "
        "qui est faux : envoyez un nouveau mandat, ou saisissez de nouveau votre IBAN.",
    ),
    _reason(
        "date_wrong",
        "La date de signature ne va pas",
        "La date de signature du mandat ne va pas. Merci de remplir, de dater et de signer un nouveau mandat.",
    ),
    *_FILE_REASONS,
)
_IBAN_REASONS = (
    _reason(
        "iban_invalid",
        "L'IBAN n'est pas valide",
        "L'IBAN saisi contient une erreur. Merci de le recopier depuis votre relevé d'identité bancaire (RIB).",
    ),
    _reason(
        "iban_different",
        "L'IBAN n'est pas celui du mandat",
        "L'IBAN saisi n'est pas celui de votre mandat. Merci de le recopier depuis votre relevé d'identité bancaire "
        "(RIB).",
    ),
    _EXPIRED,
)
_BIC_REASONS = (
    _reason(
        "bic_invalid",
        "Le BIC n'est pas valide",
        "Le BIC saisi contient une erreur. Merci de le recopier depuis votre relevé d'identité bancaire (RIB).",
    ),
    _reason(
        "bic_different",
        "Le BIC n'est pas celui de la banque",
        "Le BIC saisi n'est pas celui de la banque de votre IBAN. Merci de le recopier depuis votre relevé d'identité "
        "bancaire (RIB).",
    ),
    _EXPIRED,
)
_TYPED_REASONS = (
    _reason("wrong_value", "La réponse n'est pas la bonne", "La réponse saisie ne convient pas. Merci de la corriger."),
    _EXPIRED,
)

REFUSAL_REASONS = (
    _reason(
        "age_out_of_range",
        "L'enfant n'a pas l'âge du service",
        "Ce service n'est pas ouvert aux enfants de cet âge.",
    ),
    _reason(
        "outside_area",
        "La famille habite hors du territoire",
        "Ce service est réservé aux familles qui habitent le territoire.",
    ),
    _reason(
        "incomplete_file",
        "Le dossier reste incomplet",
        "Malgré notre demande, il manque encore des pièces à votre dossier.",
    ),
    _reason(
        "duplicate_request", "La demande existe déjà", "Nous avons déjà une demande pour cet enfant et ce service."
    ),
    _reason("service_full", "Le service est complet", "Toutes les places de ce service sont prises pour le moment."),
    _OTHER,
)
"""Why a request is refused, in the order of the list."""

_BY_KIND = {"iban": _IBAN_REASONS, "bic": _BIC_REASONS, "text": _TYPED_REASONS, "date": _TYPED_REASONS}
_PROPOSED = {
    "mandate_iban": "iban_different", "mandate_name": "name_different", "mandate_signed": "date_wrong",
    "file_unreadable": "unreadable", "validity": "expired", "iban_valid": "iban_invalid",
}  # fmt: skip


def piece_reasons(piece: PieceRow) -> tuple[Reason, ...]:
    """Why this piece may be not compliant, the likeliest first; a missing piece has its own reason."""
    if not piece.given:
        return _MISSING, _OTHER
    if piece.code == "mandate":
        return *_MANDATE_REASONS, _OTHER
    return *_BY_KIND.get(piece.kind, _FILE_REASONS), _OTHER


def piece_reason(piece: PieceRow, code: str | None) -> Reason | None:
    """The reason of that code for this piece; None for an unknown code.

    A reason of the other kinds is found too: a piece may have been given after the agent said that it was missing.
    """
    return next((r for r in (*piece_reasons(piece), *_MISSING_OR_ANY) if r.code == code), None)


_MISSING_OR_ANY = (_MISSING, *_MANDATE_REASONS, *_IBAN_REASONS, *_BIC_REASONS, *_TYPED_REASONS)


def refusal_reason(code: str | None) -> Reason | None:
    """The reason of that code for refusing a request; None for an unknown code."""
    return next((r for r in REFUSAL_REASONS if r.code == code), None)


def reason_label(code: str) -> str:
    """The label of any stored code, for a history; a code that no longer exists is shown as it is."""
    known = (*REFUSAL_REASONS, *_FILE_REASONS, *_MISSING_OR_ANY)
    return next((reason.label for reason in known if reason.code == code), code)


def proposed_reason(piece: PieceRow, checks: Iterable[CheckResult]) -> Reason | None:
    """The reason that the failed checks of this piece lead to, chosen when the agent says "non conforme"."""
    if not piece.given:
        return _MISSING
    failed = [c for c in checks if c.requirement_code == piece.code and c.outcome is Outcome.FAIL]
    offered = {reason.code: reason for reason in piece_reasons(piece)}
    return next((offered[code] for code in map(_reason_for, failed) if code in offered), None)


def _reason_for(check: CheckResult) -> str:
    if check.code == "bic_matches":
        # A BIC of another bank comes with the expected one; a malformed BIC has nothing to be compared with.
        return "bic_different" if check.found else "bic_invalid"
    return _PROPOSED.get(check.code, "")


def words_missing(code: str | None, words: str) -> bool:
    """Whether the agent must still write something: the reason says nothing by itself."""
    return code == OTHER and not says_something(words)
