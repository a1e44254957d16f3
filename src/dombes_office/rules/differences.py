"""What changed in a request between what an agent saw and what is there now, said in French sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dombes_office.rules.decisions import decision_sentence
from dombes_office.rules.french import mask_iban, numeric_date, person, typeset
from dombes_office.rules.requests import OPEN_STATUSES, STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from dombes_office.rules.requests import PieceRow, RequestDossier


def describe_differences(before: RequestDossier, after: RequestDossier, today: date) -> tuple[str, ...]:
    """One sentence for each change that matters to the decision, () when nothing of that kind changed.

    IBANs are masked, and what touches the child's health is only said to have changed.
    """
    sentences = (
        *_status(before, after, today),
        *_pieces(before, after),
        *_child(before, after),
        *_around(before, after),
    )
    return tuple(typeset(sentence) for sentence in sentences)


def _status(before: RequestDossier, after: RequestDossier, today: date) -> Iterator[str]:
    decision = after.decision
    known = None if before.decision is None else before.decision.decision_id
    fresh = decision is not None and decision.decision_id != known
    if decision is not None and fresh:
        yield decision_sentence(decision, today)
    # What a decision made of the state goes without saying, unless the family has answered it meanwhile.
    if before.request.status != after.request.status and not (fresh and after.request.status not in OPEN_STATUSES):
        yield f"L'état de la demande est maintenant « {STATUS_WORDS[after.request.status].one} »."


def _pieces(before: RequestDossier, after: RequestDossier) -> Iterator[str]:
    old = {piece.requirement_id: piece for piece in before.pieces}
    new = {piece.requirement_id: piece for piece in after.pieces}
    for requirement_id, piece in new.items():
        if requirement_id not in old:
            yield f"Une pièce de plus est demandée : {piece.label}."
        else:
            yield from _piece(old[requirement_id], piece)
    for requirement_id, piece in old.items():
        if requirement_id not in new:
            yield f"Une pièce n'est plus demandée : {piece.label}."


def _piece(old: PieceRow, new: PieceRow) -> Iterator[str]:
    if old.given and not new.given:
        yield f"Pièce retirée : {new.label}."
    elif new.given and not old.given:
        yield f"Pièce donnée : {new.label}."
    elif new.kind == "iban" and old.text_value != new.text_value:
        yield f"IBAN changé : {mask_iban(old.text_value or '')} devient {mask_iban(new.text_value or '')}."
    elif old.text_value != new.text_value and new.sensitivity == "health":
        yield f"Réponse changée : {new.label}."
    elif old.text_value != new.text_value:
        yield f"{new.label} : « {old.text_value or ''} » devient « {new.text_value or ''} »."
    elif (old.sha256, old.document_id) != (new.sha256, new.document_id):
        yield f"Pièce remplacée : {new.label}."
    if old.needed != new.needed:
        told = "est maintenant obligatoire" if new.needed else "n'est plus obligatoire"
        yield f"Une pièce {told} : {new.label}."
    yield from _dates(old, new)


def _dates(old: PieceRow, new: PieceRow) -> Iterator[str]:
    for label, then, now in (
        ("date de signature", old.signed_on, new.signed_on),
        ("fin de validité", old.valid_until, new.valid_until),
    ):
        if then != now and old.given and new.given:
            yield f"{new.label}, {label} : {numeric_date(now) if now else 'effacée'}."


def _child(before: RequestDossier, after: RequestDossier) -> Iterator[str]:
    old, new = before.child, after.child
    was, now = person(old.last_name, old.first_name), person(new.last_name, new.first_name)
    if (old.last_name, old.first_name) != (new.last_name, new.first_name):
        yield f"Nom de l'enfant : {was} devient {now}."
    if old.born_on != new.born_on:
        born = numeric_date(new.born_on) if new.born_on else "effacée"
        yield f"Date de naissance de l'enfant : {born}."
    for label, then, later in (
        ("Classe", old.school_level, new.school_level),
        ("Type de filiation", old.relationship, new.relationship),
        ("Groupe", old.customer_group, new.customer_group),
    ):
        if then != later:
            yield f"{label} : « {then} » devient « {later} »."
    if old.care_note != new.care_note:
        yield "Les informations complémentaires de l'enfant ont changé."
    if old.photo_sha256 != new.photo_sha256:
        yield "La photo d'identité de l'enfant a changé."


def _around(before: RequestDossier, after: RequestDossier) -> Iterator[str]:
    """What changed around the request: the way of paying, the account holder, the service."""
    if before.request.by_debit != after.request.by_debit:
        told = "prélèvement mensuel" if after.request.by_debit else "pas de prélèvement"
        yield f"Mode de paiement : {told}."
    old, new = before.family, after.family
    was = person(old.holder_last_name, old.holder_first_name)
    now = person(new.holder_last_name, new.holder_first_name)
    if was != now:
        yield f"Titulaire du compte : {was} devient {now}."
    if (old.address, old.postcode, old.town) != (new.address, new.postcode, new.town):
        yield f"Adresse de la famille : {new.address}, {new.postcode} {new.town}."
    if before.service.service_id != after.service.service_id:
        yield f"Service demandé : « {before.service.name} » devient « {after.service.name} »."
    limits = (before.service.min_age, before.service.max_age)
    if limits != (after.service.min_age, after.service.max_age):
        yield "Les âges admis par le service ont changé."
