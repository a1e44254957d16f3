"""Schools, their classes, the calendar, and the short lists that every authority shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from dombes_office.models.catalogue import Authority, DietNeed
from dombes_office.models.households import Beneficiary, BeneficiaryDiet, CustomerGroup
from dombes_office.models.schools import CalendarPeriod, School, SchoolClass
from dombes_office.rules.catalogue import ClassRow, NamedRow, PeriodRow, SchoolRow
from dombes_office.rules.entries import clean_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from dombes_office.rules.school_calendar import ProposedPeriod


def list_schools(db: Session, *, with_closed: bool = False) -> tuple[SchoolRow, ...]:
    """The schools of the agent's scope, by authority, then by name."""
    s = School
    statement = (
        select(s.id, s.authority_id, Authority.short_name, s.name, s.town, s.closed_at)
        .join(Authority, Authority.id == s.authority_id)
        .order_by(Authority.name, s.name)
    )
    if not with_closed:
        statement = statement.where(s.closed_at.is_(None))
    return tuple(SchoolRow(*row) for row in db.execute(statement))


def add_school(db: Session, authority_id: int, name: str, town: str) -> int:
    """A new school; its id."""
    values = {"authority_id": authority_id, "name": clean_words(name), "town": clean_words(town)}
    return int(db.execute(insert(School).values(values).returning(School.id)).scalar_one())


def change_school(db: Session, school_id: int, name: str, town: str) -> None:
    """Another name or town."""
    db.execute(update(School).where(School.id == school_id).values(name=clean_words(name), town=clean_words(town)))


def close_school(db: Session, school_id: int, *, closed: bool) -> None:
    """Offer a school no more, or again."""
    db.execute(update(School).where(School.id == school_id).values(closed_at=func.now() if closed else None))


def list_classes(db: Session, school_year: int, *, with_closed: bool = False) -> tuple[ClassRow, ...]:
    """The classes of one school year, by school, then by name."""
    c = SchoolClass
    children = (
        select(func.count())
        .select_from(Beneficiary)
        .where(Beneficiary.school_class_id == c.id)
        .correlate(c)
        .scalar_subquery()
    )
    statement = (
        select(c.id, c.school_id, School.name, c.school_year, c.name, c.closed_at, children)
        .join(School, School.id == c.school_id)
        .where(c.school_year == school_year)
        .order_by(School.name, c.name)
    )
    if not with_closed:
        statement = statement.where(c.closed_at.is_(None))
    return tuple(ClassRow(*row) for row in db.execute(statement))


def add_class(db: Session, school_id: int, school_year: int, name: str) -> int:
    """A new class; its id."""
    values = {"school_id": school_id, "school_year": school_year, "name": clean_words(name)}
    return int(db.execute(insert(SchoolClass).values(values).returning(SchoolClass.id)).scalar_one())


def change_class(db: Session, class_id: int, name: str, *, closed: bool = False) -> None:
    """Another name, or the end of a class."""
    db.execute(
        update(SchoolClass)
        .where(SchoolClass.id == class_id)
        .values(name=clean_words(name), closed_at=func.now() if closed else None)
    )


def list_periods(db: Session, school_year: int) -> tuple[PeriodRow, ...]:
    """The periods that begin in one school year, by authority, then by day."""
    p = CalendarPeriod
    rows = db.execute(
        select(p.id, p.authority_id, Authority.short_name, p.kind, p.name, p.first_on, p.last_on)
        .join(Authority, Authority.id == p.authority_id)
        .where(
            p.closed_at.is_(None),
            p.first_on >= func.make_date(school_year, 9, 1),
            p.first_on < func.make_date(school_year + 1, 9, 1),
        )
        .order_by(Authority.name, p.first_on, p.id)
    )
    return tuple(PeriodRow(*row) for row in rows)


def add_periods(db: Session, authority_id: int, periods: Iterable[ProposedPeriod]) -> int:
    """Put periods into an authority's calendar, those left out that stand there already; how many were added."""
    p = CalendarPeriod
    known = {
        (row.kind, row.first_on, row.last_on)
        for row in db.execute(
            select(p.kind, p.first_on, p.last_on).where(p.authority_id == authority_id, p.closed_at.is_(None))
        )
    }
    fresh = [
        {
            "authority_id": authority_id,
            "kind": period.kind.value,
            "name": clean_words(period.name),
            "first_on": period.first_on,
            "last_on": period.last_on,
        }
        for period in periods
        if (period.kind.value, period.first_on, period.last_on) not in known
    ]
    if fresh:
        db.execute(insert(p), fresh)
    return len(fresh)


def change_period(db: Session, period_id: int, period: ProposedPeriod) -> None:
    """Other days, another name or kind."""
    db.execute(
        update(CalendarPeriod)
        .where(CalendarPeriod.id == period_id)
        .values(
            kind=period.kind.value,
            name=clean_words(period.name),
            first_on=period.first_on,
            last_on=period.last_on,
        )
    )


def remove_period(db: Session, period_id: int) -> None:
    """The period does not hold any more; its row stays for the trail."""
    db.execute(update(CalendarPeriod).where(CalendarPeriod.id == period_id).values(closed_at=func.now()))


def list_groups(db: Session) -> tuple[NamedRow, ...]:
    """The customer groups, closed ones last."""
    g = CustomerGroup
    used = select(func.count()).select_from(Beneficiary).where(Beneficiary.customer_group_id == g.id).correlate(g)
    rows = db.execute(
        select(g.id, g.name, g.closed_at, used.scalar_subquery()).order_by(g.closed_at.is_not(None), g.name)
    )
    return tuple(NamedRow(*row) for row in rows)


def list_diet_needs(db: Session) -> tuple[NamedRow, ...]:
    """The diet needs, closed ones last."""
    n = DietNeed
    used = (
        select(func.count())
        .select_from(BeneficiaryDiet)
        .where(BeneficiaryDiet.diet_need_id == n.id, BeneficiaryDiet.removed_at.is_(None))
        .correlate(n)
    )
    rows = db.execute(
        select(n.id, n.name, n.closed_at, used.scalar_subquery()).order_by(n.closed_at.is_not(None), n.name)
    )
    return tuple(NamedRow(*row) for row in rows)


def add_group(db: Session, name: str) -> int:
    """A new customer group; its id."""
    return int(
        db.execute(insert(CustomerGroup).values(name=clean_words(name)).returning(CustomerGroup.id)).scalar_one()
    )


def add_diet_need(db: Session, name: str) -> int:
    """A new diet need; its id."""
    return int(db.execute(insert(DietNeed).values(name=clean_words(name)).returning(DietNeed.id)).scalar_one())


def change_named(db: Session, table: type[CustomerGroup | DietNeed], row_id: int, name: str, *, closed: bool) -> None:
    """Another name, or the end of a line that every authority shares."""
    db.execute(
        update(table).where(table.id == row_id).values(name=clean_words(name), closed_at=func.now() if closed else None)
    )
