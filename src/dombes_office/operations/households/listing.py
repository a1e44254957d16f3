"""The list of families in the order of their names, page by page: one short scan for each authority."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, BigInteger, Text, any_, bindparam, cast, func, select, true, tuple_

from dombes_office.models.households import (
    Account,
    Beneficiary,
    Household,
    HouseholdAuthority,
    HouseholdChild,
    HouseholdToken,
)
from dombes_office.models.requests import AccessRequest
from dombes_office.rules.families import FamilyCursor, FamilyFilter, FamilyPage, FamilyRow
from dombes_office.rules.names import tokens

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Subquery
    from sqlalchemy.orm import Session

PAGE_ROWS = 50
_EXAMINED = ("pending", "complement_received")


def list_families(
    db: Session, wanted: FamilyFilter, after: FamilyCursor | None = None, *, limit: int = PAGE_ROWS
) -> FamilyPage:
    """The next families under the filter. A family that several authorities know stands there once."""
    page = _winners(wanted, after, limit)
    rows = db.execute(_described(page, descending=wanted.descending)).all()
    found = tuple(
        FamilyRow(
            household_id=row.id,
            name=row.name,
            holder_last_name=row.last_name,
            holder_first_name=row.first_name,
            phone=row.phone,
            email=row.email,
            town=row.town,
            children=tuple(row.children or ()),
            waiting=row.waiting,
            family_key=row.family_key,
        )
        for row in rows
    )
    last = found[-1] if len(found) == limit else None
    return FamilyPage(found, None if last is None else FamilyCursor(last.family_key, last.household_id))


def count_families(db: Session, wanted: FamilyFilter) -> int:
    """How many families the filter holds."""
    counted = select(func.count(func.distinct(HouseholdAuthority.household_id)))
    return db.execute(counted.where(*_conditions(wanted, HouseholdAuthority.authority_id))).scalar_one()


def _winners(wanted: FamilyFilter, after: FamilyCursor | None, limit: int) -> Subquery:
    visible = func.unnest(func.office.visible_authorities()).table_valued("id").render_derived(name="visible")
    link = HouseholdAuthority
    scan = select(link.household_id, link.family_key).where(
        link.authority_id == visible.c.id, *_conditions(wanted, visible.c.id)
    )
    if after is not None:
        here = tuple_(link.family_key, link.household_id)
        there = tuple_(
            bindparam("key", after.family_key, type_=Text(collation="C")),
            bindparam("household", after.household_id, type_=BigInteger),
        )
        scan = scan.where(here < there if wanted.descending else here > there)
    order = (link.family_key, link.household_id)
    each = scan.order_by(*(c.desc() if wanted.descending else c for c in order)).limit(limit).lateral("each")
    merged = select(each.c.household_id, each.c.family_key).select_from(visible).join(each, true()).distinct()
    if wanted.authority_ids:
        merged = merged.where(visible.c.id == any_(cast(list(wanted.authority_ids), ARRAY(BigInteger))))
    by = (merged.selected_columns.family_key, merged.selected_columns.household_id)
    return merged.order_by(*(c.desc() if wanted.descending else c for c in by)).limit(limit).subquery("page")


def _conditions(wanted: FamilyFilter, authority: SQLColumnExpression[int]) -> list[ColumnElement[bool]]:
    link = HouseholdAuthority
    found: list[ColumnElement[bool]] = []
    for prefix in search_prefixes(wanted.words):
        t = HouseholdToken
        after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
        named = select(t.household_id).where(t.authority_id == authority, t.token >= prefix, t.token < after)
        found.append(link.household_id.in_(named.correlate_except(t)))
    if wanted.authority_ids:
        found.append(link.authority_id == any_(cast(list(wanted.authority_ids), ARRAY(BigInteger))))
    return found


def search_prefixes(words: str) -> tuple[str, ...]:
    """What was typed, as beginnings of the tokens in the index: an e-mail and a telephone whole, names word by word."""
    digits = "".join(sign for sign in words if sign.isdigit())
    if digits and not any(sign.isalpha() for sign in words):
        return (f"0{digits[2:]}" if digits.startswith("33") and len(digits) > len("33") else digits,)
    found: list[str] = []
    for word in words.split():
        found += [word.lower()] if "@" in word else tokens(word)
    return tuple(found)


def _described(page: Subquery, *, descending: bool) -> Select[tuple[object, ...]]:
    children = (
        select(func.array_agg(Beneficiary.first_name))
        .select_from(HouseholdChild)
        .join(Beneficiary, Beneficiary.id == HouseholdChild.beneficiary_id)
        .where(HouseholdChild.household_id == page.c.household_id)
        .scalar_subquery()
    )
    waiting = (
        select(func.count())
        .select_from(AccessRequest)
        .where(AccessRequest.household_id == page.c.household_id, AccessRequest.status.in_(_EXAMINED))
        .scalar_subquery()
    )
    order = (page.c.family_key, page.c.household_id)
    return (
        select(
            Household.id,
            Household.name,
            Account.last_name,
            Account.first_name,
            Account.phone,
            Account.email,
            Account.town,
            children.label("children"),
            waiting.label("waiting"),
            page.c.family_key,
        )
        .select_from(page)
        .join(Household, Household.id == page.c.household_id)
        .join(Account, Account.id == Household.account_id)
        .order_by(*(c.desc() if descending else c for c in order))
    )
