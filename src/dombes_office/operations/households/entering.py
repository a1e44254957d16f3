"""Entering and changing families: account, household, children, contacts, notes. Whoever changes says what she saw."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text, update

from dombes_office.errors import ChangedMeanwhile
from dombes_office.models.households import (
    Account,
    Beneficiary,
    BeneficiaryDiet,
    Contact,
    Household,
    HouseholdNote,
)
from dombes_office.rules.entries import clean_words
from dombes_office.rules.french import typeset

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from dombes_office.rules.family_entries import AccountEntry, ChildEntry, ContactEntry, HealthEntry

    Editable = type[Account | Household | Beneficiary | Contact]

_LABELS = {
    "email": "e-mail",
    "last_name": "nom",
    "first_name": "prénom",
    "phone": "téléphone",
    "other_phone": "autre téléphone",
    "address": "adresse",
    "postcode": "code postal",
    "town": "commune",
    "name": "nom de la famille",
    "born_on": "date de naissance",
    "relationship": "lien",
    "school_level": "niveau",
    "school_class_id": "classe",
    "customer_group_id": "groupe",
    "leaves_alone": "départ seul",
    "leaves_alone_signed_on": "date de l’autorisation",
    "care_note": "informations de santé",
    "care_plan_from": "début du PAI",
    "care_plan_until": "fin du PAI",
    "vaccinated_seen_on": "vaccinations",
    "guardian": "responsable",
    "may_pick_up": "droit de venir chercher",
    "emergency_rank": "ordre d’appel",
    "barred_by": "décision de justice",
    "beneficiary_id": "enfant concerné",
    "removed_at": "retrait",
}
"""How the columns are called where a sentence names them."""


def open_family(db: Session, authority_id: int, entry: AccountEntry) -> int:
    """Enter a family that the office does not know; the new household's id.

    Raises:
        EmailKnown: the e-mail is another family's, which the refusal names where the agent may open it.
    """
    return int(db.execute(select(func.office.open_family(authority_id, *asdict(entry).values()))).scalar_one())


def join_family(db: Session, authority_id: int, email: str, reason: str) -> int:
    """Make a family that only other authorities know known to this one too; its household's id. The trail keeps why."""
    return int(db.execute(select(func.office.join_family(authority_id, email, reason))).scalar_one())


def change_account(db: Session, account_id: int, seen: int, entry: AccountEntry) -> None:
    """Change the person behind an account, seen in version `seen`.

    Raises:
        ChangedMeanwhile: somebody was faster; the differences name the fields.
    """
    _change(db, Account, account_id, seen, asdict(entry))


def rename_household(db: Session, household_id: int, seen: int, name: str) -> None:
    """Give a household another name."""
    _change(db, Household, household_id, seen, {"name": clean_words(name)})


def add_child(db: Session, household_id: int, entry: ChildEntry, health: HealthEntry | None = None) -> int:
    """Enter a child into a home; its id. Health is written down by whoever is told, and read by few."""
    values = {"household_id": household_id, **asdict(entry), **({} if health is None else _health(health))}
    return int(db.execute(insert(Beneficiary).values(values).returning(Beneficiary.id)).scalar_one())


def change_child(db: Session, beneficiary_id: int, seen: int, entry: ChildEntry) -> None:
    """Change a child, seen in version `seen`; health apart."""
    _change(db, Beneficiary, beneficiary_id, seen, asdict(entry))


def change_health(db: Session, beneficiary_id: int, seen: int, entry: HealthEntry) -> None:
    """Change what concerns a child's health; for those who may read it."""
    _change(db, Beneficiary, beneficiary_id, seen, _health(entry))


def _health(entry: HealthEntry) -> dict[str, Any]:
    return {**asdict(entry), "care_note": entry.care_note.strip() or None}


def set_photo(db: Session, beneficiary_id: int, content: bytes | None) -> None:
    """Keep a child's identity photo (JPEG or PNG), or none."""
    db.execute(select(func.office.set_photo(beneficiary_id, content)))


