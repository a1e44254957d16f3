"""The checks done for the agent on a whole request: each says pass, fail or to be verified, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dombes_office.rules.bank_checks import bic_check, iban_check, mandate_checks
from dombes_office.rules.french import NBSP, age_on, age_text, counted, listed, numeric_date, typeset
from dombes_office.rules.requests import CheckResult, Outcome
from dombes_office.rules.validity import birthday, valid_until

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from dombes_office.rules.requests import PieceRow, RequestDossier, ServiceRow

SOON_DAYS = 30
"""A piece that expires within so many days is shown before it does."""

_ORDER = (Outcome.FAIL, Outcome.VERIFY, Outcome.PASS)


@dataclass(frozen=True, slots=True)
class PieceReading:
    """What the isolated reader found in a file.

    `kind` is the real type for people ("PDF", "JPEG"), `hazards` are French sentences, `lines` the text in reading
    order (empty without a text layer). `refusal` is the French sentence of a file that could not be opened, or "".
    """

    kind: str
    pages: int
    hazards: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    refusal: str = ""


def run_checks(dossier: RequestDossier, readings: Mapping[int, PieceReading], today: date) -> tuple[CheckResult, ...]:
    """Every check of a request: failures first, then what is to be verified, then what is well.

    `readings` are by document id; a file without one has not been read yet, which is said, not passed over. Bank checks
    are for the needed pieces only. The same dossier and readings always give the same results in the same order.
    """
    results = [
        *_missing(dossier.pieces),
        *_files(dossier.pieces, readings),
        *_bank(dossier, readings, today),
        *_age(dossier.child.born_on, dossier.service, today),
        *_duplicates(dossier),
        *_validity(dossier.pieces, today),
    ]
    return tuple(sorted(results, key=lambda result: _ORDER.index(result.outcome)))


def summary(results: Iterable[CheckResult]) -> tuple[int, int]:
    """(failures, things to verify)."""
    outcomes = [result.outcome for result in results]
    return outcomes.count(Outcome.FAIL), outcomes.count(Outcome.VERIFY)


def summary_text(failures: int | None, warnings: int | None) -> str:
    """`1 échec, 1 à vérifier`, `Tout est bon`, or `Pas encore contrôlé` while nobody has run the checks."""
    if failures is None or warnings is None:
        return "Pas encore contrôlé"
    parts = [counted(failures, "échec")] if failures else []
    if warnings:
        parts.append(f"{warnings}{NBSP}à vérifier")
    return ", ".join(parts) or "Tout est bon"


def _missing(pieces: Iterable[PieceRow]) -> Iterator[CheckResult]:
    for piece in pieces:
        if piece.needed and not piece.given:
            title = typeset(f"Pièce manquante : {piece.label}")
            yield CheckResult("piece_missing", Outcome.FAIL, title, requirement_code=piece.code)


def _files(pieces: Iterable[PieceRow], readings: Mapping[int, PieceReading]) -> Iterator[CheckResult]:
    """Files that could not be opened, hold something active, or have not been read yet."""
    for piece in pieces:
        if piece.kind != "file" or piece.document_id is None:
            continue
        reading = readings.get(piece.document_id)
        if reading is None:
            title = typeset(f"Fichier pas encore lu : {piece.label}")
            yield CheckResult("file_unread", Outcome.VERIFY, title, requirement_code=piece.code)
        elif reading.refusal:
            title = typeset(f"Fichier illisible : {piece.label}")
            yield CheckResult("file_unreadable", Outcome.FAIL, title, reading.refusal, piece.code)
        elif reading.hazards:
            title = typeset(f"Fichier à regarder avec prudence : {piece.label}")
            yield CheckResult("file_hazard", Outcome.VERIFY, title, " ".join(reading.hazards), piece.code)


def _bank(dossier: RequestDossier, readings: Mapping[int, PieceReading], today: date) -> Iterator[CheckResult]:
    needed = [piece for piece in dossier.pieces if piece.needed and piece.given]
    iban = next((piece for piece in needed if piece.kind == "iban"), None)
    if iban is not None:
        yield iban_check(iban)
    for piece in needed:
        if piece.kind == "bic":
            yield bic_check(piece, iban)
        reading = readings.get(piece.document_id) if piece.document_id is not None else None
        if piece.code == "mandate" and reading is not None and not reading.refusal:
            yield from mandate_checks(piece, reading.lines, iban, dossier.family, today)


def _ages(service: ServiceRow) -> str:
    if service.min_age is None:
        return f"service ouvert jusqu'à {counted(service.max_age or 0, 'an')}"
    if service.max_age is None:
        return f"service ouvert à partir de {counted(service.min_age, 'an')}"
    return f"service ouvert de {service.min_age} à {counted(service.max_age, 'an')}"


def _age(born: date | None, service: ServiceRow, today: date) -> Iterator[CheckResult]:
    """The child's completed years beside the limits of the service; a service without limits has nothing to check."""
    if service.min_age is None and service.max_age is None:
        return
    if born is None or born > today:
        title = "Âge à vérifier : date de naissance absente" if born is None else "Date de naissance à venir"
        why = typeset(f"{_ages(service).capitalize()}.")
        yield CheckResult("age", Outcome.VERIFY if born is None else Outcome.FAIL, typeset(title), why)
        return
    years = age_on(born, today)
    title = typeset(f"{age_text(born, today)} : {_ages(service)}")
    if service.min_age is not None and years < service.min_age:
        day = numeric_date(birthday(born, service.min_age))
        yield CheckResult("age", Outcome.FAIL, title, f"Aura {counted(service.min_age, 'an')} le {day}.")
    elif service.max_age is not None and years > service.max_age:
        day = numeric_date(birthday(born, service.max_age + 1))
        yield CheckResult("age", Outcome.FAIL, title, f"A eu {counted(service.max_age + 1, 'an')} le {day}.")
    else:
        yield CheckResult("age", Outcome.PASS, title)


