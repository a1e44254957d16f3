"""The checks of the bank pieces: the typed IBAN and BIC, and the mandate beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.banks import bank_name, check_bic
from dombes_office.rules.french import counted, listed, numeric_date, person, typeset
from dombes_office.rules.iban import FRENCH_FORMAT, check_iban, compact
from dombes_office.rules.mandates import LAPSE_MONTHS, debtor_named, read_mandate, same_account
from dombes_office.rules.requests import CheckResult, Outcome
from dombes_office.rules.validity import add_months

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from dombes_office.rules.mandates import MandateReading
    from dombes_office.rules.requests import FamilyRow, PieceRow

SIGNATURE_MONTHS = 12
"""A mandate signed longer ago is looked at by human eyes, where the requirement sets no validity of its own."""


def iban_check(piece: PieceRow) -> CheckResult:
    """Whether the typed IBAN is one, and which bank keeps the account."""
    answer = check_iban(piece.text_value or "")
    if answer.outcome is Outcome.PASS:
        bank = bank_name(answer.iban)
        title = "IBAN saisi valide, clé RIB juste" if answer.iban[:2] in FRENCH_FORMAT else "IBAN saisi valide"
        why = f"Compte tenu par {bank}." if bank else "Banque absente du registre."
        return CheckResult("iban_valid", Outcome.PASS, title, typeset(why), piece.code, spoken=answer.iban)
    why = f"{answer.why} {answer.way_out}".strip()
    return CheckResult("iban_valid", Outcome.FAIL, "IBAN saisi faux", why, piece.code, answer.iban, answer.corrected)


def bic_check(piece: PieceRow, iban: PieceRow | None) -> CheckResult:
    """Whether the typed BIC is one, and that of the bank of the typed IBAN."""
    answer = check_bic(piece.text_value or "", (iban.text_value if iban else None) or "")
    if answer.outcome is Outcome.PASS:
        title = f"BIC et IBAN : même banque ({answer.bank})"
    elif answer.outcome is Outcome.VERIFY:
        title = "BIC à comparer avec le RIB"
    elif answer.bank:
        title = f"BIC et IBAN : banques différentes ({answer.bank})"
    else:
        title = "BIC saisi mal formé"
    return CheckResult(
        "bic_matches", answer.outcome, typeset(title), answer.why, piece.code, answer.bic, answer.expected
    )


def mandate_checks(
    piece: PieceRow, lines: Sequence[str], iban: PieceRow | None, family: FamilyRow, today: date
) -> Iterator[CheckResult]:
    """What the text of the mandate says beside the typed IBAN, the account holder and the calendar.

    A file without a text layer gives one result: nothing was read, so nothing is said to be right or wrong.
    """
    reading = read_mandate(lines)
    if not reading.has_text:
        why = "Le fichier est une image : comparer l'IBAN, le nom, la date et la signature."
        yield CheckResult(
            "mandate_no_text", Outcome.VERIFY, typeset("Mandat scanné : à lire à l'œil"), typeset(why), piece.code
        )
        if piece.signed_on is not None:
            yield _signed(piece, None, today)
        return
    if iban is not None and iban.text_value:
        yield _account(piece, reading, iban.text_value)
    yield _name(piece, reading, family)
    yield _signed(piece, reading.signed_on, today)


def _account(piece: PieceRow, reading: MandateReading, typed: str) -> CheckResult:
    """The IBAN of the mandate beside the typed one."""
    spoken = compact(typed)
    if not reading.ibans:
        title, why = "IBAN du mandat : à lire à l'œil", "Aucun IBAN n'a été trouvé dans le texte du mandat."
        return CheckResult("mandate_iban", Outcome.VERIFY, typeset(title), typeset(why), piece.code, spoken)
    same = [found for found in reading.ibans if same_account(found, typed)]
    others = [found for found in reading.ibans if found not in same]
    found = (others or same)[0]
    written = " ".join(found.text.split())
    if not others:
        title = typeset("IBAN du mandat : celui qui est saisi")
        return CheckResult("mandate_iban", Outcome.PASS, title, "", piece.code, spoken, written)
    if same:
        why = "L'un est celui qui est saisi : voir lequel est à prélever."
        title = "Plusieurs IBAN sur le mandat"
        return CheckResult("mandate_iban", Outcome.VERIFY, title, typeset(why), piece.code, spoken, written)
    why = "" if found.valid else "La clé de l'IBAN du mandat est fausse."
    return CheckResult(
        "mandate_iban", Outcome.FAIL, "IBAN du mandat ≠ IBAN saisi", typeset(why), piece.code, spoken, written
    )


def _name(piece: PieceRow, reading: MandateReading, family: FamilyRow) -> CheckResult:
    """The debtor's name beside the account holder's: another name is no fault, it may be the other parent's."""
    holder = person(family.holder_last_name, family.holder_first_name)
    if not reading.names:
        begun = "Signature lue, nom" if reading.signed_on else "Nom du débiteur"
        why = "Le nom du débiteur n'a pas été trouvé dans le texte du mandat."
        title = typeset(f"{begun} à vérifier à l'œil")
        return CheckResult("mandate_name", Outcome.VERIFY, title, typeset(why), piece.code, holder)
    if debtor_named(reading, family.holder_last_name, family.holder_first_name):
        title = typeset("Nom du mandat : celui du compte usager")
        return CheckResult("mandate_name", Outcome.PASS, title, "", piece.code, holder, reading.names[0])
    why = f"Mandat : {listed(reading.names)}. Compte usager : {holder}."
    title = "Nom du mandat ≠ nom du compte usager"
    return CheckResult("mandate_name", Outcome.VERIFY, title, typeset(why), piece.code, holder, reading.names[0])


def _signed(piece: PieceRow, read: date | None, today: date) -> CheckResult:
    """The day of the signature: there, not to come, not too old. What the mandate says goes before what was typed."""
    day = read or piece.signed_on
    if day is None:
        why = "Aucune date de signature n'a été trouvée dans le texte du mandat."
        title = typeset("Date de signature à lire à l'œil")
        return CheckResult("mandate_signed", Outcome.VERIFY, title, typeset(why), piece.code)
    outcome, title, why = _signature_age(piece, day, today)
    if outcome is Outcome.PASS and piece.signed_on is not None and piece.signed_on != day:
        outcome, why = Outcome.VERIFY, f"La date saisie est le {numeric_date(piece.signed_on)}."
    return CheckResult("mandate_signed", outcome, title, typeset(why), piece.code, found=numeric_date(day))


def _signature_age(piece: PieceRow, day: date, today: date) -> tuple[Outcome, str, str]:
    written = numeric_date(day)
    if day > today:
        return Outcome.FAIL, "Mandat signé à une date à venir", f"Signé le {written}."
    if today > add_months(day, LAPSE_MONTHS):
        why = f"Signé le {written} : un mandat qui n'a pas servi pendant {LAPSE_MONTHS} mois ne vaut plus rien."
        return Outcome.FAIL, "Mandat caduc", why
    months = piece.validity_months or SIGNATURE_MONTHS
    if today > add_months(day, months):
        return Outcome.VERIFY, f"Mandat signé le {written}", f"Il y a plus de {counted(months, 'mois', 'mois')}."
    return Outcome.PASS, f"Mandat signé le {written}", ""
