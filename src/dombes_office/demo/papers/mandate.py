"""The SEPA direct debit mandate of the demonstration, filled and signed, with every mention that one must bear."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from dombes_office.demo.papers.drawing import A4, BLACK, BLUE, GREY, Rule, Text, answered, ticked
from dombes_office.demo.papers.signature import signature
from dombes_office.demo.papers.text_pdf import text_pdf
from dombes_office.demo.places import CREDITOR_ADDRESS, CREDITOR_ID, CREDITOR_NAME
from dombes_office.rules.french import NBSP, numeric_date

if TYPE_CHECKING:
    from datetime import date

    from dombes_office.demo.papers.drawing import Mark, Sheet
    from dombes_office.demo.people import Family

_LEFT = 37
_RIGHT = A4[0] - 37
_STEP = 46
_PRINTED = 3
_AUTHORISATION = (
    "En signant ce formulaire, vous autorisez le créancier à envoyer des instructions à votre banque pour débiter",
    "votre compte, et votre banque à débiter votre compte conformément aux instructions du créancier. Vous pouvez",
    "demander un remboursement à votre banque, selon la convention que vous avez passée avec elle, dans les huit",
    "semaines qui suivent la date de débit pour un prélèvement autorisé.",
)
_NOTES = (
    "Vos droits concernant ce mandat sont expliqués dans un document que vous pouvez obtenir auprès de votre banque.",
    f"À retourner au créancier, accompagné d’un relevé d’identité bancaire. Tous les champs sont obligatoires{NBSP};",
    "la RUM est remplie par le créancier. Les informations de ce mandat servent à la seule gestion de la relation",
    "avec le débiteur, qui peut y accéder, les faire rectifier ou s’opposer à leur usage (loi du 6 janvier 1978).",
)


@dataclass(frozen=True, slots=True)
class MandateWords:
    """What stands on a mandate. `iban` is compact and need not be right; `signature_seed` None leaves it unsigned.

    `signed_on` None leaves the date out too. `reference` is the RUM.
    """

    reference: str
    debtor: str
    address: str
    iban: str
    bic: str
    place: str
    signed_on: date | None
    signature_seed: int | None
    recurrent: bool = True
    creditor: str = CREDITOR_NAME
    creditor_id: str = CREDITOR_ID
    creditor_address: str = CREDITOR_ADDRESS


def words_of(family: Family, reference: str, signed_on: date) -> MandateWords:
    """The mandate that the family's account holder fills and signs as she should.

    The family must pay by direct debit; raises ValueError where it has no account.
    """
    if family.account is None:
        raise ValueError("a family without an account signs no mandate")
    return MandateWords(
        reference=reference,
        debtor=family.holder_name,
        address=family.full_address,
        iban=family.account.iban,
        bic=family.account.bic,
        place=family.town,
        signed_on=signed_on,
        signature_seed=family.number,
    )


def mandate_pdf(words: MandateWords, password: str = "") -> bytes:
    """The mandate as a PDF of one page with its text."""
    return text_pdf((mandate_sheet(words),), "Mandat de prélèvement SEPA", password)


def mandate_sheet(words: MandateWords) -> Sheet:
    """The mandate as one side of A4."""
    marks: list[Mark] = [
        Text(_LEFT, 44, "MANDAT DE PRÉLÈVEMENT SEPA", 16, "bold"),
        Text(_RIGHT, 36, "Communauté de communes", 9, ink=GREY, right=True),
        Text(_RIGHT, 48, "de la Dombes", 9, ink=GREY, right=True),
        *(Text(_LEFT, 76 + 13.5 * row, line, 9.3) for row, line in enumerate(_AUTHORISATION)),
    ]
    y = 148.0
    for number, (label, value) in enumerate(_fields(words)):
        # The office prints its own three lines before it hands the form out.
        printed = number < _PRINTED
        marks += [
            Text(_LEFT, y, label, 8.2, ink=GREY),
            Text(_LEFT + 4, y + 20, value, 12, ink=BLUE, hand=not printed),
            Rule(_LEFT, y + 27, _RIGHT, y + 27, 0.7, BLACK),
        ]
        y += _STEP
    marks += _kind_of_payment(words, y)
    marks += _signed(words, y + _STEP)
    marks += [Text(_LEFT, 742 + 11.5 * row, line, 7.4, ink=GREY) for row, line in enumerate(_NOTES)]
    return tuple(marks)


def _fields(words: MandateWords) -> tuple[tuple[str, str], ...]:
    iban = " ".join(words.iban[at : at + 4] for at in range(0, len(words.iban), 4))
    return (
        ("Référence unique du mandat (RUM)", words.reference),
        ("Créancier et identifiant (ICS)", f"{words.creditor} – {words.creditor_id}"),
        ("Adresse du créancier", words.creditor_address),
        ("Nom et prénom du débiteur", words.debtor),
        ("Adresse", words.address),
        ("IBAN – numéro international de compte", iban),
        ("BIC – code international de la banque", words.bic),
    )


def _kind_of_payment(words: MandateWords, y: float) -> tuple[Mark, ...]:
    return (
        Text(_LEFT, y, "Type de paiement", 8.2, ink=GREY),
        *ticked(_LEFT + 4, y + 20, "récurrent", yes=words.recurrent, size=12),
        *ticked(_LEFT + 98, y + 20, "ponctuel", yes=not words.recurrent, size=12),
        Rule(_LEFT, y + 27, _RIGHT, y + 27, 0.7, BLACK),
    )


def _signed(words: MandateWords, y: float) -> tuple[Mark, ...]:
    day = numeric_date(words.signed_on) if words.signed_on else ""
    place = f"{words.place}, le {day}" if day else words.place
    marks: list[Mark] = [
        Text(_LEFT, y, "Fait à, le", 8.2, ink=GREY),
        answered(_LEFT + 4, y + 20, place, 12),
        Rule(_LEFT, y + 27, 267, y + 27, 0.7, BLACK),
        Text(318, y, "Signature", 8.2, ink=GREY),
    ]
    if words.signature_seed is not None:
        # Seeded on its own, so that one person signs the form and the mandate alike.
        marks.append(signature(Random(words.signature_seed), 340, y + 4))  # noqa: S311 - drawn, not secret.
    return tuple(marks)
