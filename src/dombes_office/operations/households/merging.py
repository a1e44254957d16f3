"""Families that may be one: what looks alike before one is entered, and two that become one without losing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select, text

from dombes_office.models.households import Account, Beneficiary, Household, HouseholdChild
from dombes_office.rules.families import Likeness, SimilarFamily
from dombes_office.rules.french import numeric_date, person, phone
from dombes_office.rules.names import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from dombes_office.rules.family_entries import AccountEntry, ChildEntry

_MOST = 5


def find_similar(
    db: Session, account: AccountEntry, child: ChildEntry | None = None, *, beside: int | None = None
) -> tuple[SimilarFamily, ...]:
    """Families on record that may be the one being entered; the household `beside` is left out.

    The same child (first name and day of birth, last name or not), the same telephone, or the same name in one town.
    """
    found: dict[int, SimilarFamily] = {}
    if child is not None and child.born_on is not None and child.first_name:
        _same_child(db, child, found)
    numbers = [n for n in (account.phone, account.other_phone) if n]
    if numbers:
        _same_phone(db, numbers, found)
    if account.last_name and account.first_name:
        _same_holder(db, account, found)
    return tuple(similar for similar in found.values() if similar.household_id != beside)[:_MOST]


def _same_child(db: Session, child: ChildEntry, found: dict[int, SimilarFamily]) -> None:
    b = Beneficiary
    rows = db.execute(
        select(Household.id, Household.name, Account.town, b.last_name, b.first_name, b.born_on)
        .join(HouseholdChild, HouseholdChild.household_id == Household.id)
        .join(b, b.id == HouseholdChild.beneficiary_id)
        .join(Account, Account.id == Household.account_id)
        .where(b.born_on == child.born_on, func.office.fold(b.first_name) == fold(child.first_name))
        .order_by(func.office.fold(b.last_name) != fold(child.last_name), Household.id)
        .limit(_MOST)
    )
    for row in rows:
        words = f"{person(row.last_name, row.first_name)}, le {numeric_date(row.born_on)}"
        found.setdefault(row.id, SimilarFamily(row.id, row.name, row.town, Likeness.CHILD, words))


def _same_phone(db: Session, numbers: Sequence[str], found: dict[int, SimilarFamily]) -> None:
    rows = db.execute(
        select(Household.id, Household.name, Account.town, Account.phone)
        .join(Account, Account.id == Household.account_id)
        .where(or_(Account.phone.in_(numbers), Account.other_phone.in_(numbers)), Household.merged_into_id.is_(None))
        .order_by(Household.id)
        .limit(_MOST)
    )
    for row in rows:
        words = f"même téléphone, {phone(row.phone)}"
        found.setdefault(row.id, SimilarFamily(row.id, row.name, row.town, Likeness.PHONE, words))


def _same_holder(db: Session, account: AccountEntry, found: dict[int, SimilarFamily]) -> None:
    folded = func.office.fold
    same_place = or_(
        and_(Account.postcode != "", Account.postcode == account.postcode),
        folded(Account.town) == fold(account.town),
    )
    rows = db.execute(
        select(Household.id, Household.name, Account.town, Account.last_name, Account.first_name)
        .join(Account, Account.id == Household.account_id)
        .where(
            folded(Account.last_name) == fold(account.last_name),
            folded(Account.first_name) == fold(account.first_name),
            same_place,
            Household.merged_into_id.is_(None),
        )
        .order_by(Household.id)
        .limit(_MOST)
    )
    for row in rows:
        words = f"{person(row.last_name, row.first_name)}, {row.town}"
        found.setdefault(row.id, SimilarFamily(row.id, row.name, row.town, Likeness.HOLDER, words))


def merge_families(db: Session, keep: int, merge: int, same_children: Sequence[tuple[int, int]], reason: str) -> int:
    """Bring all that belongs to one family over to another; `same_children` are (the one that stays, the other).

    Raises:
        Refusal: both have an open request for one child and service; NotAllowed: another authority knows one of them.
    """
    pairs = [[stays, goes] for stays, goes in same_children]
    statement = text("select office.merge_families(:keep, :merge, cast(:pairs as bigint[]), :reason)")
    return int(db.execute(statement, {"keep": keep, "merge": merge, "pairs": pairs, "reason": reason}).scalar_one())