def set_diets(db: Session, beneficiary_id: int, wanted: frozenset[int]) -> None:
    """What the child does not eat: these needs and no other."""
    d = BeneficiaryDiet
    rows = db.execute(select(d.diet_need_id, d.removed_at.is_(None)).where(d.beneficiary_id == beneficiary_id))
    known: dict[int, bool] = {row[0]: row[1] for row in rows}
    fresh = sorted(wanted - known.keys())
    if fresh:
        db.execute(insert(d), [{"beneficiary_id": beneficiary_id, "diet_need_id": need} for need in fresh])
    for need, in_force in known.items():
        if in_force != (need in wanted):
            db.execute(
                update(d)
                .where(d.beneficiary_id == beneficiary_id, d.diet_need_id == need)
                .values(removed_at=None if need in wanted else func.now())
            )


def add_home(db: Session, beneficiary_id: int, household_id: int, share_percent: int) -> None:
    """A second home for a child of separated parents; the other home pays the rest."""
    db.execute(text("select office.add_home(:child, :home, cast(:share as smallint))"),
               {"child": beneficiary_id, "home": household_id, "share": share_percent})  # fmt: skip


def leave_home(db: Session, beneficiary_id: int, household_id: int) -> None:
    """The child does not live in this home any more."""
    db.execute(select(func.office.leave_home(beneficiary_id, household_id)))


def add_contact(db: Session, household_id: int, entry: ContactEntry) -> int:
    """Enter somebody around the children; the contact's id."""
    values = {"household_id": household_id, **_contact(entry)}
    return int(db.execute(insert(Contact).values(values).returning(Contact.id)).scalar_one())


def change_contact(db: Session, contact_id: int, seen: int, entry: ContactEntry, *, with_orders: bool) -> None:
    """Change a contact; `with_orders` writes the court decision too, for those who may."""
    values = _contact(entry)
    if with_orders:
        values["barred_by"] = entry.barred_by or None
    _change(db, Contact, contact_id, seen, values)


def _contact(entry: ContactEntry) -> dict[str, Any]:
    values = asdict(entry)
    if not entry.barred_by:
        # Who may not write it must not even name the column.
        del values["barred_by"]
    return values


def remove_contact(db: Session, contact_id: int, seen: int) -> None:
    """Somebody is no contact any more; the row stays, for the trail."""
    _change(db, Contact, contact_id, seen, {"removed_at": func.now()})


def add_note(db: Session, household_id: int, words: str) -> None:
    """Write a note for the colleagues at the counter."""
    db.execute(insert(HouseholdNote).values(household_id=household_id, words=words.strip()))


def remove_note(db: Session, note_id: int) -> None:
    """Take one's own note away."""
    db.execute(update(HouseholdNote).where(HouseholdNote.id == note_id).values(removed_at=func.now()))


def _change(db: Session, table: Editable, row_id: int, seen: int, values: Mapping[str, Any]) -> None:
    """Write the values over the row that was seen; where it is newer, say which of these fields differ."""
    changed = db.execute(
        update(table).where(table.id == row_id, table.version == seen).values(values).returning(table.id)
    ).scalar_one_or_none()
    if changed is None:
        raise ChangedMeanwhile(
            "Un collègue ou la famille vient de changer cette fiche.",
            typeset("Relisez ce qui est nouveau : votre saisie est gardée."),
            differences=_differences(db, table, row_id, values),
        )


def _differences(db: Session, table: Editable, row_id: int, values: Mapping[str, Any]) -> tuple[str, ...]:
    readable = [name for name in values if name not in {"removed_at", "barred_by", "care_note"}]
    if not readable:
        return ()
    now = db.execute(select(*(getattr(table, name) for name in readable)).where(table.id == row_id)).one_or_none()
    if now is None:
        return ("Cette fiche n’est plus dans vos collectivités.",)
    return tuple(
        typeset(f"{_LABELS[name].capitalize()} : {getattr(now, name)}")
        for name in readable
        if isinstance(getattr(now, name), str) and getattr(now, name) != values[name]
    )
