"""Schools, their classes of each year, and the calendar: holidays, bridges and closures of an authority."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dombes_office.models.base import Base, Id, Number, one_of, says_something

PERIOD_KINDS = ("school_holiday", "public_holiday", "bridge", "closure")


class School(Base):
    """A school of an authority."""

    __tablename__ = "school"
    __table_args__ = (
        UniqueConstraint("authority_id", "name"),
        CheckConstraint(says_something("name", 120), name="name"),
    )

    id: Mapped[Id]
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    name: Mapped[str]
    town: Mapped[str] = mapped_column(server_default=text("''"))
    closed_at: Mapped[datetime | None]


class SchoolClass(Base):
    """A class of one school year, which begins in September of `school_year`; it may hold several levels."""

    __tablename__ = "school_class"
    __table_args__ = (
        UniqueConstraint("school_id", "school_year", "name"),
        CheckConstraint(says_something("name", 120), name="name"),
        CheckConstraint("school_year between 2000 and 2200", name="school_year"),
    )

    id: Mapped[Id]
    school_id: Mapped[Number] = mapped_column(ForeignKey("office.school.id"))
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"), index=True)
    """Copied from the school by a trigger, for the row policy."""
    school_year: Mapped[int]
    name: Mapped[str]
    closed_at: Mapped[datetime | None]


class CalendarPeriod(Base):
    """Days on which the authority's services do not run as usual, both ends included."""

    __tablename__ = "calendar_period"
    __table_args__ = (
        Index("ix_calendar_period_authority_id", "authority_id", "first_on"),
        CheckConstraint(one_of("kind", PERIOD_KINDS), name="kind"),
        CheckConstraint(says_something("name", 120), name="name"),
        CheckConstraint("first_on <= last_on and last_on - first_on <= 120", name="days"),
    )

    id: Mapped[Id]
    authority_id: Mapped[Number] = mapped_column(ForeignKey("office.authority.id"))
    kind: Mapped[str]
    name: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    closed_at: Mapped[datetime | None]