def _duplicates(dossier: RequestDossier) -> Iterator[CheckResult]:
    """Files that stand in another request too: brothers and sisters may share a mandate, so eyes decide."""
    files = [piece for piece in dossier.pieces if piece.sha256 is not None and piece.document_id is not None]
    clean = True
    for piece in files:
        numbers = tuple(dict.fromkeys(n for document, n in dossier.duplicates if document == piece.document_id))
        if numbers:
            clean = False
            title = typeset(f"Fichier déjà envoyé : {piece.label}")
            word = "Même fichier dans la demande" if len(numbers) == 1 else "Même fichier dans les demandes"
            why = typeset(f"{word} {listed(tuple(f'n° {n}' for n in numbers))}.")
            yield CheckResult("duplicate_file", Outcome.VERIFY, title, why, piece.code)
    if files and clean:
        yield CheckResult("duplicate_file", Outcome.PASS, "Fichiers jamais envoyés ailleurs")


def _validity(pieces: Iterable[PieceRow], today: date) -> Iterator[CheckResult]:
    """Pieces whose time is over, or nearly; one line for all when none is."""
    limited = False
    fine = True
    for piece in pieces:
        until = valid_until(piece) if piece.needed and piece.given else None
        if until is None:
            continue
        limited = True
        left = (until - today).days
        if left > SOON_DAYS:
            continue
        fine = False
        if left < 0:
            title = typeset(f"Validité dépassée : {piece.label}")
            yield CheckResult("validity", Outcome.FAIL, title, f"Valable jusqu’au {numeric_date(until)}.", piece.code)
        else:
            title = typeset(f"Bientôt périmé : {piece.label}")
            told = f"encore {counted(left, 'jour')}" if left else "dernier jour"
            why = typeset(f"Valable jusqu'au {numeric_date(until)} ({told}).")
            yield CheckResult("validity", Outcome.VERIFY, title, why, piece.code)
    if limited and fine:
        yield CheckResult("validity", Outcome.PASS, "Pièces en cours de validité")
